package org.openrtd.console.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.CommandException;
import org.junit.jupiter.api.Test;
import org.openrtd.configuration.CentralBackup;
import org.openrtd.feed.FeedCopy;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.FollowerStatus;
import org.openrtd.feed.Followers;
import org.openrtd.feed.IdentityKeeper;
import org.openrtd.feed.Position;
import org.openrtd.feed.Replica;
import org.openrtd.feed.RoleStatus;
import org.openrtd.feed.SourceChooser;
import org.openrtd.feed.Verification;
import org.openrtd.feed.Whereabouts;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

class CommandsTest {

    private final Centre centre = new Centre();

    @Test
    void showsATableByBothItsNames() throws Exception {
        assertEquals(run(show("Call_Type_Real_Time")), run(show("t_call_type_real_time")));
    }

    @Test
    void putsPositionControllerTimeStateAndAgeAboveTheRows() throws Exception {
        String first = run(show("Call_Type_Real_Time")).lines().findFirst().orElseThrow();

        assertEquals(
                "Call_Type_Real_Time  feed calls from north-1  LIVE, 0.2 s old  position 17:512"
                        + "  controller time 2026-03-02 10:30:12 Europe/Berlin",
                first);
    }

    @Test
    void saysThatRowsAreStale() throws Exception {
        centre.calls.stale(FeedState.CONNECTING, "no answer", 9);

        assertTrue(run(show("Call_Type_Real_Time")).contains("STALE for 9.0 s: CONNECTING (no answer)"));
    }

    @Test
    void showsNamesForIdsAndCodes() throws Exception {
        ShowCommand show = show("Agent_Real_Time");
        show.columns = "SkillTargetID,AgentState,ReasonCode,SkillGroupSkillTargetID";
        show.noFormat = true;

        assertEquals(
                List.of(
                        "SkillTargetID\tAgentState\tReasonCode\tSkillGroupSkillTargetID",
                        "Anna Albrecht\tTalking\tNULL\tSales North",
                        "agent.2\tNot Ready\tLunch\tNULL",
                        "#3\tReady\tNULL\tNULL",
                        "agent.4\tLogged Off\tNULL\tNULL"),
                run(show).lines().skip(1).toList());
    }

    @Test
    void showsIdsAndCodesAsTheyAreWhenAsked() throws Exception {
        ShowCommand show = show("Agent_Real_Time");
        show.columns = "SkillTargetID,AgentState";
        show.noFormat = true;
        show.raw = true;
        show.limit = 1;

        assertEquals("1\t4", run(show).lines().toList().get(2));
    }

    @Test
    void selectsByValueByNameAndByNull() throws Exception {
        assertEquals("1", keys("Agent_Real_Time", "AgentState=talking"));
        assertEquals("1", keys("Agent_Real_Time", "SkillTargetID=Anna Albrecht"));
        assertEquals("2", keys("Agent_Real_Time", "ReasonCode!=NULL"));
        assertEquals("2", keys("Agent_Real_Time", "AgentState=2"));
        assertEquals("1,4", keys("Agent_Real_Time", "AgentState!=Ready", "ReasonCode=NULL"));
        assertEquals("", keys("Agent_Real_Time", "AgentState=nonsense"));
    }

    @Test
    void sortsByAColumnWithNullLastInBothDirections() throws Exception {
        ShowCommand show = show("Agent_Real_Time");
        show.sort = "DateTimeLastStateChange";
        assertEquals("2,1,3,4", keys(show));

        show.descending = true;
        assertEquals("1,2,3,4", keys(show));
    }

    @Test
    void suggestsWhatAnUnknownTableOrColumnMayMean() {
        assertTrue(failure(show("Agent_Real_Tiem"))
                .startsWith("There is no table Agent_Real_Tiem. Did you mean Agent_Real_Time?"));

        ShowCommand show = show("Agent_Real_Time");
        show.columns = "AgentStat";
        assertTrue(failure(show).contains("no column AgentStat. Did you mean AgentState"), failure(show));

        show.columns = null;
        show.where = List.of("AgentState");
        assertEquals("--where takes COLUMN=VALUE or COLUMN!=VALUE, not AgentState", failure(show));

        show.where = null;
        show.source = "north-2";
        assertTrue(failure(show).contains("it follows north-1. Did you mean north-1?"), failure(show));
    }

