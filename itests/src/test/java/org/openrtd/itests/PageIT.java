package org.openrtd.itests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.FixMethodOrder;
import org.junit.Test;
import org.junit.runners.MethodSorters;
import org.openrtd.statistics.Oracle;

/**
 * Supervisors' pages in a browser, one served by a distributor and one by its client, behind a centre and a gateway that
 * plays a day of calls: each a process of its own. Its pictures are in {@code target/page}.
 */
@FixMethodOrder(MethodSorters.NAME_ASCENDING)
public class PageIT {

    private static final Path PICTURES =
            Path.of(System.getProperty("openrtd.target", "target"), "page").toAbsolutePath();
    private static final String DISTRIBUTORS = "north";
    private static final String CLIENTS = "client";
    private static final List<String> PAGES = List.of(DISTRIBUTORS, CLIENTS);

    /**
     * By hand, out of made-up-day.tsv: at each moment of each call type calls waiting, since when the oldest of them,
     * service level, calls at agents, offered, answered, abandoned, mean speed of answer and mean handle time; the same of
     * the site, as far as the page has it; then each agent's state and since when.
     */
    private static final String MOMENTS =
            """
            9:05:00 | Billing | 1 | 9:01:05 | 33.3% | 1 | 3  | 2 | 0 | 0:00:12 | 0:01:00
            9:05:00 | Orders  | 1 | 9:01:45 | 50.0% | 1 | 2  | 1 | 0 | 0:00:00 | –
            9:05:00 | site    | 2 | 9:01:05 | 40.0% | 2 | 5  | 3 | 0
            9:05:00 | ANNA    | Ready   | 9:01:25
            9:05:00 | BORIS   | Talking | 9:00:45
            9:05:00 | CHEN    | Talking | 9:01:20
            9:17:00 | Billing | 1 | 9:13:40 | 40.0% | 1 | 6  | 3 | 2 | 0:00:10 | 0:06:15
            9:17:00 | Orders  | 0 |         | 50.0% | 1 | 2  | 2 | 0 | 0:05:37 | 0:10:40
            9:17:00 | site    | 1 | 9:13:40 | 42.5% | 2 | 8  | 5 | 2
            9:17:00 | ANNA    | Talking | 9:13:20
            9:17:00 | BORIS   | Ready   | 9:12:15
            9:17:00 | CHEN    | Talking | 9:13:00
            9:28:00 | Billing | 0 |         | 50.0% | 1 | 7  | 5 | 2 | 0:02:02 | 0:06:17
            9:28:00 | Orders  | 1 | 9:23:35 | 33.3% | 1 | 3  | 2 | 0 | 0:05:37 | 0:10:40
            9:28:00 | site    | 1 | 9:23:35 | 45.0% | 2 | 10 | 7 | 2
            9:28:00 | ANNA    | Talking | 9:24:25
            9:28:00 | BORIS   | Ready   | 9:25:20
            9:28:00 | CHEN    | Talking | 9:13:00
            """;

    /** Seconds of the made-up day in each second. */
    private static final int SPEED = 50;

    /** For so long after each of them nothing happens, and the page shows the same; after the last for hours. */
    private static final int QUIET_SECONDS = 360;

    /** The page makes sums and lists anew twice in a second. What it has shown for longer has been. */
    private static final long LISTED_MILLIS = 1_500;

    private static Browser browser;
    private static ThreeNodes nodes;
    private static KarafNode gateway;

    @BeforeClass
    public static void start() {
        browser = new Browser(PICTURES);
        nodes = new ThreeNodes(PageIT.class);
        gateway = nodes.replay(PageIT.class, Path.of(""), "", "1");
        String password = KarafNode.secret();
        Map<String, KarafNode> servers = Map.of(DISTRIBUTORS, nodes.north, CLIENTS, nodes.client);
        int[] ports = {KarafNode.freePort(), KarafNode.freePort()};
        for (int i = 0; i < ports.length; i++) {
            servers.get(PAGES.get(i))
                    .features("openrtd-web")
                    .set("org.openrtd.web", "port", ports[i])
                    .user("supervisor", password, "rtd-viewer");
        }
        nodes.start();
        for (int i = 0; i < ports.length; i++) {
            browser.open(PAGES.get(i), "http://127.0.0.1:" + ports[i] + "/", "supervisor", password);
        }
    }

