package org.openrtd.web.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.openrtd.web.internal.FakeReplica.row;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.openrtd.catalog.Catalog;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;

class StreamsTest {

    private static final List<String> BOTH = List.of("Call_Type_Real_Time", "Agent_Real_Time");

    private final FakeReplica calls = new FakeReplica("calls");
    private final FakeReplica agents = new FakeReplica("agents");
    private final TreeMap<String, Channel> channels = new TreeMap<>();
    private final Streams streams = streams("run");
    private long millis;

    private Streams streams(String run) {
        if (channels.isEmpty()) {
            for (FakeReplica replica : List.of(calls, agents)) {
                Channel channel = new Channel(replica.feed(), () -> {}, (feed, view) -> {});
                channel.add(replica);
                channels.put(replica.feed(), channel);
            }
        }
        return new Streams(run, channels, () -> "north", List::of);
    }

    private void tick() {
        streams.tick(millis += 50, false);
    }

    private void send(Streams.Cursor to, StreamReader reader) {
        byte[] chunk = streams.next(to);
        if (chunk != null) {
            reader.read(chunk, chunk.length);
        }
    }

    private static Map<List<Object>, Map<String, Object>> rows(FakeReplica replica, String table) {
        Map<List<Object>, Map<String, Object>> rows = new HashMap<>();
        View view = replica.view();
        Labels.forEach(view, table, row -> {
            Utf8 json = new Utf8();
            Shape.of(row.table()).row(row, json);
            @SuppressWarnings("unchecked")
            Map<String, Object> read = (Map<String, Object>) Json.read(json.toString());
            rows.put(StreamReader.key(table, read), read);
        });
        return rows;
    }

    @Test
    void beginsWithASnapshotOfEachFeedAndItsState() {
        calls.put(row("Call_Type_Real_Time", "CallTypeID", 1, "RouterCallsQNow", 3))
                .cut();
        agents.put(row("Agent_Real_Time", "SkillTargetID", 7, "MRDomainID", 1, "AgentState", 3))
                .cut();
        tick();
        StreamReader reader = new StreamReader();
        send(streams.open(BOTH, null), reader);
        assertEquals(List.of("snapshot", "state", "snapshot", "state"), reader.types());
        assertEquals(rows(calls, "Call_Type_Real_Time"), reader.rows.get("Call_Type_Real_Time"));
        assertEquals(rows(agents, "Agent_Real_Time"), reader.rows.get("Agent_Real_Time"));
        Map<String, Object> state = reader.last("state").data();
        assertEquals("calls", state.get("feed"));
        assertEquals("LIVE", state.get("state"));
        assertEquals("north", state.get("site"));
        assertEquals(false, state.get("stale"));
    }

    @Test
    void sendsWhatChangedAndNoMore() {
        calls.put(row("Call_Type_Real_Time", "CallTypeID", 1, "RouterCallsQNow", 3, "CallsOfferedToday", 9));
        calls.put(row("Call_Type_Real_Time", "CallTypeID", 2, "RouterCallsQNow", 0))
                .cut();
        tick();
        Streams.Cursor cursor = streams.open(BOTH, null);
        StreamReader reader = new StreamReader();
        send(cursor, reader);
        calls.put(row("Call_Type_Real_Time", "CallTypeID", 1, "RouterCallsQNow", 4, "CallsOfferedToday", 9));
        calls.delete("Call_Type_Real_Time", 2).cut();
        tick();
        send(cursor, reader);
        assertEquals(
                Map.of(
                        "Call_Type_Real_Time",
                        Map.of(
                                "put", List.of(Map.of("CallTypeID", 1L, "RouterCallsQNow", 4L)),
                                "delete", List.of(Map.of("CallTypeID", 2L)))),
                reader.last("rows").data().get("tables"));
        assertEquals(rows(calls, "Call_Type_Real_Time"), reader.rows.get("Call_Type_Real_Time"));
    }

    @Test
    void keepsFewSnapshotsWhateverIsAskedFor() {
        calls.put(row("Call_Type_Real_Time", "CallTypeID", 1)).cut();
        tick();
        List<String> tables = Catalog.feed("calls").tables().stream()
                .map(table -> table.name())
                .toList();
        int sets = 1 << tables.size();
        for (int set = 1; set < sets; set++) {
            List<String> some = new java.util.ArrayList<>();
            for (int i = 0; i < tables.size(); i++) {
                if ((set >> i & 1) == 1) {
                    some.add(tables.get(i));
                }
            }
            StreamReader reader = new StreamReader();
            send(streams.open(some, null), reader);
            assertEquals("snapshot", reader.types().get(0));
        }
        assertTrue(sets > Streams.MOST_SNAPSHOTS + 1, "asked for " + sets);
        assertEquals(Streams.MOST_SNAPSHOTS, streams.snapshotsKept());
    }

