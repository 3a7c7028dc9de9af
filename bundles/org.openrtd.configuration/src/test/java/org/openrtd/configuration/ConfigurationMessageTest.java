package org.openrtd.configuration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.openrtd.catalog.Catalog;
import org.openrtd.feed.Change;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;

class ConfigurationMessageTest {

    private static final FeedSchema SCHEMA = Catalog.feed(Catalog.CONFIG);
    private static final Table CALL_TYPE = SCHEMA.table("Call_Type");

    @Test
    void readsWhatItWrote() {
        Row callType = callType(1, "Kredite und Ähnliches 😀\u0085");
        Table person = SCHEMA.table("Person");
        List<Change> changes =
                List.of(Change.put(callType), Change.delete(person, List.of(7)), Change.delete(CALL_TYPE, List.of(2)));

        assertEquals(changes, ConfigurationMessage.read(ConfigurationMessage.write(changes), SCHEMA));
        assertEquals(changes, ConfigurationMessage.readExactly(ConfigurationMessage.write(changes), SCHEMA));
    }

    @Test
    void saysWhereAValueCannotBeWritten() {
        IllegalArgumentException half = assertThrows(
                IllegalArgumentException.class,
                () -> ConfigurationMessage.write(List.of(Change.put(callType(1, "a\uD83Db")))));
        assertEquals("Call_Type[1].EnterpriseName cannot be written as STRING", half.getMessage());

        Object[] values = callType(1, "Loans").values();
        values[CALL_TYPE.column("AbandonWaitTime")] = "soon";
        IllegalArgumentException type = assertThrows(
                IllegalArgumentException.class,
                () -> ConfigurationMessage.write(List.of(Change.put(CALL_TYPE.row(values)))));
        assertEquals("Call_Type[1].AbandonWaitTime cannot be written as INT", type.getMessage());
    }

    @Test
    void readsTheLogOfAnotherSchema() {
        Table before = Table.named("Call_Type")
                .key("CallTypeID", ColumnType.INT)
                .column("Gone", ColumnType.STRING)
                .column("EnterpriseName", ColumnType.STRING)
                .build();
        Table gone = Table.named("Gone").key("ID", ColumnType.INT).build();
        byte[] message =
                ConfigurationMessage.write(List.of(Change.put(before.row(1, "x", "Loans")), Change.put(gone.row(5))));

        List<Change> read = ConfigurationMessage.read(message, SCHEMA);

        assertEquals(1, read.size());
        assertEquals("Loans", read.get(0).row().getString("EnterpriseName"));
        assertEquals(null, read.get(0).row().get("RecoveryKey"));
    }

    @Test
    void refusesEditsOfAnotherSchema() {
        Table before = Table.named("Call_Type")
                .key("CallTypeID", ColumnType.INT)
                .column("EnterpriseName", ColumnType.STRING)
                .build();
        for (Change change : List.of(
                Change.put(before.row(1, "Loans")),
                Change.delete(Table.named("Gone").key("ID", ColumnType.INT).build(), List.of(1)))) {
            IllegalArgumentException refused = assertThrows(
                    IllegalArgumentException.class,
                    () -> ConfigurationMessage.readExactly(ConfigurationMessage.write(List.of(change)), SCHEMA));
            assertTrue(refused.getMessage().contains("the editor has another version"), refused.getMessage());
        }
    }

    @Test
    void refusesWhatIsNoMessageWithoutAnythingElse() {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        System.out.println("fuzz.seed=" + seed);
        Random random = new Random(seed);
        List<Change> changes = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
            changes.add(Change.put(callType(i, "Call type " + i)));
        }
        byte[] right = ConfigurationMessage.write(changes);
        for (int trial = 0; trial < 5_000; trial++) {
            byte[] wrong = Arrays.copyOf(right, random.nextInt(4) == 0 ? random.nextInt(right.length) : right.length);
            for (int i = 0; i <= random.nextInt(4) && wrong.length > 0; i++) {
                wrong[random.nextInt(wrong.length)] = (byte) random.nextInt();
            }
            try {
                ConfigurationMessage.read(wrong, SCHEMA);
                ConfigurationMessage.readExactly(wrong, SCHEMA);
            } catch (IllegalArgumentException refused) {
                assertTrue(refused.getMessage().length() < 1000, "fuzz.seed=" + seed);
            }
        }
    }

    @Test
    void hasIdsThatEveryDatabaseTellsApart() {
        for (String id : List.of("", " a", "a ", "a\nb", "a\0", "\uD83D", "x".repeat(129))) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new ConfigurationTransaction(id, "ada", List.of(Change.delete(CALL_TYPE, List.of(1)))),
                    id);
        }
    }

    private static Row callType(int id, String name) {
        Object[] values = new Object[CALL_TYPE.columns().size()];
        values[0] = id;
        values[CALL_TYPE.column("EnterpriseName")] = name;
        return CALL_TYPE.row(values);
    }
}
