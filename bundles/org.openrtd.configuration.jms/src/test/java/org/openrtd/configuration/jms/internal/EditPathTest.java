package org.openrtd.configuration.jms.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openrtd.broker.internal.RealBroker;
import org.openrtd.catalog.Catalog;
import org.openrtd.centraldb.internal.CentralEditor;
import org.openrtd.centraldb.internal.RealStore;
import org.openrtd.centraldb.internal.SqlConfigurationStore;
import org.openrtd.configuration.ConfigurationEditor;
import org.openrtd.configuration.ConfigurationProblem;
import org.openrtd.configuration.ConfigurationResult;
import org.openrtd.configuration.ConfigurationResult.Committed;
import org.openrtd.configuration.ConfigurationResult.Refused;
import org.openrtd.configuration.ConfigurationTransaction;
import org.openrtd.configuration.ConfigurationUnreachable;
import org.openrtd.configuration.HistoryEntry;
import org.openrtd.configuration.KnownTransaction;
import org.openrtd.feed.Change;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.Position;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.feed.jms.Addresses;
import org.openrtd.feed.jms.BrokerAddress;
import org.openrtd.feed.jms.BrokerService;
import org.openrtd.feed.jms.JmsFollower;
import org.openrtd.feed.jms.OfferedSource;
import org.openrtd.feed.jms.Upstream;

/** Client, distributor and centre, each with a broker as nodes have it, and a real Derby at the centre. */
@Timeout(120)
class EditPathTest {

    private static final Table REASON = Catalog.table("Reason_Code").table();
    private static final OfferedSource CENTRAL = new OfferedSource("central", Addresses.DISTRIBUTOR_ROLE);
    private static final OfferedSource DISTRIBUTOR = new OfferedSource("distributor", Addresses.CLIENT_ROLE);

    private final AtomicLong later = new AtomicLong();
    private final MonotonicClock clock = () -> System.nanoTime() / 1_000_000 + later.get();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final SqlConfigurationStore store = RealStore.inMemory();
    private final CentralEditor centralEditor = opened(new CentralEditor(store));
    private volatile ConfigurationEditor atTheCentre = centralEditor;

    private RealBroker centre;
    private EditService centreService;
    private RealBroker north;
    private EditService northService;
    private EditLink northLink;
    private EditLink client;

    @BeforeEach
    void open() throws Exception {
        centre = opened(new RealBroker(Map.of(
                "north-1", Set.of("rtd-distributor", "rtd-editor"),
                "north-2", Set.of("rtd-distributor", "rtd-editor"),
                "south-1", Set.of("rtd-distributor"),
                "program", Set.of("rtd-editor"))));
        centreService = opened(new EditService(CENTRAL, "central", () -> atTheCentre));
        centreService.attach(centre.local());
        north = opened(new RealBroker(Map.of(
                "desk7",
                Set.of("rtd-client", "rtd-editor"),
                "desk8",
                Set.of("rtd-client", "rtd-editor"),
                "wallboard",
                Set.of("rtd-client"))));
        northLink = link("central", "north-1", centre.address());
        northService = opened(new EditService(DISTRIBUTOR, "north", () -> northLink));
        northService.attach(north.local());
        client = link("distributor", "desk7", north.address());
    }

    @AfterEach
    void close() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    @Test
    void commitsAtTheCentreWhatAClientEdits() throws Exception {
        assertEquals(1, key(commit(client, "one", reason(1, "Lunch"))));
        assertEquals("Lunch", row(1).getString("ReasonText"));
    }

    @Test
    void entersTheUserWhomTheBrokersValidatedWhateverIsClaimed() throws Exception {
        ask(client.commit(new ConfigurationTransaction("one", "boss", List.of(Change.put(reason(1, "Lunch"))))));

        assertEquals("desk7@north-1", author(1));
    }

    @Test
    void entersWhomADistributorVouchesForAndTheDistributorWithHim() throws Exception {
        ask(northLink.commit(new ConfigurationTransaction("one", "olga", List.of(Change.put(reason(1, "Lunch"))))));
        ask(northLink.commit(
                new ConfigurationTransaction("two", "olga\n@central", List.of(Change.put(reason(2, "Break"))))));

        assertEquals("olga@north-1", author(1));
        assertEquals("?@north-1", author(2));
    }

    @Test
    void believesNoEditorOfTheCentreWhoIsNoDistributorWhomItSpeaksFor() throws Exception {
        EditLink program = link("central", "program", centre.address());
        ask(program.commit(new ConfigurationTransaction("one", "ceo", List.of(Change.put(reason(1, "Lunch"))))));

        assertEquals("program", author(1));
    }