    @Test
    void failsWhereNoFeedIsFollowed() {
        ShowCommand show = show("Agent_Real_Time");
        show.context = services();

        assertTrue(failure(show).startsWith("This node follows no feed."));
    }

    @Test
    void writesAWholeTableAsJson() throws Exception {
        ShowCommand show = show("Agent_Real_Time");
        show.columns = "SkillTargetID,AgentState,DateTimeLastStateChange";
        show.where = List.of("SkillTargetID=1");
        show.json = true;

        assertEquals(
                """
                {"table":"Agent_Real_Time","feed":"agents","source":"north-1","state":"LIVE","reason":"","stale":false,\
                "ageMillis":240,"epoch":17,"sequence":512,"tick":9,"controllerTime":"2026-03-02T09:30:12Z",\
                "configurationKey":0,"rows":[
                {"SkillTargetID":1,"AgentState":4,"DateTimeLastStateChange":"2026-03-02T09:27:59Z",\
                "names":{"SkillTargetID":"Anna Albrecht","AgentState":"Talking"}}
                ]}
                """,
                run(show));
    }

    @Test
    void hidesWhatMayIdentifyACustomer() throws Exception {
        centre.agents.row("Agent_Real_Time", "SkillTargetID", 9, "MRDomainID", 1, "CustomerPhoneNumber", "030123456");
        ShowCommand show = show("Agent_Real_Time");
        show.columns = "CustomerPhoneNumber";
        show.where = List.of("SkillTargetID=9");
        assertFalse(run(show).contains("030123456"));

        show.sensitive = true;
        assertTrue(run(show).contains("030123456"));
    }

    @Test
    void proves() throws Exception {
        VerifyCommand verify = prepared(new VerifyCommand());
        verify.feed = "calls";
        verify.rows = true;
        centre.calls.verification.complete(new Verification(new Position(17, 512), 3, List.of()));

        assertTrue(run(verify).contains("every row equals the source's"));
    }

    @Test
    void failsAndListsWhatDiffersWhenAReplicaIsNotEqual() {
        VerifyCommand verify = prepared(new VerifyCommand());
        verify.feed = "calls";
        centre.calls.verification.complete(
                new Verification(new Position(17, 512), 3, List.of("Call_Type_Real_Time[5001]")));

        assertEquals("Not proven: calls differs", failure(verify));
    }

    @Test
    void doesNotCallAReplicaProvenThatIsNotCurrent() {
        VerifyCommand verify = prepared(new VerifyCommand());
        verify.feed = "calls";
        centre.calls.stale(FeedState.CONNECTING, "no answer", 9);
        centre.calls.verification.complete(new Verification(new Position(17, 512), 3, List.of()));

        assertEquals("Not proven: calls is not current", failure(verify));
    }

    @Test
    void comparesCopiesInTheNodeWithItsReplicas() throws Exception {
        Verification equal = new Verification(new Position(17, 512), 3, List.of());
        centre.calls.verification.complete(equal);
        VerifyCommand verify = prepared(new VerifyCommand());
        verify.feed = "calls";
        verify.context = services(centre.calls, copy("calls", equal), copy("agents", equal));
        String answer = run(verify);
        assertTrue(
                answer.lines().anyMatch(line -> line.matches("calls +local database +17:512 +3 +every row equals.*")),
                answer);
        assertFalse(answer.contains("agents"), answer);

        VerifyCommand differing = prepared(new VerifyCommand());
        differing.feed = "calls";
        differing.context = services(
                centre.calls,
                copy("calls", new Verification(new Position(17, 512), 3, List.of("Person[1] is missing"))));
        assertEquals("Not proven: calls in the local database differs", failure(differing));
    }

    private static FeedCopy copy(String feed, Verification found) {
        return new FeedCopy() {
            @Override
            public String feed() {
                return feed;
            }

            @Override
            public String name() {
                return "local database";
            }

            @Override
            public CompletableFuture<Verification> verify() {
                return CompletableFuture.completedFuture(found);
            }
        };
    }

    @Test
    void failsWhenTheSourceCannotBeAsked() {
        VerifyCommand verify = prepared(new VerifyCommand());
        verify.feed = "calls";
        centre.calls.verification.completeExceptionally(new IllegalStateException("no connection"));

        assertEquals("Not proven: calls could not be verified", failure(verify));
    }

