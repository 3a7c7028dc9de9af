package org.openrtd.itests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.openrtd.itests.FreshnessCheck.Look;

/** The checks find what they are there to find: each broken history here differs from the right one in one thing. */
public class HistoryCheckTest {

    @Rule
    public final TemporaryFolder directory = new TemporaryFolder();

    private final List<String> origin = new ArrayList<>();
    private final List<String> end = new ArrayList<>();
    private Path originFile;
    private Path endFile;

    @Before
    public void record() throws IOException {
        originFile = directory.newFolder("central", "record").toPath().resolve("calls.jsonl");
        endFile = directory.newFolder("desk", "record").toPath().resolve("calls.jsonl");
        List<String> lines = List.of(
                line(7, 1, "\"operation\":\"reset\""),
                row(7, 1, "insert", 1, "\"a\":1,\"b\":null"),
                row(7, 1, "insert", 2, "\"a\":2,\"b\":\"x\""),
                line(7, 1, "\"operation\":\"snapshot\",\"changes\":2"),
                row(7, 2, "update", 1, "\"a\":3"),
                row(7, 2, "insert", 3, "\"a\":9,\"b\":null"),
                line(7, 2, "\"operation\":\"batch\",\"changes\":2"),
                line(7, 2, "\"operation\":\"state\",\"from\":\"LIVE\",\"to\":\"RESUMING\",\"reason\":\"a gap\""),
                row(7, 3, "update", 2, "\"a\":4"),
                line(7, 3, "\"operation\":\"batch\",\"changes\":1"),
                row(7, 4, "delete", 3, ""),
                row(7, 4, "update", 1, "\"b\":\"y\""),
                line(7, 4, "\"operation\":\"batch\",\"changes\":2"));
        origin.addAll(lines);
        end.addAll(lines);
    }

    private static String line(long epoch, long sequence, String rest) {
        return "{\"feed\":\"calls\",\"controllerTime\":null,\"epoch\":" + epoch + ",\"sequence\":" + sequence
                + ",\"tick\":1," + rest + "}";
    }

    private static String row(long epoch, long sequence, String operation, int key, String values) {
        return line(
                epoch,
                sequence,
                "\"operation\":\"" + operation + "\",\"table\":\"T\",\"key\":{\"k\":" + key + "},\"values\":{" + values
                        + "}");
    }

    private List<String> found(boolean durable) throws IOException {
        Files.write(originFile, origin);
        Files.write(endFile, end);
        return new HistoryCheck(durable, originFile, endFile).readOn();
    }

    private void assertFound(String... promises) throws IOException {
        List<String> found = found(false);
        for (String promise : promises) {
            assertTrue(found.toString(), found.stream().anyMatch(each -> each.startsWith(promise + ": ")));
        }
        assertTrue(found.toString(), found.stream().allMatch(each -> List.of(promises)
                .contains(each.split(":")[0])));
    }

    @Test
    public void findsNothingWhereNothingIsWrong() throws IOException {
        assertEquals(List.of(), found(false));
        assertEquals(List.of(), found(true));
    }

    @Test
    public void comparesTheTwoAtEachPositionThatBothHaveRecorded() throws IOException {
        // The end has missed 2, and was given a snapshot.
        end.subList(4, end.size()).clear();
        end.add(line(7, 3, "\"operation\":\"reset\""));
        end.add(row(7, 3, "insert", 1, "\"b\":null,\"a\":3"));
        end.add(row(7, 3, "insert", 2, "\"a\":4,\"b\":\"x\""));
        end.add(row(7, 3, "insert", 3, "\"a\":9,\"b\":null"));
        end.add(line(7, 3, "\"operation\":\"snapshot\",\"changes\":3"));
        Files.write(originFile, origin);
        Files.write(endFile, end);
        HistoryCheck check = new HistoryCheck(false, originFile, endFile);
        assertEquals(List.of(), check.readOn());
        assertEquals(2, check.compared());
    }

    @Test
    public void readsOnWhereARecordGrowsAndIsCutInItsLastLine() throws IOException {
        Files.write(originFile, origin);
        Files.writeString(endFile, String.join("\n", end.subList(0, 6)));
        HistoryCheck check = new HistoryCheck(false, originFile, endFile);
        assertEquals(List.of(), check.readOn());
        // The process died there; the next one knows nothing.
        List<String> later = new ArrayList<>(end.subList(0, 5));
        later.add(line(0, 0, "\"operation\":\"reset\""));
        later.add(line(0, 0, "\"operation\":\"snapshot\",\"changes\":0"));
        later.addAll(end);
        Files.write(endFile, later);
        assertEquals(List.of(), check.readOn());
        assertEquals("the first position twice", 5, check.compared());
    }

