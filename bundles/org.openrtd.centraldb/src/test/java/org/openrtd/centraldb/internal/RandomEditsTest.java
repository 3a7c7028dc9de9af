package org.openrtd.centraldb.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.openrtd.catalog.Catalog;
import org.openrtd.catalog.Reference;
import org.openrtd.catalog.TableInfo;
import org.openrtd.configuration.ConfigurationResult;
import org.openrtd.configuration.ConfigurationTransaction;
import org.openrtd.feed.Change;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.sql.testing.Product;
import org.openrtd.sql.testing.TestDatabase;

/**
 * Edits at random over a few rows, most of which break something. What the store takes must leave all rows right, and what
 * it refuses must not: told by an oracle that looks at all rows after each edit, where the store looks at as few as it can.
 */
class RandomEditsTest {

    private static final int EDITS = 2_000;
    private static final int IDS = 4;

    private static final List<String> TABLES = List.of(
            "Person",
            "Peripheral",
            "Media_Routing_Domain",
            "Skill_Target",
            "Agent",
            "Skill_Group",
            "Skill_Group_Member");

    private final Random random;
    private final Map<List<Object>, Row> rows = new LinkedHashMap<>();

    RandomEditsTest() {
        long seed = Long.getLong("edits.seed", System.nanoTime());
        System.out.println("Random edits: -Dedits.seed=" + seed);
        random = new Random(seed);
    }

    @Test
    void takesWhatLeavesAllRowsRightAndNothingElse() {
        int taken = 0;
        try (TestDatabase database = TestDatabase.fresh(Product.DERBY);
                SqlConfigurationStore store = TestConfiguration.open(database.dataSource(), Clock.systemUTC())) {
            for (int edit = 0; edit < EDITS; edit++) {
                List<Change> changes = changes();
                Map<List<Object>, Row> after = new LinkedHashMap<>(rows);
                changes.forEach(change -> {
                    after.remove(place(change.table(), change.key()));
                    if (change.row() != null) {
                        after.put(place(change.table(), change.key()), change.row());
                    }
                });
                Optional<String> wrong = wrong(changes, after);
                ConfigurationResult result = store.commit(new ConfigurationTransaction(
                        "edit " + edit, "somebody", TestConfiguration.unconditional(changes)));
                boolean isTaken = result instanceof ConfigurationResult.Committed;
                assertEquals(
                        wrong.isEmpty(),
                        isTaken,
                        () -> changes + "\nis wrong: " + wrong + "\nand the store says: " + result + "\nof "
                                + rows.values());
                if (isTaken) {
                    rows.clear();
                    rows.putAll(after);
                    taken++;
                }
            }
            Set<Row> stored = new HashSet<>();
            store.rows().rows().forEach(row -> stored.add(unstamped(row)));
            assertEquals(new HashSet<>(rows.values()), stored);
        }
        System.out.println(taken + " of " + EDITS + " edits were taken");
        assertTrue(
                taken > EDITS / 20 && taken < EDITS * 19 / 20, "hardly ever refused, or hardly ever taken: " + taken);
    }

    private static Row unstamped(Row row) {
        return TestConfiguration.with(row, "ChangeStamp", null, "RecoveryKey", null);
    }

    private static List<Object> place(Table table, List<Object> key) {
        return List.of(table.name(), key);
    }

    // ---- edits

    private List<Change> changes() {
        Map<List<Object>, Change> changes = new HashMap<>();
        for (int count = 1 + random.nextInt(4); count > 0; count--) {
            Row row = rows.isEmpty() || random.nextInt(3) == 0 ? made() : changed();
            Change change = random.nextInt(6) == 0 ? Change.delete(row.table(), row.key()) : Change.put(row);
            changes.put(place(row.table(), row.key()), change);
        }
        return new ArrayList<>(changes.values());
    }

    /** A row that is there, with one column as another row may have it. */
    private Row changed() {
        Row row = new ArrayList<>(rows.values()).get(random.nextInt(rows.size()));
        Row other = made(row.table());
        Object[] values = row.values();
        int column = random.nextInt(values.length);
        if (column >= row.table().keyColumns()) {
            values[column] = other.get(column);
        }
        return row.table().row(values);
    }