    @Test
    void listsTablesAndTheColumnsOfOne() throws Exception {
        TablesCommand tables = prepared(new TablesCommand());
        assertTrue(
                run(tables).lines().anyMatch(l -> l.matches("Agent_Real_Time +agents +north-1 +4 +17:512 +LIVE .*")));

        tables.table = "t_Agent_Real_Time";
        assertTrue(run(tables).lines().anyMatch(l -> l.matches("SkillTargetID +INT +id +KEY .*")), run(tables));
    }

    @Test
    void takesOptionsBeforeAndAfterTheTable() throws Exception {
        ShowCommand show = prepared(new ShowCommand());
        show.words = List.of(
                "Agent_Real_Time",
                "--columns",
                "SkillTargetID",
                "--where",
                "AgentState=Talking",
                "--raw",
                "--no-format");
        assertEquals("1", String.join(",", run(show).lines().skip(2).toList()));

        show = prepared(new ShowCommand());
        show.words = List.of("--limit=1", "Agent_Real_Time", "--json");
        assertEquals(3, run(show).lines().count());
    }

    @Test
    void explainsWordsItCannotUse() {
        assertEquals("One table at a time, not Agent and Person", words("Agent", "Person"));
        assertTrue(words("Agent", "--limt", "3").startsWith("There is no option --limt. Did you mean --limit?"));
        assertEquals("--limit takes a whole number, not many", words("Agent", "--limit", "many"));
        assertEquals("Option --sort needs a value", words("Agent", "--sort"));
        assertEquals("Which table? rtd:tables lists them", words("--json"));
    }

    @Test
    void showsTheOtherRolesWhenOneCannotTellItsStatus() throws Exception {
        StatusCommand status = prepared(new StatusCommand());
        status.context = services(
                new Node(config(Node.Config.class)), role("client", () -> "follows calls"), role("distributor", () -> {
                    throw new NullPointerException("settings");
                }));

        List<String> lines = run(status).lines().toList();

        assertTrue(lines.contains("client: follows calls"), lines::toString);
        assertTrue(
                lines.contains("distributor: cannot tell its status: java.lang.NullPointerException: settings"),
                lines::toString);
    }