    @Test
    void leavesASourceThatTookAnEditAndIsSilentForTheNext() throws Exception {
        RealBroker silent = opened(new RealBroker(Map.of("desk7", Set.of("rtd-client", "rtd-editor"))));
        AtomicInteger hellos = new AtomicInteger();
        AtomicReference<BrokerService> service = new AtomicReference<>();
        String queue = Addresses.configuration("distributor");
        Frames.Assembly assembly = new Frames.Assembly(1 << 20);
        service.set(opened(new BrokerService(
                "silent", queue, broker -> broker.openQueue(queue, Addresses.EDITOR_ROLE), (user, id, payload) -> {
                    try {
                        boolean hello = assembly.add(user, id, payload).message() instanceof Message.Hello;
                        if (hello && hellos.incrementAndGet() == 1) {
                            service.get()
                                    .reply(
                                            user,
                                            id,
                                            Frames.cut(0, new Message.Welcome("silent"))
                                                    .get(0));
                        }
                    } catch (UnreadableMessage e) {
                        throw new IllegalStateException(e);
                    }
                })));
        service.get().attach(silent.local());
        while (!service.get().connected()) {
            Thread.onSpinWait();
        }
        EditLink both = link("distributor", "desk7", silent.address(), north.address());

        CompletableFuture<ConfigurationResult> asked = put(both, "one", reason(1, "Lunch"));
        while (hellos.get() == 0) {
            Thread.onSpinWait();
        }
        // Asked whether it is there it says nothing.
        later.addAndGet(1_500);
        while (hellos.get() == 1) {
            Thread.onSpinWait();
        }
        later.addAndGet(4_000);

        assertEquals(1, key(ask(asked)));
        assertEquals("desk7@north-1", author(1));
    }

    @Test
    void goesOnToTheNextSourceWhereOneIsThisNodeItself() throws Exception {
        EditLink both = opened(new EditLink(centre::local, "central"::equals, clock, () -> 15_000));
        JmsFollower.Sources sources = new JmsFollower.Sources(
                "central",
                List.of(BrokerAddress.parse("local"), BrokerAddress.parse(centre.address() + "#elsewhere")),
                "north-1",
                "secret",
                "");
        both.upstream(upstream(sources));
        opened(new EditService(new OfferedSource("elsewhere", Addresses.DISTRIBUTOR_ROLE), "other", () -> atTheCentre))
                .attach(centre.local());

        assertEquals(1, key(commit(both, "one", reason(1, "Lunch"))));
        assertEquals("north-1", author(1));
    }

    @Test
    void tellsWhyItWasRefusedWithItsPlaceAndBothValues() throws Exception {
        commit(client, "one", reason(1, "Lunch"));
        Row mine = with(row(1), "ReasonText", "Early lunch");
        commit(northLink, "two", with(row(1), "ReasonText", "Late lunch"));

        ConfigurationProblem problem = assertInstanceOf(Refused.class, commit(client, "three", mine))
                .problems()
                .get(0);

        assertEquals(ConfigurationProblem.Kind.CONFLICT, problem.kind());
        assertEquals(List.of(1), problem.key());
        assertEquals("ReasonText", problem.column());
        assertEquals("Lunch", problem.conflict().basedOn());
        assertEquals("Early lunch", problem.conflict().wanted());
        assertEquals("Late lunch", problem.conflict().present());
        assertEquals("north-1", problem.conflict().author());
        assertEquals(2, problem.conflict().recoveryKey());
    }

    @Test
    void refusesAUserWithoutTheRole() throws Exception {
        EditLink wallboard = link("distributor", "wallboard", north.address());

        ConfigurationUnreachable refused = unreachable(put(wallboard, "one", reason(1, "Lunch")));

        assertTrue(refused.getMessage().contains("rtd-editor"), refused.getMessage());
        assertEquals(0, store.recoveryKey());
        assertFalse(refused.undecided(), refused.getMessage());
    }

    @Test
    void refusesForADistributorWithoutTheRole() throws Exception {
        EditLink south = link("central", "south-1", centre.address());

        assertTrue(
                unreachable(put(south, "one", reason(1, "Lunch"))).getMessage().contains("rtd-editor"));
        assertEquals(0, store.recoveryKey());
    }

    @Test
    void refusesWithTheReasonWhenTheCentreIsGone() throws Exception {
        stop(centre, centreService);

        ConfigurationUnreachable refused = unreachable(put(client, "one", reason(1, "Lunch")));

        assertTrue(refused.getMessage().startsWith("north: cannot reach " + centre.address()), refused.getMessage());
        assertFalse(refused.undecided());
        assertEquals(0, client.waiting());
        assertEquals(0, northLink.waiting());
    }