    @Test
    void sendsNothingForTablesThatNobodyAskedFor() {
        calls.put(row("Call_Type_Real_Time", "CallTypeID", 1)).cut();
        tick();
        Streams.Cursor cursor = streams.open(List.of("call_type_real_time"), null);
        send(cursor, new StreamReader());
        calls.put(row("Skill_Group_Real_Time", "SkillTargetID", 1)).cut();
        tick();
        assertNull(streams.next(cursor));
    }

    @Test
    void keepsWhatMayIdentifyACustomerToItself() {
        agents.put(row("Agent_Real_Time", "SkillTargetID", 7, "MRDomainID", 1, "CustomerPhoneNumber", "555"))
                .cut();
        tick();
        Streams.Cursor cursor = streams.open(BOTH, null);
        byte[] first = streams.next(cursor);
        agents.put(row("Agent_Real_Time", "SkillTargetID", 7, "MRDomainID", 1, "CustomerPhoneNumber", "777"))
                .cut();
        tick();
        assertFalse(new String(first).contains("CustomerPhoneNumber"));
        assertNull(streams.next(cursor), "a change of nothing that is served is none");
    }

    @Test
    void leadsASlowReaderFromWhatItHasToWhatIs() {
        calls.put(row("Call_Type_Real_Time", "CallTypeID", 1, "RouterCallsQNow", 0))
                .cut();
        tick();
        Streams.Cursor slow = streams.open(BOTH, null);
        StreamReader reader = new StreamReader();
        send(slow, reader);
        for (int i = 1; i <= 100; i++) {
            calls.put(row("Call_Type_Real_Time", "CallTypeID", 1, "RouterCallsQNow", i))
                    .cut();
            tick();
        }
        send(slow, reader);
        assertEquals(1, reader.types().stream().filter("rows"::equals).count());
        assertEquals(rows(calls, "Call_Type_Real_Time"), reader.rows.get("Call_Type_Real_Time"));
    }

    @Test
    void makesOnePieceForAllReadersAtTheSamePlace() {
        calls.put(row("Call_Type_Real_Time", "CallTypeID", 1, "RouterCallsQNow", 0))
                .cut();
        tick();
        Streams.Cursor one = streams.open(BOTH, null);
        Streams.Cursor other = streams.open(List.of("Agent_Real_Time", "t_Call_Type_Real_Time"), null);
        assertSame(streams.next(one), streams.next(other));
        calls.put(row("Call_Type_Real_Time", "CallTypeID", 1, "RouterCallsQNow", 1))
                .cut();
        tick();
        assertSame(streams.next(one), streams.next(other));
    }

    @Test
    void saysWhenAFeedIsNotCurrentAndWhenItIsAgain() {
        calls.put(row("Call_Type_Real_Time", "CallTypeID", 1)).cut();
        tick();
        Streams.Cursor cursor = streams.open(BOTH, null);
        StreamReader reader = new StreamReader();
        send(cursor, reader);
        calls.state(FeedState.CONNECTING, true, "cannot reach tcp://centre");
        tick();
        send(cursor, reader);
        assertEquals("cannot reach tcp://centre", reader.last("state").data().get("reason"));
        assertEquals(true, reader.last("state").data().get("stale"));
        calls.state(FeedState.LIVE, false, "follows central");
        tick();
        send(cursor, reader);
        assertEquals(false, reader.last("state").data().get("stale"));
    }

    @Test
    void goesOnWithASnapshotWhenTheFeedForgotItsRows() {
        calls.put(row("Call_Type_Real_Time", "CallTypeID", 1)).cut();
        tick();
        Streams.Cursor cursor = streams.open(BOTH, null);
        StreamReader reader = new StreamReader();
        send(cursor, reader);
        channels.get("calls").remove(calls);
        FakeReplica other = new FakeReplica("calls");
        other.put(row("Call_Type_Real_Time", "CallTypeID", 2)).cut();
        channels.get("calls").add(other);
        tick();
        send(cursor, reader);
        assertEquals(rows(other, "Call_Type_Real_Time"), reader.rows.get("Call_Type_Real_Time"));
    }

    @Test
    void keepsShowingTheLastRowsAsStaleWhenTheReplicaIsGone() {
        calls.put(row("Call_Type_Real_Time", "CallTypeID", 1)).cut();
        tick();
        channels.get("calls").remove(calls);
        tick();
        StreamReader reader = new StreamReader();
        send(streams.open(List.of("Call_Type_Real_Time"), null), reader);
        assertEquals(true, reader.last("state").data().get("stale"));
        assertEquals(1, reader.rows.get("Call_Type_Real_Time").size());
        assertEquals(0, calls.listeners());
    }

