package org.openrtd.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ViewTest {

    private static final Table PERSON = Table.named("Person")
            .key("PersonID", ColumnType.INT)
            .column("LoginName", ColumnType.STRING)
            .column("Share", ColumnType.DOUBLE)
            .build();
    private static final Table TEAM = Table.named("Team")
            .key("TeamID", ColumnType.INT)
            .column("Name", ColumnType.STRING)
            .build();
    private static final FeedSchema SCHEMA = new FeedSchema("config", 1, true, List.of(PERSON, TEAM));
    private static final Position AT = new Position(5, 3);
    private static final Cut CUT = new Cut(1, 2, 3);

    private static View view(Map<Integer, String> persons) {
        ViewBuilder rows = new ViewBuilder(SCHEMA);
        persons.forEach((id, login) -> rows.put(PERSON.row(id, login, 1.0)));
        return rows.build(AT, CUT);
    }

    @Test
    void isMadeOfRowsThatAreKeptElsewhere() {
        ViewBuilder rows = new ViewBuilder(SCHEMA);
        rows.put(PERSON.row(1, "anna", -0.0));
        rows.put(PERSON.row(2, "bert", null));
        rows.put(PERSON.row(1, "anne", 2.0));
        View view = rows.build(AT, CUT);

        assertEquals(AT, view.position());
        assertEquals(2, view.controllerTime());
        assertEquals(2, view.size(PERSON));
        assertEquals(0, view.size(TEAM));
        assertEquals("anne", view.find(PERSON, List.of(1)).orElseThrow().get("LoginName"));
    }

    @Test
    void refusesRowsThatTheFeedCannotHave() {
        ViewBuilder rows = new ViewBuilder(SCHEMA);
        assertThrows(IllegalArgumentException.class, () -> rows.put(PERSON.row(1, "anna", Double.NaN)));
        assertThrows(IllegalArgumentException.class, () -> rows.put(PERSON.row(1, 7, 1.0)));
        Table other = Table.named("Other").key("ID", ColumnType.INT).build();
        assertThrows(IllegalArgumentException.class, () -> rows.put(other.row(1)));
    }

    @Test
    void hasTheDigestOfItsRowsByWhateverWayTheyCame() {
        View view = view(Map.of(1, "anna", 2, "bert"));
        TableDigest digest = new TableDigest(PERSON);
        view.forEach(PERSON, digest::add);
        assertEquals(view.digest(PERSON), digest.digest());
        assertThrows(IllegalArgumentException.class, () -> digest.add(TEAM.row(1, "north")));
    }

    @Test
    void tellsWhatLedToItFromAnotherView() {
        SplittableRandom random = new SplittableRandom(7);
        for (int round = 0; round < 200; round++) {
            Map<Integer, String> then = new HashMap<>();
            Map<Integer, String> now = new HashMap<>();
            for (int i = 0; i < random.nextInt(600); i++) {
                then.put(random.nextInt(400), "name " + random.nextInt(3));
                now.put(random.nextInt(400), "name " + random.nextInt(3));
            }
            View before = view(then);
            View after = view(now);
            Map<Integer, String> patched = new HashMap<>(then);
            List<Object> seen = new ArrayList<>();
            after.changesSince(before, change -> {
                Row row = change.after() == null ? change.before() : change.after();
                Integer id = (Integer) row.get(0);
                assertTrue(!seen.contains(id), "each row once");
                seen.add(id);
                assertEquals(
                        then.get(id),
                        change.before() == null ? null : change.before().get(1));
                if (change.after() == null) {
                    patched.remove(id);
                } else {
                    patched.put(id, (String) change.after().get(1));
                }
            });
            assertEquals(now, patched, "round " + round);
        }
    }

    @Test
    void countsATableThatWasAnotherOneAsEmptyBefore() {
        Table shorter = Table.named("Person").key("PersonID", ColumnType.INT).build();
        ViewBuilder rows = new ViewBuilder(new FeedSchema("config", 0, true, List.of(shorter)));
        rows.put(shorter.row(1));
        List<RowChange> changes = new ArrayList<>();
        view(Map.of(1, "anna")).changesSince(rows.build(AT, CUT), changes::add);
        assertEquals(List.of(new RowChange(PERSON, null, PERSON.row(1, "anna", 1.0))), changes);
    }
}
