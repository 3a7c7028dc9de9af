package org.openrtd.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.openrtd.benchmarks.Main.Settings;
import org.openrtd.centraldb.EventLog;
import org.openrtd.centraldb.internal.CentralDatabases;
import org.openrtd.events.Event;
import org.openrtd.events.EventCodec;

/**
 * Events made durable per second by the event log, beside a loop that writes the same bytes to a file on the same disk and
 * forces them, in turns of the same run. Settings: {@code seconds} of each turn, {@code turns}, {@code directory}.
 */
final class EventsBenchmark {

    private static final int[] BATCHES = {1, 10, 100, 1_000, 5_000};

    private EventsBenchmark() {}

    static void run(Settings settings) throws IOException {
        int seconds = settings.number("seconds", 3);
        int turns = settings.number("turns", 3);
        try (Workplace workplace = Workplace.of("events", settings);
                Workplace.Forced file = workplace.forced()) {
            EventLog log = CentralDatabases.eventLog(workplace.path().resolve("central"));
            Numbers numbers = new Numbers();
            log(log, 1_000, seconds, numbers);
            System.out.printf("%n%8s %28s %28s %8s%n", "", "event log", "forced writes", "ratio");
            System.out.printf(
                    "%8s %14s %13s %14s %13s %8s%n", "batch", "events/s", "commits/s", "events/s", "writes/s", "");
            for (int batch : BATCHES) {
                double logged = 0;
                double forced = 0;
                for (int turn = 0; turn < turns; turn++) {
                    logged += log(log, batch, seconds, numbers) / turns;
                    forced += forced(file, batch, seconds) / turns;
                }
                System.out.printf(
                        "%8d %14.0f %13.0f %14.0f %13.0f %8.2f%n",
                        batch, logged, logged / batch, forced, forced / batch, logged / forced);
            }
        }
    }

    private static final class Numbers {
        private long last;
    }

    private static double log(EventLog log, int batch, int seconds, Numbers numbers) {
        long events = 0;
        long begin = System.nanoTime();
        long end = begin + seconds * 1_000_000_000L;
        long now;
        do {
            List<EventLog.Entry> entries = new ArrayList<>(batch);
            for (int i = 0; i < batch; i++) {
                long number = ++numbers.last;
                entries.add(new EventLog.Entry("bank", 1, number, event(number)));
            }
            log.append(entries);
            events += batch;
            now = System.nanoTime();
        } while (now < end);
        return events * 1e9 / (now - begin);
    }

    private static double forced(Workplace.Forced file, int batch, int seconds) throws IOException {
        long events = 0;
        long begin = System.nanoTime();
        long end = begin + seconds * 1_000_000_000L;
        long now;
        do {
            ByteBuffer bytes = ByteBuffer.allocate(batch * 64);
            for (int i = 0; i < batch; i++) {
                bytes.put(event(events + i));
            }
            file.write(bytes.flip());
            events += batch;
            now = System.nanoTime();
        } while (now < end);
        return events * 1e9 / (now - begin);
    }

    /** As gateways send them; making it is part of both loops. */
    private static byte[] event(long number) {
        long time = 915_526_800_000L + number;
        String call = "call-" + number % 500;
        return EventCodec.encodeEvent(
                switch ((int) (number % 4)) {
                    case 0 -> new Event.CallOffered(time, call, "PS");
                    case 1 -> new Event.CallQueued(time, call, List.of("PS", "IN"));
                    case 2 -> new Event.CallAnswered(time, call, "ZOHARI", "PS");
                    default -> new Event.CallEnded(time, call);
                });
    }
}