    @Test
    void hasAStateAndNoSnapshotBeforeTheFirstRows() {
        calls.state(FeedState.CONNECTING, true, "no connection yet");
        tick();
        StreamReader reader = new StreamReader();
        Streams.Cursor cursor = streams.open(List.of("Call_Type_Real_Time"), null);
        send(cursor, reader);
        assertEquals(List.of("state"), reader.types());
        calls.put(row("Call_Type_Real_Time", "CallTypeID", 1)).cut();
        tick();
        send(cursor, reader);
        assertEquals(1, reader.rows.get("Call_Type_Real_Time").size());
    }

    @Test
    void resumesWithoutASnapshotFromWhatItKnows() {
        calls.put(row("Call_Type_Real_Time", "CallTypeID", 1)).cut();
        tick();
        StreamReader reader = new StreamReader();
        send(streams.open(BOTH, null), reader);
        calls.put(row("Call_Type_Real_Time", "CallTypeID", 2)).cut();
        tick();
        reader.events.clear();
        send(streams.open(BOTH, reader.lastEventId), reader);
        assertEquals(List.of("state", "rows", "state"), reader.types());
        assertEquals(rows(calls, "Call_Type_Real_Time"), reader.rows.get("Call_Type_Real_Time"));
    }

    @Test
    void beginsAnewWhereALastEventIdIsNotItsOwn() {
        calls.put(row("Call_Type_Real_Time", "CallTypeID", 1)).cut();
        tick();
        StreamReader reader = new StreamReader();
        send(streams.open(BOTH, null), reader);
        String id = reader.lastEventId;
        Streams restarted = streams("another");
        for (String strange : List.of(
                "",
                ";",
                "x",
                id + "0",
                id.replace("calls=", "config="),
                "run-0;calls=1:1@1",
                id.replace("@", "@-"),
                "a".repeat(9999),
                id)) {
            Streams of = strange.equals(id) ? restarted : streams;
            of.tick(millis, false);
            byte[] chunk = of.next(of.open(List.of("Call_Type_Real_Time"), strange));
            assertTrue(new String(chunk).contains("event: snapshot"), strange);
        }
    }

    @Test
    void resumesBehindABatchOfManyRows() {
        for (int i = 0; i < 21_000; i++) {
            calls.put(row("Peripheral_Real_Time", "PeripheralID", i));
        }
        calls.cut();
        tick();
        StreamReader reader = new StreamReader();
        send(streams.open(BOTH, null), reader);
        calls.put(row("Call_Type_Real_Time", "CallTypeID", 1)).cut();
        tick();
        reader.events.clear();
        send(streams.open(BOTH, reader.lastEventId), reader);
        assertFalse(reader.types().contains("snapshot"), reader.types().toString());
    }

    @Test
    void countsAllRowsWhereAllMayHaveBeenReplaced() {
        for (int i = 0; i < 11_000; i++) {
            calls.put(row("Peripheral_Real_Time", "PeripheralID", i));
        }
        calls.cut();
        tick();
        StreamReader reader = new StreamReader();
        send(streams.open(BOTH, null), reader);
        calls.repair();
        tick();
        calls.repair();
        tick();
        assertEquals(2, channels.get("calls").moments(), "two copies of so many rows, and not three");
    }

    @Test
    void sendsTheRowsOfATableThatItsCentreSpellsOtherwise() {
        Table ours = FakeReplica.table("Call_Type_Real_Time");
        Table theirs = new Table("CALL_TYPE_REAL_TIME", ours.keyColumns(), ours.columns());
        Object[] values = new Object[theirs.columns().size()];
        values[0] = 1;
        calls.as(new FeedSchema("calls", 0, false, List.of(theirs)));
        calls.put(theirs.row(values.clone())).cut();
        tick();
        Streams.Cursor cursor = streams.open(List.of("Call_Type_Real_Time"), null);
        StreamReader reader = new StreamReader();
        send(cursor, reader);
        values[theirs.column("RouterCallsQNow")] = 7;
        calls.put(theirs.row(values)).cut();
        tick();
        send(cursor, reader);
        assertEquals(
                7L,
                reader.rows.get("Call_Type_Real_Time").get(List.of((Object) 1L)).get("RouterCallsQNow"));
    }

    @Test
    void forgetsThePastAfterSoManyChanges() {
        calls.put(row("Call_Type_Real_Time", "CallTypeID", 1, "RouterCallsQNow", 0))
                .cut();
        tick();
        StreamReader reader = new StreamReader();
        send(streams.open(BOTH, null), reader);
        for (int i = 1; i <= 2_100; i++) {
            calls.put(row("Call_Type_Real_Time", "CallTypeID", 1, "RouterCallsQNow", i))
                    .cut();
            streams.tick(millis, false);
        }
        reader.events.clear();
        send(streams.open(BOTH, reader.lastEventId), reader);
        assertTrue(reader.types().contains("snapshot"));
        assertEquals(rows(calls, "Call_Type_Real_Time"), reader.rows.get("Call_Type_Real_Time"));
    }

