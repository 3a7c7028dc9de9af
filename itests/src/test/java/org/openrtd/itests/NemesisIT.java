package org.openrtd.itests;

import static org.junit.Assert.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.Test;

/**
 * Real nodes under faults: the promises of the feed protocol hold, whatever happens. The build runs a fixed few; {@code
 * ./openrtd nemesis} runs all of them, for as long as it is told.
 */
public class NemesisIT {

    private static final Set<Fault> IN_THE_BUILD = EnumSet.of(
            Fault.KILL_DISTRIBUTOR,
            Fault.CENTRE_LINE_ONE_WAY,
            Fault.STOP_CENTRE,
            Fault.KILL_SOURCE_IN_SNAPSHOT,
            Fault.MALFORMED,
            Fault.CLIENT_LINES_CUT);

    @Test
    public void keepsItsPromises() throws Exception {
        long seed = Long.getLong("nemesis.seed", System.nanoTime() & 0xffffff);
        int rounds = Integer.getInteger("nemesis.rounds", 0);
        long seconds = Long.getLong("nemesis.seconds", 0);
        String fault = System.getProperty("nemesis.fault", "");
        boolean all = rounds > 0 || seconds > 0 || Boolean.getBoolean("nemesis.all");
        List<Fault> faults = new ArrayList<>(
                !fault.isEmpty()
                        ? Stream.of(fault.split(",")).map(Fault::valueOf).toList()
                        : all ? EnumSet.complementOf(EnumSet.of(Fault.NOTHING)) : IN_THE_BUILD);
        Random random = new Random(seed);
        if (fault.isEmpty()) {
            Collections.shuffle(faults, random);
        }
        List<String> broken = new ArrayList<>();
        Path table = Path.of(System.getProperty("openrtd.target", "target"), "nemesis.md");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        try (Nemesis nemesis = new Nemesis(NemesisIT.class, seed)) {
            nemesis.start();
            for (int i = 0; rounds > 0 ? i < rounds : seconds > 0 ? System.nanoTime() < end : i < faults.size(); i++) {
                if (fault.isEmpty() && i > 0 && i % faults.size() == 0) {
                    Collections.shuffle(faults, random);
                }
                Fault next = faults.get(i % faults.size());
                for (String each : nemesis.round(next)) {
                    broken.add(next + ", " + each);
                }
                // After each, so that it is there however the run ends.
                Files.writeString(table, nemesis.table());
            }
            System.out.println(nemesis.table());
        }
        assertEquals("seed " + seed, List.of(), broken);
    }
}
