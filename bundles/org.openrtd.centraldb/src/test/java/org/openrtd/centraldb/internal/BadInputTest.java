package org.openrtd.centraldb.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.openrtd.centraldb.internal.TestConfiguration.SCHEMA;
import static org.openrtd.centraldb.internal.TestConfiguration.problems;
import static org.openrtd.centraldb.internal.TestConfiguration.row;
import static org.openrtd.centraldb.internal.TestConfiguration.stored;
import static org.openrtd.centraldb.internal.TestConfiguration.transaction;
import static org.openrtd.centraldb.internal.TestConfiguration.with;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.openrtd.catalog.Catalog;
import org.openrtd.catalog.ColumnInfo;
import org.openrtd.catalog.Reference;
import org.openrtd.catalog.TableInfo;
import org.openrtd.catalog.TextForm;
import org.openrtd.centraldb.ConfigurationStore;
import org.openrtd.configuration.ConfigurationProblem;
import org.openrtd.configuration.ConfigurationProblem.Kind;
import org.openrtd.configuration.ConfigurationResult.Committed;
import org.openrtd.configuration.ConfigurationResult.Refused;
import org.openrtd.configuration.ConfigurationTransaction;
import org.openrtd.configuration.ConfigurationValues;
import org.openrtd.feed.Change;
import org.openrtd.feed.Column;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.sql.testing.Product;
import org.openrtd.sql.testing.TestDatabase;

/** Every kind of bad value in every column of every table: refused with its place, nothing written. */
@ParameterizedClass
@EnumSource(Product.class)
class BadInputTest {

    private static final String SQL = "'); DROP TABLE Call_Type; --";

    private final TestDatabase database;
    private final SqlConfigurationStore store;
    private ConfigurationStore.Configuration right;
    private int tried;

    BadInputTest(Product product) {
        database = TestDatabase.fresh(product);
        store = TestConfiguration.open(database.dataSource(), new SettableClock());
    }

    @BeforeEach
    void oneRowOfEachTable() {
        Row[] rows = TestConfiguration.oneOfEach().values().toArray(Row[]::new);
        assertEquals(new Committed(1), store.commit(transaction("one of each", "ada", rows)));
        right = store.rows();
        assertEquals(
                SCHEMA.tables().size(),
                right.rows().stream().map(Row::table).distinct().count(),
                "each table has a row");
    }

    @AfterEach
    void close() {
        store.close();
        database.close();
    }

    @Test
    void refusesWrongTypesEverywhere() {
        forEachColumn((row, column, info) -> {
            for (Object wrong : List.of("text", 1, 1L, 1.5, Double.NaN, true, new byte[] {1}, 'c', List.of(1))) {
                boolean fits =
                        switch (column.type()) {
                            case INT -> wrong instanceof Integer;
                            case LONG, TIMESTAMP -> wrong instanceof Long;
                            case STRING -> wrong instanceof String;
                            default -> false;
                        };
                if (!fits) {
                    assertRefused(Kind.VALUE, row, column, wrong, "must be of type");
                }
            }
        });
    }

    @Test
    void refusesTextsThatAreTooLongOrNoText() {
        forEachColumn((row, column, info) -> {
            if (info.rules().maxLength() > 0) {
                int length = info.rules().maxLength();
                assertRefused(Kind.VALUE, row, column, "x".repeat(length + 1), "at most " + length + " are allowed");
                if (length > 1) {
                    assertRefused(Kind.VALUE, row, column, "a\0", "control character at character 2");
                    assertRefused(Kind.VALUE, row, column, "\uD83D", "half a surrogate pair at character 1");
                    assertRefused(Kind.VALUE, row, column, "\uDE00a", "half a surrogate pair at character 1");
                }
                if (info.rules().text().orElseThrow() == TextForm.LINE) {
                    assertRefused(Kind.VALUE, row, column, "a\nb", "control character");
                    assertRefused(Kind.VALUE, row, column, "a\u0085b", "control character");
                }
            }
        });
    }

    @Test
    void refusesWhatIsMissingOrNotAmongTheValues() {
        forEachColumn((row, column, info) -> {
            if (info.rules().required()) {
                assertRefused(Kind.VALUE, row, column, null, "must have a value");
            }
            info.codes()
                    .ifPresent(codes -> assertRefused(Kind.VALUE, row, column, 99, "must be one of " + codes.texts()));
            info.rules().range().ifPresent(range -> {
                assertRefused(Kind.VALUE, row, column, range.from() - 1, "must be " + range);
                if (range.to() < Integer.MAX_VALUE) {
                    assertRefused(Kind.VALUE, row, column, range.to() + 1, "must be " + range);
                }
            });
            info.rules().text().ifPresent(form -> {
                if (form == TextForm.FLAG) {
                    assertRefused(Kind.VALUE, row, column, "y", "must be Y or N");
                } else if (form == TextForm.ZONE) {
                    assertRefused(Kind.VALUE, row, column, "Mars/Olympus_Mons", "must be a time zone");
                }
            });
        });
    }