    @Test
    public void takesARoleThatBeginsAnewWithTheRowsOfItsDatabase() throws IOException {
        end.add(line(7, 3, "\"operation\":\"reset\""));
        end.add(row(7, 3, "insert", 1, "\"b\":null,\"a\":3"));
        end.add(row(7, 3, "insert", 2, "\"a\":4,\"b\":\"x\""));
        end.add(row(7, 3, "insert", 3, "\"a\":9,\"b\":null"));
        end.add(line(7, 3, "\"operation\":\"snapshot\",\"changes\":3"));
        end.add(line(7, 3, "\"operation\":\"state\",\"from\":\"CONNECTING\",\"to\":\"RESUMING\",\"reason\":\"\""));
        end.addAll(end.subList(10, 13));
        Files.write(originFile, origin);
        Files.write(endFile, end);
        assertEquals(List.of(), new HistoryCheck(false, originFile, endFile).readOn());
    }

    @Test
    public void findsAPositionThatGoesBack() throws IOException {
        end.addAll(end.subList(8, 10));
        assertFound("ORDERED", "EQUAL");
    }

    @Test
    public void findsAnEpochThatGoesBack() throws IOException {
        end.add(line(6, 9, "\"operation\":\"reset\""));
        end.add(line(6, 9, "\"operation\":\"snapshot\",\"changes\":0"));
        end.add(line(6, 9, "\"operation\":\"state\",\"from\":\"RESUMING\",\"to\":\"LIVE\",\"reason\":\"\""));
        assertFound("ORDERED");
    }

    @Test
    public void findsABatchThatTakesEffectTwice() throws IOException {
        end.addAll(10, end.subList(8, 10));
        assertFound("ONCE");
    }

    @Test
    public void findsAnInsertOfWhatIsThere() throws IOException {
        end.set(4, row(7, 2, "insert", 1, "\"a\":3"));
        assertFound("ONCE");
    }

    @Test
    public void findsAMissingBatch() throws IOException {
        end.subList(8, 10).clear();
        assertFound("GAPLESS", "EQUAL");
    }

    @Test
    public void findsANewEpochWithoutASnapshot() throws IOException {
        end.add(line(8, 5, "\"operation\":\"batch\",\"changes\":0"));
        assertFound("GAPLESS");
        origin.add(line(8, 5, "\"operation\":\"batch\",\"changes\":0"));
        assertEquals("the history of a durable feed goes on", List.of(), found(true));
    }

    @Test
    public void findsABatchOfWhichAPartIsMissing() throws IOException {
        end.remove(5);
        // Its row is deleted later.
        assertFound("WHOLE", "EQUAL", "ONCE");
    }

    @Test
    public void findsABatchThatIsShownInTwoHalves() throws IOException {
        end.add(5, line(7, 2, "\"operation\":\"batch\",\"changes\":1"));
        end.set(7, line(7, 2, "\"operation\":\"batch\",\"changes\":1"));
        assertFound("ONCE", "EQUAL");
    }

    @Test
    public void findsABatchWithoutItsEnd() throws IOException {
        end.remove(9);
        assertFound("WHOLE", "GAPLESS");
    }

    @Test
    public void findsARowThatDiffersInOneValue() throws IOException {
        end.set(8, row(7, 3, "update", 2, "\"a\":5"));
        assertFound("EQUAL");
    }

    // ---- freshness

    private static final long SECOND = 1_000_000_000L;
    private final FreshnessCheck fresh = new FreshnessCheck(4000);

    private static Look look(double at, long sequence, boolean current) {
        long begun = (long) (at * SECOND);
        return new Look(begun, begun + SECOND / 10, 7, sequence, current);
    }

    @Test
    public void measuresHowOldWhatIsShownAsCurrentIs() {
        for (int second = 0; second < 10; second++) {
            fresh.atTheOrigin(look(second, second, true));
            fresh.atTheReader("desk", look(second + 0.9, Math.max(0, second - 2), true));
        }
        assertEquals(List.of(), fresh.broken());
        assertEquals("1.8 s, and what is seen a look later at the latest", 800, fresh.worstMillis());
    }

    @Test
    public void findsAReaderThatStandsStillAndSaysItIsCurrent() {
        for (int second = 0; second < 10; second++) {
            fresh.atTheOrigin(look(second, second, true));
            fresh.atTheReader("desk", look(second + 0.9, Math.min(3, second), true));
        }
        List<String> broken = fresh.broken();
        assertTrue(broken.toString(), broken.get(0).startsWith("FRESH: desk showed 7:3 as current"));
    }

    @Test
    public void takesAReaderForRightThatSaysThatItsRowsAreOld() {
        for (int second = 0; second < 20; second++) {
            fresh.atTheOrigin(look(second, second, true));
            fresh.atTheReader("desk", look(second + 0.9, Math.min(3, second), second < 6));
        }
        assertEquals(List.of(), fresh.broken());
    }

    @Test
    public void findsAReaderThatDoesNotSayThatItIsCutOff() {
        fresh.cut(SECOND);
        for (int second = 0; second < 10; second++) {
            fresh.atTheReader("desk", look(second, 3, true));
        }
        List<String> broken = fresh.broken();
        assertTrue(broken.toString(), broken.get(0).contains("it was cut off"));
        fresh.joined();
        fresh.atTheReader("desk", look(11, 4, true));
        assertEquals(List.of(), fresh.broken());
    }
}