    @AfterClass
    public static void stop() {
        if (nodes != null) {
            nodes.close();
        }
        if (browser != null) {
            browser.close();
        }
    }

    @Test
    public void showsAtEachMomentOfARecordedDayWhatTheFileDetermines() throws Exception {
        Path file = Recording.file();
        LocalDate day = LocalDate.of(1999, 1, 5);
        PageCheck check = new PageCheck(new Oracle(day));
        // An hour in each second.
        play(file, "990105", 3600);
        for (String page : PAGES) {
            await(page, "the end of the day", shown -> shown.get("peripherals")
                    .asText()
                    .contains("finished"));
            assertFramesRight(page, check, 10);
            awaitRight(page, check);
            browser.picture(page, PICTURES.resolve("page-recorded-day-" + page + ".png"));
        }
        gateway.stop();
    }

    @Test
    public void showsAtMomentsOfAMadeUpDayWhatIsRightAndSaysWhatBreaksAndComesBack() throws Exception {
        PageCheck check;
        Path file = Files.createDirectories(PICTURES).resolve("made-up-day.tsv");
        try (InputStream day = PageIT.class.getResourceAsStream("/made-up-day.tsv")) {
            Files.copy(day, file, StandardCopyOption.REPLACE_EXISTING);
        }
        try (InputStream day = Files.newInputStream(file)) {
            check = new PageCheck(new Oracle(LocalDate.of(1999, 1, 10), day));
        }
        play(file, "990110", SPEED);
        int end = second("9:28:00");
        for (String page : PAGES) {
            await(page, "9:28", shown -> check.second(shown) >= end);
        }
        // What is left of the day lasts hours at this pace, in which only the clock goes on.
        gateway.set("org.openrtd.gateway.replay", "speed", 1);
        for (String page : PAGES) {
            JsonNode frames = assertFramesRight(page, check, 10);
            for (String moment : List.of("9:05:00", "9:17:00")) {
                assertMoment(page, moment, check, frames);
            }
            await(page, "what is right at 9:28", shown -> wrongAt("9:28:00", check, shown)
                    .isEmpty());
            assertFalse(
                    "what is wrong goes unseen",
                    wrongAt("9:17:00", check, browser.read(page)).isEmpty());
            browser.picture(page, PICTURES.resolve("page-moment-" + page + ".png"));
        }

        showsNamesAsText();

        breaks("gateway", gateway, "The peripheral bank", "The peripheral bank", check);
        breaks("centre", nodes.central, "The centre central", "The centre central", check);
        breaks("distributor", nodes.north, "This page hears nothing from its server", "The distributor north", check);
    }