    @Test
    void refusesReferencesToWhatIsNotThere() {
        for (TableInfo table : Catalog.tables()) {
            for (Reference reference : table.references()) {
                // What a version of a script uses comes with it; see ScriptsTest.
                if (reference.when().isEmpty() && !table.name().equals("Script_Cross_Reference")) {
                    Row row = stored(
                            store,
                            table.name(),
                            TestConfiguration.oneOfEach()
                                    .get(table.name())
                                    .key()
                                    .toArray());
                    boolean isKey =
                            row.table().column(reference.column()) < row.table().keyColumns();
                    row = isKey ? with(row, "ChangeStamp", 0) : row;
                    Column column = column(row, reference.column());
                    assertRefused(
                            Kind.REFERENCE,
                            row,
                            column,
                            4711,
                            "refers to " + reference.table() + " 4711, which is not there");
                }
            }
        }
        assertTrue(tried > 40, "references: " + tried);
    }

    @Test
    void refusesReferencesToWhatIsSomethingElse() {
        List<ConfigurationProblem> problems = problems(store.commit(transaction(
                "a group where an agent should be",
                "ada",
                row("Skill_Target", "SkillTargetID", 9, "SkillTargetType", 2),
                row("Person", "PersonID", 9),
                row(
                        "Agent",
                        "SkillTargetID",
                        9,
                        "PersonID",
                        9,
                        "PeripheralID",
                        1,
                        "PeripheralNumber",
                        "9",
                        "EnterpriseName",
                        "nine"))));
        assertEquals(
                "[Agent[9].SkillTargetID: refers to Skill_Target 9, which has SkillTargetType 2, not 3]",
                problems.toString());
        assertEquals(
                "[Skill_Target[3].SkillTargetType: cannot be changed: Agent [3] refers to it by SkillTargetID]",
                problems(store.commit(transaction(
                                "an agent becomes a group",
                                "ada",
                                with(stored(store, "Skill_Target", 3), "SkillTargetType", 2))))
                        .toString());
        assertUnchanged();
    }