    @Test
    void doesNotSayThatNothingIsInstalledWhereARoleFailedToStart() throws Exception {
        ComponentDescriptionDTO component = new ComponentDescriptionDTO();
        component.implementationClass = "org.openrtd.realtimeserver.internal.RealTimeServer";
        ComponentConfigurationDTO failed = new ComponentConfigurationDTO();
        failed.state = ComponentConfigurationDTO.FAILED_ACTIVATION;
        failed.failure = "java.lang.IllegalArgumentException: zone is wrong";
        Object runtime = Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ServiceComponentRuntime.class},
                (proxy, method, arguments) ->
                        method.getName().equals("getComponentDescriptionDTOs") ? List.of(component) : List.of(failed));
        StatusCommand status = prepared(new StatusCommand());
        status.context = services(new Node(config(Node.Config.class)), runtime);

        String text = run(status);
        assertTrue(text.contains("NOT RUNNING: RealTimeServer: failed: zone is wrong"), text);
        assertFalse(text.contains("nothing of OpenRTD is installed"), text);

        status.noFormat = true;
        text = run(status);
        assertTrue(text.contains("down\tRealTimeServer\tFAILED\tzone is wrong"), text);

        status.json = true;
        text = run(status);
        assertTrue(text.contains("\"state\":\"FAILED\",\"reason\":\"zone is wrong\""), text);
    }

    @Test
    void showsWhereEachSourceIsAndWhatElseIsToBeHadWhere() throws Exception {
        FakeReplica calls = new FakeReplica("calls");
        FakeReplica agents = new FakeReplica("agents");
        calls.whereabouts = new Whereabouts("north", "central", "https://central:8443/");
        agents.whereabouts = calls.whereabouts;
        StatusCommand status = prepared(new StatusCommand());
        status.context = services(new Node(config(Node.Config.class)), calls, agents);
        List<String> lines = run(status).lines().toList();
        assertEquals(
                List.of("north-1: site north, configuration at central, history at https://central:8443/"),
                lines.stream().filter(line -> line.contains("site")).toList());

        status.noFormat = true;
        String text = run(status);
        assertTrue(text.contains("whereabouts\tcalls\tnorth-1\tnorth\tcentral\thttps://central:8443/"), text);

        status.noFormat = false;
        status.json = true;
        text = run(status);
        assertTrue(
                text.contains(
                        "\"site\":\"north\",\"configurationAt\":\"central\",\"historyAt\":\"https://central:8443/\""),
                text);
    }

    private static RoleStatus role(String name, Supplier<String> summary) {
        return new RoleStatus() {
            @Override
            public String role() {
                return name;
            }

            @Override
            public String summary() {
                return summary.get();
            }

            @Override
            public Map<String, String> details() {
                return Map.of();
            }
        };
    }

    /** Settings as they are when the file is empty. */
    @Test
    void hasEveryoneForgetAnotherCentralDatabaseAndSaysWhat() throws Exception {
        ForgetIdentityCommand forget = prepared(new ForgetIdentityCommand());
        forget.context = services(keeper("client", List.of()), keeper("client-feed", List.of("config", "calls")));
        assertEquals("client-feed has forgotten its rows of calls, config and follows anew\n", run(forget));

        forget.context = services(keeper("client", List.of()));
        assertTrue(failure(forget).startsWith("Nothing was forgotten"), failure(forget));
    }

    @Test
    void changesOverWithEveryRoleThatCanAndSaysWhyTheOthersCannot() throws Exception {
        FailoverCommand failover = prepared(new FailoverCommand());
        failover.context = services();
        assertEquals("No role of this node follows a source; rtd:status shows its roles", failure(failover));

        failover.context = services(chooser("distributor", null), chooser("client", List.of("config", "calls")));
        assertEquals(
                "client changes over with calls, config; rtd:status shows what it follows now\n"
                        + "distributor: There is one source only\n",
                run(failover));

        failover.context = services(chooser("distributor", null));
        assertEquals("distributor: There is one source only", failure(failover));

        failover.context = services(chooser("client-feed", List.of("calls")), chooser("client", List.of("config")));
        failover.role = "client";
        assertEquals(
                "client changes over with config; rtd:status shows what it follows now\n",
                run(failover),
                "the one named");
        failover.role = "agent";
        assertEquals(
                "No role agent of this node follows a source; those that do: client, client-feed", failure(failover));
    }

    private static SourceChooser chooser(String role, List<String> feeds) {
        return new SourceChooser() {
            @Override
            public String role() {
                return role;
            }

            @Override
            public List<String> failover() {
                if (feeds == null) {
                    throw new IllegalStateException("There is one source only");
                }
                return feeds;
            }
        };
    }

    @Test
    void showsWhoFollowsAndWhatWaitsForEach() throws Exception {
        ClientsCommand clients = prepared(new ClientsCommand());
        clients.context = services();
        assertTrue(failure(clients).startsWith("This node passes no feed on"), failure(clients));

        Followers followers = () -> List.of(
                new FollowerStatus(
                        "desk",
                        "desk-7",
                        "10.0.0.7:5000",
                        "calls",
                        "LIVE",
                        new Position(17, 512),
                        0,
                        200,
                        3000,
                        20,
                        2048,
                        0,
                        0,
                        0,
                        0,
                        60_000,
                        4),
                new FollowerStatus(
                        "audit",
                        "",
                        "10.0.0.9:5001",
                        "calls",
                        "UNKNOWN",
                        Position.NONE,
                        -1,
                        -1,
                        -1,
                        -1,
                        -1,
                        256,
                        700_000,
                        90,
                        5_760_000,
                        1000,
                        1));
        clients.context = services(followers);
        clients.noFormat = true;
        assertEquals(
                List.of(
                        "audit\t–\t10.0.0.9:5001\tcalls\tUNKNOWN\t–\t–\t–\t–\t–\t256, 684 KiB\t90, 5625 KiB\t1\t–",
                        "desk\tdesk-7\t10.0.0.7:5000\tcalls\tLIVE\t17:512\t0\t0.2 s\t20\t2048\t–\t–\t4\t3.0 s ago"),
                run(clients).lines().skip(1).toList());

        clients.noFormat = false;
        assertTrue(run(clients).endsWith("2 followers, 2 feeds in all\n"), run(clients));
        clients.feed = "agents";
        assertTrue(run(clients).endsWith("0 followers, 0 feeds in all\n"));
        clients.feed = null;
        clients.json = true;
        assertTrue(run(clients).contains("\"replyBytes\":5760000"), run(clients));
    }

    @Test
    void backsUpTheCentreAndSaysHowFarItIsAndWhatItHolds() throws Exception {
        BackupCommand command = prepared(new BackupCommand());
        command.directory = "/backups";
        command.context = services();
        assertTrue(failure(command).contains("run rtd:backup at the centre"), failure(command));

        command.context = services(backup(CentralBackup.State.DONE, ""));
        assertEquals(
                "Backing up to /backups/central-1\nDone: 2,000 bytes in 1.5 s, up to recovery key 7 and event 8 at least\n",
                run(command));

        command.context = services(backup(CentralBackup.State.FAILED, "Cannot back up: the disk is full"));
        assertEquals("Cannot back up: the disk is full", failure(command));

        command.directory = "elsewhere";
        assertEquals("elsewhere is not an absolute path", failure(command));
    }

    private static CentralBackup backup(CentralBackup.State end, String problem) {
        return new CentralBackup() {
            private Progress at(State state, String problem) {
                return new Progress(
                        state,
                        Path.of("/backups/central-1"),
                        2000,
                        2000,
                        7,
                        8,
                        Instant.EPOCH,
                        Duration.ofMillis(1500),
                        problem);
            }

            @Override
            public Progress start(Path directory) {
                if (!directory.isAbsolute()) {
                    throw new IllegalArgumentException(directory + " is not an absolute path");
                }
                return at(State.RUNNING, "");
            }

            @Override
            public Progress progress() {
                return at(end, problem);
            }
        };
    }

    private static IdentityKeeper keeper(String role, List<String> feeds) {
        return new IdentityKeeper() {
            @Override
            public String role() {
                return role;
            }

            @Override
            public List<String> forgetIdentity() {
                return feeds;
            }
        };
    }

    private static <T> T config(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> method.getDefaultValue()));
    }

    private String words(String... words) {
        ShowCommand show = prepared(new ShowCommand());
        show.words = List.of(words);
        return failure(show);
    }

    private String keys(String table, String... where) throws Exception {
        ShowCommand show = show(table);
        show.where = List.of(where);
        return keys(show);
    }

    private String keys(ShowCommand show) throws Exception {
        show.columns = "SkillTargetID";
        show.raw = true;
        show.noFormat = true;
        return String.join(",", run(show).lines().skip(2).toList());
    }

    private ShowCommand show(String table) {
        ShowCommand show = prepared(new ShowCommand());
        show.table = table;
        return show;
    }

    private <C extends RtdCommand> C prepared(C command) {
        command.context = services(centre.replicas().toArray());
        command.session = (Session) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Session.class}, (proxy, method, arguments) -> null);
        return command;
    }

    @Test
    void saysWhenTheConsoleWasUpdatedUnderACommand() {
        TablesCommand command = prepared(new TablesCommand());
        command.context = (BundleContext) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {BundleContext.class}, (proxy, method, arguments) -> {
                    throw new IllegalStateException("Invalid BundleContext.");
                });
        CommandException told = assertThrows(CommandException.class, command::execute);
        assertEquals(
                "The console of this node was updated or stopped meanwhile: give the command again", told.getMessage());
        assertNull(told.getCause());
    }

    static String failure(Action command) {
        return assertThrows(CommandException.class, () -> run(command)).getMessage();
    }

    static String run(Action command) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            command.execute();
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
    }

    /** A bundle context in which these are the services. */
    static BundleContext services(Object... services) {
        ClassLoader loader = CommandsTest.class.getClassLoader();
        return (BundleContext)
                Proxy.newProxyInstance(loader, new Class<?>[] {BundleContext.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("getServiceReferences")) {
                        return java.util.Arrays.stream(services)
                                .filter(
                                        ((Class<?>) (arguments[0] instanceof Class<?> c ? c : Replica.class))
                                                ::isInstance)
                                .map(service -> reference(loader, service))
                                .toList();
                    }
                    return method.getName().equals("getService")
                            ? ((Reference) Proxy.getInvocationHandler(arguments[0])).service()
                            : null;
                });
    }

    private static ServiceReference<?> reference(ClassLoader loader, Object service) {
        return (ServiceReference<?>)
                Proxy.newProxyInstance(loader, new Class<?>[] {ServiceReference.class}, new Reference(service));
    }

    private record Reference(Object service) implements java.lang.reflect.InvocationHandler {
        @Override
        public Object invoke(Object proxy, java.lang.reflect.Method method, Object[] arguments) {
            return method.getName().equals("compareTo") ? (Object) 0 : null;
        }
    }
}
