package org.openrtd.itests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What the launcher refuses before it starts a node. */
public class LauncherTest {

    private static final String HEADER =
            "vru+line\tcall_id\ttype\tdate\tvru_entry\tvru_exit\tq_start\tq_exit\toutcome\tser_start\tser_time\tserver";

    @Rule
    public final TemporaryFolder directory = new TemporaryFolder();

    @Test
    public void refusesAZoneThatThereIsNot() throws Exception {
        assertRefused("there is no time zone 'Asia/Jerusalm'", "--zone", "Asia/Jerusalm", "--day", "990105");
    }

    @Test
    public void takesZonesOfEveryLengthOfName() throws Exception {
        // The next thing that it refuses is the assembly.
        for (String zone : List.of("America/Argentina/ComodRivadavia", "Asia/Tokyo", "Asia/Aden", "UTC", "UTC+2")) {
            assertRefused("OPENRTD_ASSEMBLY=", "--zone", zone, "--day", "990105");
        }
    }

    @Test
    public void refusesAZoneWithoutARecording() throws Exception {
        String said = demo(List.of("--zone", "UTC"));

        assertTrue(said, said.contains("--zone is the time zone of a recording; it needs --replay FILE"));
    }

    @Test
    public void namesTheColumnsThatARecordingLacks() throws Exception {
        Path recording = recording(HEADER.replace("\tq_exit", "").replace("\tserver", ""));

        String said = demo(List.of("--replay", recording.toString(), "--day", "990105"));

        assertTrue(said, said.contains("does not name the column(s) q_exit, server."));
    }

    private void assertRefused(String why, String... options) throws Exception {
        List<String> all = new ArrayList<>(List.of("--replay", recording(HEADER).toString()));
        all.addAll(Arrays.asList(options));
        String said = demo(all);
        assertTrue(said, said.contains(why));
        assertEquals(said, -1, said.indexOf("Starting"));
    }

    private Path recording(String header) throws Exception {
        Path file = directory.newFile().toPath();
        Files.writeString(
                file,
                header + "\nAA0101\t33116\tPS\t990105\t6:00:00\t6:00:05\t0:00:00\t0:00:00\tAGENT\t6:00:05\t60\tX\n");
        return file;
    }

    private String demo(List<String> options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of("").toAbsolutePath().getParent().resolve("openrtd").toString(), "demo"));
        command.addAll(options);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("OPENRTD_ASSEMBLY", directory.getRoot() + "/none.tar.gz");
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(said, process.waitFor() != 0);
        return said;
    }
}