    @Test
    void refusesDuplicatesOfEverythingThatIsUnique() {
        for (TableInfo table : Catalog.tables()) {
            for (List<String> unique : table.unique()) {
                Row there = TestConfiguration.oneOfEach().get(table.name());
                if (unique.stream().anyMatch(column -> there.get(column) == null)) {
                    continue;
                }
                Object[] columns = new Object[2 * unique.size()];
                for (int i = 0; i < unique.size(); i++) {
                    columns[2 * i] = unique.get(i);
                    columns[2 * i + 1] = there.get(unique.get(i));
                }
                Row another = with(with(there, table.columns().get(0).name(), 4711), columns);
                Refused refused = assertInstanceOf(
                        Refused.class, store.commit(transaction("duplicate " + ++tried, "ada", another)));
                ConfigurationProblem problem = refused.problems().stream()
                        .filter(found -> found.kind() == Kind.DUPLICATE
                                && found.reason().startsWith(String.join(", ", unique) + " "))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(table.name() + unique + ": " + refused));
                assertEquals(table.name(), problem.table());
                assertEquals(List.of(4711), problem.key());
            }
        }
        assertTrue(tried > 20, "unique: " + tried);
        assertUnchanged();
    }

    @Test
    void takesSqlForTheTextItIs() {
        List<Row> edits = new ArrayList<>();
        Map<List<Object>, String> columns = new LinkedHashMap<>();
        for (Row row : TestConfiguration.oneOfEach().values()) {
            Row present = stored(store, row.table().name(), row.key().toArray());
            for (ColumnInfo info : Catalog.table(row.table().name()).columns()) {
                boolean takesIt =
                        info.rules().text().filter(TextForm.LINE::equals).isPresent()
                                && info.rules().maxLength() >= SQL.length()
                                && !ConfigurationValues.isSetByTheStore(row.table(), info.column())
                                && present.table().column(info.name())
                                        >= present.table().keyColumns();
                if (takesIt) {
                    present = with(present, info.name(), SQL);
                    columns.put(List.of(row.table().name(), row.key(), info.name()), SQL);
                }
            }
            if (!row.table().name().startsWith("Script")) {
                edits.add(present);
            }
        }
        columns.keySet().removeIf(place -> ((String) place.get(0)).startsWith("Script"));
        assertEquals(new Committed(2), store.commit(transaction(SQL, SQL, edits.toArray(Row[]::new))));
        columns.forEach((place, text) -> {
            Row row = stored(store, (String) place.get(0), ((List<?>) place.get(1)).toArray());
            assertEquals(text, row.getString((String) place.get(2)), place.toString());
        });
        assertTrue(columns.size() > 40, "texts: " + columns.size());
        assertEquals(SQL, store.after(1, 1).get(0).author());
    }

    @Test
    void refusesChangesThatContradictThemselves() {
        Table callType = SCHEMA.table("Call_Type");
        Row loans = stored(store, "Call_Type", 1);
        for (Change wrong : List.of(
                new Change(callType, List.of(2), loans),
                new Change(SCHEMA.table("Person"), List.of(1), loans),
                new Change(callType, List.of(), null),
                new Change(callType, List.of(1, 2), null),
                new Change(callType, List.of("1"), null),
                new Change(
                        Table.named("Nobody_Knows")
                                .key("ID", org.openrtd.feed.ColumnType.INT)
                                .build(),
                        List.of(1),
                        null))) {
            Refused refused = assertInstanceOf(
                    Refused.class,
                    store.commit(new ConfigurationTransaction("wrong " + ++tried, "ada", List.of(wrong))));
            assertEquals(Kind.VALUE, refused.problems().get(0).kind(), refused.toString());
        }
        assertUnchanged();
    }

    @Test
    void refusesATransactionThatIsTooLargeAltogether() {
        List<Row> versions = new ArrayList<>();
        for (int i = 2; i < 22; i++) {
            versions.add(row(
                    "Script", "ScriptID", i, "MasterScriptID", 1, "Version", i, "ScriptText", "x".repeat(256 << 10)));
        }
        versions.add(with(stored(store, "Master_Script", 1), "NextAvailableVersion", 22));
        List<ConfigurationProblem> problems =
                problems(store.commit(transaction("too large", "ada", versions.toArray(Row[]::new))));
        assertEquals(1, problems.size());
        assertTrue(problems.get(0).reason().contains("at most 4194304 are allowed: split it"), problems.toString());
        assertUnchanged();
    }

    /** A small transaction can delete large rows, and the log keeps them. */
    @Test
    void refusesATransactionThatReplacesTooMuch() {
        List<Change> deletions = new ArrayList<>();
        Table script = SCHEMA.table("Script");
        for (int i = 2; i < 22; i++) {
            Row version = row(
                    "Script", "ScriptID", i, "MasterScriptID", 1, "Version", i, "ScriptText", "x".repeat(256 << 10));
            assertEquals(
                    List.of(),
                    problems(store.commit(transaction(
                            "version " + i,
                            "ada",
                            version,
                            with(
                                    stored(store, "Master_Script", 1),
                                    "NextAvailableVersion",
                                    i + 1,
                                    "RecoveryKey",
                                    null)))));
            Object[] any = new Object[script.columns().size()];
            any[0] = i;
            deletions.add(Change.put(script.row(any)));
            deletions.add(Change.delete(script, List.of(i)));
        }
        long key = store.recoveryKey();

        List<ConfigurationProblem> problems =
                problems(store.commit(new ConfigurationTransaction("too much", "ada", deletions)));

        assertEquals(1, problems.size());
        assertEquals(List.of(17), problems.get(0).key(), "where it becomes too much");
        assertTrue(problems.get(0).reason().contains("at most 4194304 are allowed: split it"), problems.toString());
        assertEquals(key, store.recoveryKey());
        assertEquals(
                new Committed(key + 1),
                store.commit(new ConfigurationTransaction("the first half", "ada", deletions.subList(0, 20))));
    }

    @Test
    void saysTheFirstTwentyProblemsOfMany() {
        Row[] rows = new Row[100];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = TestConfiguration.callType(100 + i, "x".repeat(65));
        }
        assertEquals(
                20, problems(store.commit(transaction("many", "ada", rows))).size());
    }

    private interface Trial {
        void of(Row row, Column column, ColumnInfo info);
    }

    private void forEachColumn(Trial trial) {
        for (Row row : TestConfiguration.oneOfEach().values()) {
            Row present = stored(store, row.table().name(), row.key().toArray());
            for (ColumnInfo info : Catalog.table(row.table().name()).columns()) {
                if (!ConfigurationValues.isSetByTheStore(row.table(), info.column())) {
                    trial.of(present, info.column(), info);
                }
            }
        }
        assertTrue(tried > 100, "trials: " + tried);
        assertUnchanged();
    }

    private void assertRefused(Kind kind, Row row, Column column, Object value, String reason) {
        Row wrong = with(row, column.name(), value);
        String what = row.table() + "." + column.name() + " = " + value;
        Refused refused =
                assertInstanceOf(Refused.class, store.commit(transaction("bad " + ++tried, "ada", wrong)), what);
        assertTrue(
                refused.problems().stream()
                        .anyMatch(problem -> problem.kind() == kind
                                && problem.table().equals(row.table().name())
                                && problem.key().equals(wrong.key())
                                && column.name().equals(problem.column())
                                && problem.reason().contains(reason)),
                what + ": " + refused);
    }

    private void assertUnchanged() {
        assertEquals(right, store.rows());
        assertEquals(1, store.recoveryKey());
        assertEquals(1, store.after(0, 10).size());
    }

    private static Column column(Row row, String name) {
        return row.table().columns().get(row.table().column(name));
    }
}