    /** Whoever may edit the configuration could write what a browser would run. */
    private static void showsNamesAsText() throws IOException {
        String markup = "<img src=x onerror=\"alert(1)\"><b>bold</b>";
        String script = "<script>alert(2)</script>";
        String hebrew = "דנה לוי (צוות א)";
        String arabic = "خدمة العملاء";
        String anna = agent(browser.read(DISTRIBUTORS), "ANNA").get("name").asText();
        String boris = agent(browser.read(DISTRIBUTORS), "BORIS").get("name").asText();
        Path files = Files.createDirectories(nodes.central.home().resolve("data/import"));
        try (Console console = nodes.central.console()) {
            for (String rows : List.of(
                    "Person;LoginName,LoginEnabled,FirstName;anna,Y," + quoted(markup) + ";boris,Y," + quoted(hebrew),
                    "Agent;EnterpriseName,PersonID;" + anna + ",anna;" + boris + ",boris",
                    "Call_Type;EnterpriseName;" + quoted(script) + ";" + quoted(arabic))) {
                List<String> lines = List.of(rows.split(";"));
                Path file = Files.write(files.resolve(lines.get(0) + ".csv"), lines.subList(1, lines.size()));
                String answer = console.run("rtd:config-set " + lines.get(0) + " --file " + file);
                assertTrue(rows + ": " + answer, answer.contains("recovery key"));
            }
        }
        for (String page : PAGES) {
            await(
                    page,
                    "names as they were entered",
                    shown -> has(shown, "agents", markup)
                            && has(shown, "agents", hebrew)
                            && has(shown, "types", script)
                            && has(shown, "types", arabic));
            assertEquals(
                    "elements made of names",
                    0,
                    browser.read(page).get("elements").asInt());
            browser.picture(page, PICTURES.resolve("page-names-" + page + ".png"));
        }
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** Kills a node, and waits until each page says so and no more; starts it again, and waits until each is right. */
    private static void breaks(String what, KarafNode node, String atDistributor, String atClient, PageCheck check) {
        PAGES.forEach(browser::frames);
        long killed = System.currentTimeMillis();
        node.kill();
        Map<String, String> says = Map.of(DISTRIBUTORS, atDistributor, CLIENTS, atClient);
        for (String page : PAGES) {
            await(
                    page,
                    "not current: " + says.get(page),
                    shown -> shown.get("level").asText().equals("stale")
                            && blames(shown, says.get(page))
                            && shown.get("title").asText().contains("Not current")
                            && shown.get("said").asText().contains("not current")
                            && shown.get("grey").get("tiles").asBoolean()
                            && shown.get("grey").get("types").asBoolean());
            browser.picture(page, PICTURES.resolve("page-no-" + what + "-" + page + ".png"));
            for (JsonNode frame : browser.frames(page)) {
                if (frame.get("level").asText().equals("stale")) {
                    System.out.printf(
                            "%s killed: the page of %s says so after %d ms: %s%n",
                            what,
                            page,
                            frame.get("at").asLong() - killed,
                            frame.get("banner").asText());
                    break;
                }
            }
        }
        node.start();
        for (String page : PAGES) {
            await(
                    page,
                    "current again after the " + what + " was killed",
                    shown -> shown.get("level").asText().equals("live")
                            && shown.get("banner").asText().isEmpty()
                            && shown.get("said").asText().equals("The numbers are current again.")
                            && !shown.get("grey").get("types").asBoolean());
            awaitRight(page, check);
        }
    }

    private static boolean blames(JsonNode shown, String alone) {
        for (JsonNode cause : shown.get("causes")) {
            if (!cause.asText().startsWith(alone)) {
                return false;
            }
        }
        return !shown.get("causes").isEmpty();
    }

    private static void play(Path file, String day, int speed) {
        gateway.set("org.openrtd.gateway.replay", "file", file.toAbsolutePath())
                .set("org.openrtd.gateway.replay", "day", day)
                .set("org.openrtd.gateway.replay", "speed", speed);
        for (String page : PAGES) {
            await(page, "a page that is current", shown -> shown.get("level")
                    .asText()
                    .equals("live"));
            browser.frames(page);
        }
        gateway.start();
    }

    /** Each frame that was shown, by the clock in it; and that one number that is wrong would be seen. */
    private static JsonNode assertFramesRight(String page, PageCheck check, int atLeast) {
        JsonNode frames = browser.frames(page);
        int compared = 0;
        JsonNode last = null;
        for (JsonNode frame : frames) {
            assertEquals(page, List.of(), check.wrong(frame));
            if (check.second(frame) >= 0 && !frame.get("types").isEmpty()) {
                compared++;
                last = frame;
            }
        }
        System.out.println("The page of " + page + " is right in " + compared + " frames.");
        assertTrue("only " + compared + " frames of " + page + " were compared", compared >= atLeast);
        JsonNode wrong = last.deepCopy();
        StreamSupport.stream(wrong.get("types").spliterator(), false).forEach(line -> ((ObjectNode) line)
                .put("offered", line.get("offered").asText() + "0"));
        assertFalse("a wrong number goes unseen", check.wrong(wrong).isEmpty());
        return frames;
    }

    private static void awaitRight(String page, PageCheck check) {
        List<String> wrong = new ArrayList<>();
        await(page, "the right numbers", shown -> {
            wrong.clear();
            wrong.addAll(check.second(shown) < 0 ? List.of("no clock") : check.wrong(shown));
            return wrong.isEmpty();
        });
    }

    /** On a machine so slow that the page shows too little of the time in which it stays so, that is said. */
    private static void assertMoment(String page, String moment, PageCheck check, JsonNode frames) {
        JsonNode first = null;
        JsonNode last = null;
        for (JsonNode each : frames) {
            int at = check.second(each);
            if (at >= second(moment) && at < second(moment) + QUIET_SECONDS) {
                first = first == null ? each : first;
                last = each;
            }
        }
        if (last == null || last.get("at").asLong() - first.get("at").asLong() < LISTED_MILLIS) {
            System.out.println("The page of " + page + " is too slow here to be looked at at " + moment);
            return;
        }
        assertEquals(page, List.of(), wrongAt(moment, check, last));
    }

    /** What is shown and not what was found by hand for that moment, by line. */
    private static List<String> wrongAt(String moment, PageCheck check, JsonNode shown) {
        List<String> wrong = new ArrayList<>();
        for (String line :
                MOMENTS.lines().filter(each -> each.startsWith(moment + " ")).toList()) {
            List<String> expected = new ArrayList<>();
            String[] fields = line.split("\\|", -1);
            int now = check.second(shown);
            for (int i = 2; i < fields.length; i++) {
                String field = fields[i].strip();
                expected.add(i == 3 && !field.isEmpty() ? PageCheck.duration(now - second(field)) : field);
            }
            List<String> is = shownOf(fields[1].strip(), shown);
            if (fields[1].strip().equals("site") && is.get(1).matches("[0-9]+:[0-9]{2}:[0-9]{2}")) {
                // That of the site is made anew with its sums.
                int behind = second(expected.get(1)) - second(is.get(1));
                if (behind >= 0 && behind <= now - second(moment)) {
                    expected.set(1, is.get(1));
                }
            }
            if (!is.equals(expected)) {
                wrong.add(shown.get("clock").asText() + ": " + line + " is " + is);
            }
        }
        return wrong;
    }

    private static List<String> shownOf(String name, JsonNode shown) {
        List<String> is = new ArrayList<>();
        JsonNode row = name.equals("site") ? shown.get("tiles") : row(shown, "types", name);
        if (row == null) {
            for (JsonNode agent : shown.get("agents")) {
                if (agent.get("name").asText().endsWith(name)) {
                    return List.of(
                            agent.get("state").asText(), agent.get("time").asText());
                }
            }
            return List.of();
        }
        for (String column : name.equals("site")
                ? List.of("waiting", "oldest", "sl", "talking", "offered", "answered", "abandoned")
                : List.of("waiting", "oldest", "sl", "atAgents", "offered", "answered", "abandoned", "asa", "aht")) {
            is.add(PageCheck.plain(row.get(column).asText()));
        }
        return is;
    }

    private static int second(String time) {
        String[] parts = time.split(":");
        return Integer.parseInt(parts[0]) * 3600 + Integer.parseInt(parts[1]) * 60 + Integer.parseInt(parts[2]);
    }

    private static boolean has(JsonNode shown, String panel, String name) {
        return row(shown, panel, name) != null;
    }

    private static JsonNode row(JsonNode shown, String panel, String name) {
        for (JsonNode row : shown.get(panel)) {
            if (row.get("name").asText().equals(name)) {
                return row;
            }
        }
        return null;
    }

    /** The gateway's name stands before an agent's. */
    private static JsonNode agent(JsonNode shown, String name) {
        for (JsonNode row : shown.get("agents")) {
            if (row.get("name").asText().endsWith(name)) {
                return row;
            }
        }
        throw new AssertionError("no agent " + name + ": " + shown.get("agents"));
    }

    /** Waits, at most six minutes: nodes start meanwhile, on a machine that others use too. */
    private static void await(String page, String what, Predicate<JsonNode> condition) {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(6);
        while (true) {
            JsonNode shown = browser.read(page);
            for (JsonNode complaint : shown.get("complaints")) {
                // That a server is not there is what the page has to bear.
                assertTrue(
                        page + " complains: " + complaint.asText(),
                        complaint.asText().matches("(?s).*(Failed to load resource|net::ERR).*"));
            }
            if (condition.test(shown)) {
                return;
            }
            if (System.nanoTime() > end) {
                throw new AssertionError(
                        "The page of " + page + " did not show within six minutes: " + what + "\n" + shown);
            }
            try {
                TimeUnit.MILLISECONDS.sleep(200);
            } catch (InterruptedException e) {
                throw new AssertionError(what, e);
            }
        }
    }
}
