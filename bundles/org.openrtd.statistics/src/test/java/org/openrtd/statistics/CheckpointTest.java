package org.openrtd.statistics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.openrtd.catalog.Catalog;
import org.openrtd.feed.Change;
import org.openrtd.feed.Row;

class CheckpointTest {

    @Test
    void aFoldThatGoesOnFromACheckpointEqualsOneThatNeverStopped() {
        for (long seed = 1; seed <= 12; seed++) {
            List<RandomDay.Step> steps = RandomDay.steps(seed, 2500);
            Random random = new Random(seed);
            Statistics uninterrupted = new Statistics(Stage.ZONE);
            Statistics restarted = new Statistics(Stage.ZONE);
            for (int i = 0; i < steps.size(); i++) {
                steps.get(i).foldInto(uninterrupted, i);
                steps.get(i).foldInto(restarted, i);
                if (random.nextInt(300) == 0) {
                    // When rows are cut makes no difference to what they say.
                    restarted.cut(Catalog.CALLS);
                    restarted.cut(Catalog.AGENTS);
                    restarted = Stage.copy(restarted);
                    assertSame(uninterrupted, restarted, "seed " + seed + ", step " + i);
                }
            }
            assertSame(uninterrupted, restarted, "seed " + seed);
            assertEquals(uninterrupted.refusals(), restarted.refusals());
            assertTrue(uninterrupted.refusals().size() > 0, "the day has its untidy events");
        }
    }

    @Test
    void whatTheCutsTellIsAllThereIsWheneverTheyAreTaken() {
        for (long seed = 1; seed <= 12; seed++) {
            List<RandomDay.Step> steps = RandomDay.steps(seed, 2500);
            Random random = new Random(seed);
            Statistics statistics = new Statistics(Stage.ZONE);
            Map<String, Map<List<Object>, Row>> replica = new HashMap<>();
            for (int i = 0; i < steps.size(); i++) {
                steps.get(i).foldInto(statistics, i);
                boolean mark = steps.get(i).event() instanceof org.openrtd.events.Event.ClockAdvanced;
                if (random.nextInt(mark ? 4 : 50) == 0 || i == steps.size() - 1) {
                    for (String feed : List.of(Catalog.CALLS, Catalog.AGENTS)) {
                        for (Change change : statistics.cut(feed)) {
                            Map<List<Object>, Row> rows =
                                    replica.computeIfAbsent(change.table().name(), t -> new HashMap<>());
                            if (change.row() == null) {
                                assertTrue(
                                        rows.remove(change.key()) != null, "only what is there is deleted: " + change);
                            } else {
                                rows.put(List.copyOf(change.key()), change.row());
                            }
                        }
                    }
                    if (random.nextInt(50) == 0 || i == steps.size() - 1) {
                        // A copy, since asking for all rows would end what awaits its cut.
                        assertRows(Stage.rows(Stage.copy(statistics)), replica, "seed " + seed + ", step " + i);
                    }
                }
            }
        }
    }

    private static void assertSame(Statistics expected, Statistics actual, String where) {
        assertRows(Stage.rows(Stage.copy(expected)), Stage.rows(Stage.copy(actual)), where);
        assertEquals(expected.controllerTime(), actual.controllerTime(), where);
        assertEquals(expected.configurationKey(), actual.configurationKey(), where);
    }

    static void assertRows(
            Map<String, Map<List<Object>, Row>> expected, Map<String, Map<List<Object>, Row>> actual, String where) {
        for (String table : expected.keySet()) {
            Map<List<Object>, Row> rows = actual.getOrDefault(table, Map.of());
            assertEquals(expected.get(table).keySet(), rows.keySet(), where + ", " + table);
            expected.get(table).forEach((key, row) -> {
                if (!row.equals(rows.get(key))) {
                    Map<String, String> differences = new TreeMap<>();
                    row.table().columns().forEach(column -> {
                        Object before = row.get(column.name());
                        Object after = rows.get(key).get(column.name());
                        if (!java.util.Objects.equals(before, after)) {
                            differences.put(column.name(), before + " <> " + after);
                        }
                    });
                    assertEquals(Map.of(), differences, where + ", " + table + key);
                }
            });
        }
    }

    @Test
    void writingChangesNothingAndIsRepeatable() {
        Statistics statistics = folded(3);
        assertArrayEquals(Stage.write(statistics), Stage.write(statistics));
    }

    @Test
    void aCheckpointOfAnotherVersionIsRefused() {
        byte[] bytes = Stage.write(folded(1));
        bytes[4]++;
        IOException refused = assertThrows(IOException.class, () -> read(bytes));
        assertTrue(refused.getMessage().contains("version"), refused.getMessage());
    }

    @Test
    void damagedCheckpointsAreRefusedAndNeverAnotherError() {
        byte[] sound = Stage.write(folded(2));
        Random random = new Random(42);
        for (int i = 0; i < 3000; i++) {
            byte[] damaged = sound.clone();
            if (random.nextInt(5) == 0) {
                damaged = java.util.Arrays.copyOf(damaged, random.nextInt(damaged.length));
            }
            for (int j = random.nextInt(4); j >= 0 && damaged.length > 0; j--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            try {
                read(damaged);
            } catch (IOException refused) {
                // As it should be. Damage to a number may go unseen: whoever keeps checkpoints guards them by a
                // checksum.
            }
        }
    }

    private static Statistics read(byte[] bytes) throws IOException {
        return Statistics.readFrom(new DataInputStream(new ByteArrayInputStream(bytes)));
    }

    private static Statistics folded(long seed) {
        Statistics statistics = new Statistics(Stage.ZONE);
        long key = 0;
        for (RandomDay.Step step : RandomDay.steps(seed, 500)) {
            step.foldInto(statistics, ++key);
        }
        return statistics;
    }
}
