package org.openrtd.web.internal;

import static org.openrtd.web.internal.FakeReplica.row;

import java.net.MalformedURLException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.openrtd.access.Accounts;
import org.openrtd.access.KeyStoreFile;
import org.openrtd.feed.FeedState;

/**
 * For whoever works on the page: serves its folder from disk, with made-up rows that change.
 *
 * <p>{@code DemoServer [port [folder [agents]]]}; user {@code viewer}, password {@code viewer}. A line on standard input
 * {@code stale}, {@code lost}, {@code client} or {@code live} makes it so; {@code slow MILLIS} sets the time between batches.
 */
final class DemoServer {

    private DemoServer() {}

    public static void main(String[] arguments) throws Exception {
        int port = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 8080;
        Path folder = Path.of(arguments.length > 1 ? arguments[1] : "bundles/org.openrtd.web/src/main/resources/page");
        int agents = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 60;
        Pages pages = new Pages(
                path -> {
                    try {
                        Path file = folder.resolve(path);
                        return Files.isRegularFile(file) ? file.toUri().toURL() : null;
                    } catch (MalformedURLException e) {
                        return null;
                    }
                },
                false);
        Accounts accounts = (user, password) -> user.equals("viewer") && password.equals("viewer")
                ? Optional.of(Set.of(SignIn.ROLE))
                : Optional.empty();
        WebNode node = new WebNode(accounts, pages, null, () -> "demo", () -> "north", List::of, List::of);
        FakeReplica calls = new FakeReplica("calls");
        FakeReplica states = new FakeReplica("agents");
        FakeReplica config = new FakeReplica("config");
        Random random = new Random(1);
        long start = System.currentTimeMillis();
        config.put(row("Peripheral", "PeripheralID", 5000, "EnterpriseName", "simulator"));
        config.put(row("Media_Routing_Domain", "MRDomainID", 1, "EnterpriseName", "Voice"));
        for (int i = 0; i < 12; i++) {
            String name = i == 3
                    ? "<b>Loans & \"more\"</b><script>alert(1)</script>"
                    : i == 4 ? "מכירות ושירות" : "Calls " + i;
            config.put(row("Call_Type", "CallTypeID", 5100 + i, "EnterpriseName", name));
            calls.put(callType(random, 5100 + i, start));
        }
        for (int i = 0; i < 8; i++) {
            config.put(row(
                    "Skill_Group", "SkillTargetID", 5200 + i, "PeripheralID", 5000, "EnterpriseName", "Group " + i));
            calls.put(skillGroup(random, 5200 + i, start));
        }
        for (int i = 0; i < 4; i++) {
            config.put(row("Agent_Team", "AgentTeamID", 5300 + i, "EnterpriseName", "Team " + i));
        }
        for (int i = 0; i < agents; i++) {
            config.put(row(
                    "Person",
                    "PersonID",
                    20000 + i,
                    "FirstName",
                    "Ada" + i,
                    "LastName",
                    "Lovelace",
                    "LoginName",
                    "ada" + i));
            config.put(row(
                    "Agent",
                    "SkillTargetID",
                    10000 + i,
                    "PersonID",
                    20000 + i,
                    "PeripheralID",
                    5000,
                    "EnterpriseName",
                    "ada" + i));
            config.put(row("Agent_Team_Member", "AgentTeamID", 5300 + i % 4, "SkillTargetID", 10000 + i));
            config.put(row(
                    "Skill_Group_Member", "SkillGroupSkillTargetID", 5200 + i % 8, "AgentSkillTargetID", 10000 + i));
            states.put(agent(random, 10000 + i, start));
        }
        config.put(row("Reason_Code", "ReasonCodeID", 1, "ReasonCode", 101, "ReasonText", "Lunch"));
        config.put(row("Reason_Code", "ReasonCodeID", 2, "ReasonCode", 102, "ReasonText", "Training"));
        config.at(start).cut();
        node.add(config, "distributor");
        node.add(calls, "distributor");
        node.add(states, "distributor");
        node.serve(new WebSettings("127.0.0.1", port, false, KeyStoreFile.NONE, "", 4000, 2000, 1000, 12));
        System.out.println("http://127.0.0.1:" + node.port() + "/ user viewer, password viewer");
        long[] pause = {500};
        boolean[] up = {true};
        Thread thread = new Thread(() -> {
            while (true) {
                long now = System.currentTimeMillis();
                if (up[0]) {
                    for (int i = 0; i < 3; i++) {
                        calls.put(callType(random, 5100 + random.nextInt(12), now));
                        calls.put(skillGroup(random, 5200 + random.nextInt(8), now));
                        states.put(agent(random, 10000 + random.nextInt(agents), now));
                    }
                    calls.put(row(
                            "Controller_Time",
                            "ControllerID",
                            1,
                            "NowTime",
                            now,
                            "TimeZone",
                            "Europe/Berlin",
                            "UTCOffset",
                            60));
                    calls.put(row(
                            "Peripheral_Real_Time",
                            "PeripheralID",
                            5000,
                            "PeripheralOnline",
                            1,
                            "GatewayState",
                            "up",
                            "LastHeard",
                            now,
                            "CallsInProgress",
                            random.nextInt(20),
                            "AgentsLoggedOn",
                            agents));
                    calls.at(now).cut();
                    states.at(now).cut();
                }
                try {
                    Thread.sleep(pause[0]);
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
        try (var in = new java.util.Scanner(System.in)) {
            while (in.hasNextLine()) {
                String line = in.nextLine().strip();
                up[0] = line.equals("live") || line.startsWith("slow");
                for (FakeReplica replica : List.of(calls, states, config)) {
                    replica.sourceNotCurrent(line.equals("client"));
                    switch (line.split(" ")[0]) {
                        case "stale" -> replica.state(FeedState.LIVE, true, "follows central");
                        case "lost" -> replica.state(FeedState.CONNECTING, true, "cannot reach tcp://127.0.0.1:61616");
                        case "client" ->
                            replica.state(
                                    FeedState.RESUMING,
                                    true,
                                    "source distributor is RESUMING itself: no connection to the centre");
                        case "slow" -> pause[0] = Long.parseLong(line.split(" ")[1]);
                        default -> replica.state(FeedState.LIVE, false, "follows central");
                    }
                }
            }
        }
        Thread.currentThread().join();
    }

    private static org.openrtd.feed.Row callType(Random random, int id, long now) {
        int waiting = random.nextInt(4) == 0 ? random.nextInt(12) : 0;
        int offered = 100 + random.nextInt(400);
        int answered = offered * 9 / 10;
        return row(
                "Call_Type_Real_Time",
                "CallTypeID",
                id,
                "DateTime",
                now,
                "RouterCallsQNow",
                waiting,
                "RouterCallsQNowTime",
                waiting * 40,
                "RouterLongestCallQ",
                waiting == 0 ? null : (Object) (now - random.nextInt(120_000)),
                "CallsAtAgentNow",
                random.nextInt(9),
                "CallsOfferedHalf",
                offered / 10,
                "CallsAnsweredHalf",
                answered / 10,
                "CallsOfferedToday",
                offered,
                "CallsAnsweredToday",
                answered,
                "TotalCallsAbandToday",
                offered - answered,
                "AnswerWaitTimeToday",
                answered * 12,
                "ServiceLevelTo5",
                random.nextDouble(),
                "ServiceLevelCallsOfferedTo5",
                20,
                "ServiceLevelToday",
                0.5 + random.nextDouble() / 2,
                "ServiceLevelCallsOfferedToday",
                offered);
    }

    private static org.openrtd.feed.Row skillGroup(Random random, int id, long now) {
        int ready = random.nextInt(4);
        int talking = random.nextInt(6);
        int notReady = random.nextInt(3);
        return row(
                "Skill_Group_Real_Time",
                "SkillTargetID",
                id,
                "DateTime",
                now,
                "LoggedOn",
                ready + talking + notReady,
                "Avail",
                ready,
                "Ready",
                ready + talking,
                "NotReady",
                notReady,
                "TalkingIn",
                talking);
    }

    private static org.openrtd.feed.Row agent(Random random, int id, long now) {
        int[] states = {2, 3, 4, 4, 4, 5, 6, 8, 10, 0, 9};
        int state = states[random.nextInt(states.length)];
        return row(
                "Agent_Real_Time",
                "SkillTargetID",
                id,
                "MRDomainID",
                1,
                "AgentState",
                state,
                "ReasonCode",
                state == 2 ? 101 + random.nextInt(2) : 0,
                "Extension",
                state == 0 ? null : Integer.toString(id),
                "SkillGroupSkillTargetID",
                state == 4 ? (Object) (5200 + id % 8) : null,
                "Direction",
                state == 4 ? (Object) 1 : null,
                "DateTime",
                now,
                "DateTimeLastStateChange",
                now - random.nextInt(600_000),
                "DateTimeLogin",
                now - 3_600_000,
                "AvailableInMRD",
                state == 3 ? 1 : 0,
                "CallInProgress",
                state == 4 ? 1 : 0);
    }
}