    private Row made() {
        return made(TestConfiguration.SCHEMA.table(TABLES.get(random.nextInt(TABLES.size()))));
    }

    private Row made(Table table) {
        Row row =
                switch (table.name()) {
                    case "Person" -> row(table, "PersonID", id(), "LoginName", random.nextBoolean() ? name() : null);
                    case "Peripheral" -> row(table, "PeripheralID", id(), "EnterpriseName", name());
                    case "Media_Routing_Domain" -> row(table, "MRDomainID", id(), "EnterpriseName", name());
                    case "Skill_Target" -> row(table, "SkillTargetID", id(), "SkillTargetType", 2 + random.nextInt(2));
                    case "Agent" ->
                        row(
                                table,
                                "SkillTargetID",
                                id(),
                                "PersonID",
                                id(),
                                "PeripheralID",
                                id(),
                                "PeripheralNumber",
                                name(),
                                "EnterpriseName",
                                name());
                    case "Skill_Group" ->
                        row(
                                table,
                                "SkillTargetID",
                                id(),
                                "EnterpriseName",
                                name(),
                                "PeripheralID",
                                id(),
                                "PeripheralNumber",
                                id(),
                                "Priority",
                                0,
                                "BaseSkillTargetID",
                                random.nextBoolean() ? id() : null,
                                "MRDomainID",
                                id());
                    case "Skill_Group_Member" ->
                        row(table, "SkillGroupSkillTargetID", id(), "AgentSkillTargetID", id());
                    default -> throw new IllegalArgumentException(table.name());
                };
        return table.hasColumn("Deleted") && random.nextInt(4) == 0 ? TestConfiguration.with(row, "Deleted", "Y") : row;
    }

    private static Row row(Table table, Object... columnsAndValues) {
        return unstamped(TestConfiguration.row(table.name(), columnsAndValues));
    }

    private int id() {
        return 1 + random.nextInt(IDS);
    }

    private String name() {
        return "name " + random.nextInt(8);
    }

    // ---- the oracle

    /** What is wrong with all rows as they would be, the rules taken from the catalog; empty when nothing is. */
    private Optional<String> wrong(List<Change> changes, Map<List<Object>, Row> after) {
        for (Change change : changes) {
            if (change.row() == null && !rows.containsKey(place(change.table(), change.key()))) {
                return Optional.of("deletes what is not there: " + change);
            }
        }
        for (Row row : after.values()) {
            TableInfo info = Catalog.table(row.table().name());
            for (List<String> unique : info.unique()) {
                for (Row other : after.values()) {
                    if (other != row
                            && other.table().equals(row.table())
                            && unique.stream()
                                    .allMatch(column -> row.get(column) != null
                                            && row.get(column).equals(other.get(column)))) {
                        return Optional.of(unique + " of " + row + " and " + other);
                    }
                }
            }
            for (Reference reference : info.references()) {
                Object value = row.get(reference.column());
                if (value == null) {
                    continue;
                }
                Row target = after.get(place(TestConfiguration.SCHEMA.table(reference.table()), List.of(value)));
                boolean isRight = target != null
                        && !isDeleted(target)
                        && reference
                                .that()
                                .map(that -> Integer.valueOf(that.value()).equals(target.get(that.column())))
                                .orElse(true);
                if (!isRight && !isDeleted(row)) {
                    return Optional.of(row + " refers to " + target + " by " + reference.column());
                }
                // A deleted row may point at whatever it likes, but what it points at is not purged.
                if (target == null
                        && rows.containsKey(place(TestConfiguration.SCHEMA.table(reference.table()), List.of(value)))) {
                    return Optional.of(row + " refers by " + reference.column() + " to a row that goes");
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isDeleted(Row row) {
        return row.table().hasColumn("Deleted") && "Y".equals(row.get("Deleted"));
    }
}