    @Test
    void namesTheTableThatIsNoneAndTheOneThatWasMeant() {
        ApiError error = assertThrows(ApiError.class, () -> streams.open(List.of("Call_Type_Real_Tim"), null));
        assertEquals("There is no table Call_Type_Real_Tim; did you mean Call_Type_Real_Time?", error.getMessage());
        assertThrows(ApiError.class, () -> streams.open(List.of(), null));
    }

    @Test
    void heartbeatsSayHowCurrentEachFeedIs() {
        calls.put(row("Call_Type_Real_Time", "CallTypeID", 1)).cut();
        tick();
        Streams.Cursor cursor = streams.open(BOTH, null);
        StreamReader reader = new StreamReader();
        send(cursor, reader);
        streams.tick(millis += 50, true);
        send(cursor, reader);
        Map<String, Object> beat = reader.last("heartbeat").data();
        assertEquals(java.util.Set.of("calls", "agents"), ((Map<?, ?>) beat.get("feeds")).keySet());
        assertEquals(List.of(), beat.get("broken"));
    }

    // ---- whatever happens

    /** Resumes where its connection broke; the broken twin claims to have all that the chunk began with. */
    private void wander(long seed, boolean brokenTwin) {
        Random random = new Random(seed);
        StreamReader reader = new StreamReader();
        Streams.Cursor cursor = streams.open(BOTH, null);
        for (int step = 0; step < 200; step++) {
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3 ->
                    calls.put(row(
                                    "Call_Type_Real_Time",
                                    "CallTypeID",
                                    random.nextInt(6),
                                    "RouterCallsQNow",
                                    random.nextInt(4)))
                            .cut();
                case 4, 5 ->
                    agents.put(row(
                                    "Agent_Real_Time",
                                    "SkillTargetID",
                                    random.nextInt(6),
                                    "MRDomainID",
                                    random.nextInt(2),
                                    "AgentState",
                                    random.nextInt(5)))
                            .cut();
                case 6 -> calls.delete("Call_Type_Real_Time", random.nextInt(6)).cut();
                case 7 -> (random.nextBoolean() ? calls : agents).cut();
                case 8 ->
                    calls.put(row("Call_Type_Real_Time", "CallTypeID", random.nextInt(6), "RouterCallsQNow", 9))
                            .snapshot(random.nextInt(2));
                case 9 -> {
                    // A repair: other rows at the same position.
                    agents.delete("Agent_Real_Time", random.nextInt(6), 0);
                    if (!agents.view().schema().tables().isEmpty()) {
                        agents.repair();
                    }
                }
                default -> {
                    tick();
                    byte[] chunk = streams.next(cursor);
                    if (chunk == null) {
                        break;
                    }
                    if (random.nextBoolean()) {
                        reader.read(chunk, chunk.length);
                        break;
                    }
                    // The connection breaks within the piece.
                    int until = random.nextInt(chunk.length);
                    String said = new String(chunk, java.nio.charset.StandardCharsets.ISO_8859_1);
                    reader.read(chunk, until);
                    reader.breaks();
                    String id = reader.lastEventId;
                    if (brokenTwin && said.contains("id: ")) {
                        int last = said.lastIndexOf("id: ");
                        id = said.substring(last + 4, said.indexOf('\n', last));
                    }
                    for (int away = random.nextInt(3); away > 0; away--) {
                        calls.put(row(
                                        "Call_Type_Real_Time",
                                        "CallTypeID",
                                        random.nextInt(6),
                                        "RouterCallsQNow",
                                        random.nextInt(4)))
                                .cut();
                        tick();
                    }
                    cursor = streams.open(BOTH, id);
                }
            }
        }
        calls.cut();
        agents.cut();
        tick();
        send(cursor, reader);
        assertEquals(rows(calls, "Call_Type_Real_Time"), reader.rows.get("Call_Type_Real_Time"), "seed " + seed);
        assertEquals(rows(agents, "Agent_Real_Time"), reader.rows.get("Agent_Real_Time"), "seed " + seed);
    }

    @Test
    void aReaderThatReconnectsAtAnyMomentEndsWithTheReplicasRows() {
        long first = Long.getLong("web.seed", 1);
        System.out.println("web.seed " + first);
        for (int i = 0; i < Integer.getInteger("web.histories", 100); i++) {
            new StreamsTest().wander(first + i, false);
        }
    }

    @Test
    void thatTestFindsAnIdThatClaimsMoreThanTheReaderHas() {
        int found = 0;
        for (int i = 0; i < 100; i++) {
            try {
                new StreamsTest().wander(i, true);
            } catch (AssertionError | NullPointerException caught) {
                found++;
            }
        }
        assertTrue(found > 10, "found in " + found + " of 100");
    }
}