    @Test
    void refusesWithTheReasonWhenTheDistributorIsGone() throws Exception {
        stop(north, northService);

        assertTrue(unreachable(put(client, "one", reason(1, "Lunch")))
                .getMessage()
                .startsWith("cannot reach " + north.address()));
    }

    @Test
    void refusesWhereNothingIsFollowed() throws Exception {
        client.upstream(null);

        assertTrue(unreachable(put(client, "one", reason(1, "Lunch")))
                .getMessage()
                .startsWith("this node follows no source"));
    }

    @Test
    void appliesOnceWhatLostItsReplyWithTheConnection() throws Exception {
        AtomicInteger commits = new AtomicInteger();
        atTheCentre = new Through(centralEditor) {
            @Override
            public CompletableFuture<ConfigurationResult> commit(ConfigurationTransaction transaction) {
                CompletableFuture<ConfigurationResult> result = super.commit(transaction);
                if (commits.incrementAndGet() > 1) {
                    return result;
                }
                return result.thenApplyAsync(committed -> {
                    // The answer finds no broker any more.
                    stop(centre, centreService);
                    centre.start();
                    centreService.attach(centre.local());
                    return committed;
                });
            }
        };

        assertEquals(1, key(commit(client, "one", reason(1, "Lunch"))));
        assertEquals(2, commits.get());
        assertEquals(1, store.recoveryKey());
    }

    @Test
    void appliesOnceWhatLostItsReplyWhileTheConnectionStands() throws Exception {
        AtomicInteger commits = new AtomicInteger();
        CompletableFuture<ConfigurationResult> lost = new CompletableFuture<>();
        atTheCentre = new Through(centralEditor) {
            @Override
            public CompletableFuture<ConfigurationResult> commit(ConfigurationTransaction transaction) {
                CompletableFuture<ConfigurationResult> result = super.commit(transaction);
                if (commits.incrementAndGet() == 1) {
                    result.thenAccept(lost::complete);
                    // Another link of the same user has the address by then.
                    return new CompletableFuture<>();
                }
                return result;
            }
        };
        CompletableFuture<ConfigurationResult> asked = put(northLink, "one", reason(1, "Lunch"));
        assertEquals(1, key(lost.get(60, TimeUnit.SECONDS)));
        // A distributor that was started anew has another address, and asks under the same id.
        EditLink anew = link("central", "north-1", centre.address());

        assertEquals(1, key(commit(anew, "one", reason(1, "Lunch"))));
        assertEquals(1, store.recoveryKey());
        northLink.close();
        assertTrue(unreachable(asked).undecided());
    }

    @Test
    void asksAgainForAnAnswerThatDoesNotCome() throws Exception {
        AtomicInteger commits = new AtomicInteger();
        CompletableFuture<ConfigurationResult> first = new CompletableFuture<>();
        atTheCentre = new Through(centralEditor) {
            @Override
            public CompletableFuture<ConfigurationResult> commit(ConfigurationTransaction transaction) {
                if (commits.incrementAndGet() == 1) {
                    first.complete(null);
                    return new CompletableFuture<>();
                }
                return super.commit(transaction);
            }
        };
        CompletableFuture<ConfigurationResult> asked = put(northLink, "one", reason(1, "Lunch"));
        first.get(60, TimeUnit.SECONDS);
        long before = northLink.repeated();
        // It is still under way at the centre, which therefore does not begin with it twice.
        later.addAndGet(5_000);
        while (northLink.repeated() == before) {
            Thread.onSpinWait();
        }
        assertEquals(1, commits.get());
        assertFalse(asked.isDone());
    }

    @Test
    void asksTheNextDistributorWhenOneCannotReachTheCentre() throws Exception {
        RealBroker second = opened(new RealBroker(Map.of("desk7", Set.of("rtd-client", "rtd-editor"))));
        EditLink secondLink = link("central", "north-2", centre.address());
        opened(new EditService(DISTRIBUTOR, "north-2", () -> secondLink)).attach(second.local());
        northLink.upstream(null);
        EditLink both = link("distributor", "desk7", north.address(), second.address());

        assertEquals(1, key(commit(both, "one", reason(1, "Lunch"))));
        assertEquals("desk7@north-2", author(1));
    }

    @Test
    void carriesTheLargestRows() throws Exception {
        int first = ask(client.allotIds("Reason_Code", 3));
        List<Change> many = new ArrayList<>();
        for (int i = 0; i < ConfigurationTransaction.MAX_CHANGES; i++) {
            many.add(Change.put(reason(first + i, "Reason " + i + " " + "x".repeat(40))));
        }

        assertEquals(1, key(ask(client.commit(new ConfigurationTransaction("one", "", many)))));
        assertEquals(many.size(), store.rows().rows().size());
    }

    @Test
    void tellsWhatWasDoneToARow() throws Exception {
        commit(client, "one", reason(1, "Lunch"));
        commit(northLink, "two", with(row(1), "ReasonText", "Break"));

        List<HistoryEntry> history = ask(client.history("Reason_Code", List.of(1), 10));
        assertEquals(
                List.of("north-1", "desk7@north-1"),
                history.stream().map(HistoryEntry::author).toList());
        assertEquals(
                List.of(new HistoryEntry.ColumnChange("ReasonText", "Lunch", "Break")),
                history.get(0).columns());
    }

    @Test
    void saysWhatCannotBeAsked() throws Exception {
        assertThrows(IllegalArgumentException.class, () -> failure(client.history("No_Such_Table", List.of(1), 10)));
        assertThrows(IllegalArgumentException.class, () -> failure(client.allotIds("Skill_Group_Member", 1)));
    }

    @Test
    void hasAThousandEditsAtOnceAllSucceed() throws Exception {
        int first = ask(client.allotIds("Reason_Code", 1_000));
        List<CompletableFuture<ConfigurationResult>> all = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            all.add(put(client, "edit-" + i, reason(first + i, "Reason " + i)));
        }

        for (CompletableFuture<ConfigurationResult> each : all) {
            assertInstanceOf(Committed.class, ask(each));
        }
        assertEquals(1_000, store.recoveryKey());
        assertEquals(1_000, store.rows().rows().size());
        assertEquals(0, client.waiting());
    }

    @Test
    void keepsNoMoreThanItIsWorth() throws Exception {
        atTheCentre = new Through(centralEditor) {
            @Override
            public CompletableFuture<ConfigurationResult> commit(ConfigurationTransaction transaction) {
                return new CompletableFuture<>();
            }
        };
        for (int i = 0; i < EditLink.MAX_REQUESTS; i++) {
            put(northLink, "edit-" + i, reason(1, "Lunch"));
        }

        assertTrue(unreachable(put(northLink, "one more", reason(1, "Lunch")))
                .getMessage()
                .startsWith("more edits of this node"));
    }

    @Test
    void anEditorWhoHasTooMuchUnderWayHindersNoOther() throws Exception {
        atTheCentre = new Through(centralEditor) {
            @Override
            public CompletableFuture<ConfigurationResult> commit(ConfigurationTransaction transaction) {
                return transaction.author().startsWith("desk7") ? new CompletableFuture<>() : super.commit(transaction);
            }
        };
        List<CompletableFuture<ConfigurationResult>> greedy = new ArrayList<>();
        for (int i = 0; i < EditLink.MAX_REQUESTS; i++) {
            greedy.add(put(client, "edit-" + i, reason(1, "Lunch")));
        }

        ConfigurationUnreachable refused =
                unreachable(CompletableFuture.anyOf(greedy.toArray(CompletableFuture[]::new)));
        assertEquals("north has too many edits of user desk7 under way: try again later", refused.getMessage());
        assertFalse(refused.undecided());
        assertEquals(1, key(commit(link("distributor", "desk8", north.address()), "one", reason(1, "Lunch"))));
        assertTrue(northLink.waiting() <= EditLink.MAX_REQUESTS / 2);
    }

    @Test
    void tellsWhatBecameOfATransaction() throws Exception {
        commit(client, "one", reason(1, "Lunch"));

        KnownTransaction known = ask(client.find("one", true)).orElseThrow();

        assertEquals(new Position(store.epoch(), 1), known.position());
        assertEquals("desk7@north-1", known.author());
        assertEquals(List.of(Change.put(row(1))), known.changes());
        assertEquals(store.after(0, 1).get(0).time(), known.time());
        assertEquals(List.of(), ask(client.find("one", false)).orElseThrow().changes());
        assertEquals(Optional.empty(), ask(client.find("two", true)));
    }

    @Test
    void refusesAnotherTransactionUnderAnIdThatIsTaken() throws Exception {
        commit(client, "one", reason(1, "Lunch"));

        ConfigurationProblem problem = assertInstanceOf(Refused.class, commit(client, "one", reason(2, "Break")))
                .problems()
                .get(0);

        assertEquals(ConfigurationProblem.Kind.TRANSACTION_ID, problem.kind());
        assertTrue(problem.reason().contains("under recovery key 1 by desk7@north-1"), problem.reason());
    }

    @Test
    void leavesOutWhatATransactionChangedWhereThatIsTooLarge() throws Exception {
        atTheCentre = new Through(centralEditor) {
            @Override
            public CompletableFuture<Optional<KnownTransaction>> find(String id, boolean withChanges) {
                Row row = Catalog.table("Script").table().row(large());
                return CompletableFuture.completedFuture(Optional.of(
                        new KnownTransaction(new Position(3, 4), "ada", Instant.EPOCH, List.of(Change.put(row)))));
            }
        };
        assertEquals(List.of(), ask(client.find("one", true)).orElseThrow().changes());
    }

    private static Object[] large() {
        Table table = Catalog.table("Script").table();
        Object[] values = new Object[table.columns().size()];
        values[0] = 1;
        values[table.column("ScriptText")] = "x".repeat(MessageCodec.MAX_BYTES - 700);
        return values;
    }

    // ----------------------------------------------------------------

    /** As a node does it: those who serve at the broker go first. */
    private static void stop(RealBroker broker, EditService service) {
        service.detach(broker.local());
        broker.stop();
    }

    private EditLink link(String usual, String user, BrokerAddress... sources) {
        EditLink link = opened(new EditLink(() -> null, source -> false, clock, () -> 15_000));
        JmsFollower.Sources all = new JmsFollower.Sources(usual, List.of(sources), user, "secret", "ask an operator");
        link.upstream(upstream(all));
        return link;
    }

    static Upstream upstream(JmsFollower.Sources all) {
        return new Upstream() {
            @Override
            public String role() {
                return "test";
            }

            @Override
            public JmsFollower.Sources sources() {
                return all;
            }

            @Override
            public int current() {
                return 0;
            }
        };
    }

    private <T extends AutoCloseable> T opened(T made) {
        opened.add(made);
        return made;
    }

    static Row reason(int id, String text) {
        Object[] values = new Object[REASON.columns().size()];
        values[REASON.column("ReasonCodeID")] = id;
        values[REASON.column("ReasonCode")] = id;
        values[REASON.column("ReasonText")] = text;
        values[REASON.column("Deleted")] = "N";
        values[REASON.column("ChangeStamp")] = 0;
        return REASON.row(values);
    }

    private static Row with(Row row, String column, Object value) {
        Object[] values = row.values();
        values[row.table().column(column)] = value;
        return row.table().row(values);
    }

    private Row row(int id) {
        return store.rows().rows().stream()
                .filter(row -> row.table().equals(REASON) && row.get(0).equals(id))
                .findFirst()
                .orElseThrow();
    }

    private String author(long key) {
        return store.after(key - 1, 1).get(0).author();
    }

    private static CompletableFuture<ConfigurationResult> put(EditLink link, String id, Row... rows) {
        return link.commit(new ConfigurationTransaction(
                id, "", Arrays.stream(rows).map(Change::put).toList()));
    }

    private static ConfigurationResult commit(EditLink link, String id, Row... rows) throws Exception {
        return ask(put(link, id, rows));
    }

    private static long key(ConfigurationResult result) {
        return assertInstanceOf(Committed.class, result, result.toString()).recoveryKey();
    }

    private static <T> T ask(CompletableFuture<T> answer) throws Exception {
        return answer.get(60, TimeUnit.SECONDS);
    }

    private static Object failure(CompletableFuture<?> answer) throws Throwable {
        try {
            return answer.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause();
        }
    }

    private static ConfigurationUnreachable unreachable(CompletableFuture<?> answer) {
        return assertThrows(ConfigurationUnreachable.class, () -> failure(answer));
    }

    private static class Through implements ConfigurationEditor {

        private final ConfigurationEditor next;

        Through(ConfigurationEditor next) {
            this.next = next;
        }

        @Override
        public CompletableFuture<ConfigurationResult> commit(ConfigurationTransaction transaction) {
            return next.commit(transaction);
        }

        @Override
        public CompletableFuture<Optional<KnownTransaction>> find(String transactionId, boolean withChanges) {
            return next.find(transactionId, withChanges);
        }

        @Override
        public CompletableFuture<List<HistoryEntry>> history(String table, List<Object> key, int limit) {
            return next.history(table, key, limit);
        }

        @Override
        public CompletableFuture<Integer> allotIds(String table, int count) {
            return next.allotIds(table, count);
        }
    }
}
