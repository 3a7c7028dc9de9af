package org.openrtd.benchmarks;

import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;
import org.openrtd.benchmarks.Main.Settings;
import org.openrtd.catalog.Catalog;
import org.openrtd.feed.Change;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.Cut;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.Origin;
import org.openrtd.feed.Replica;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.feed.jms.Addresses;
import org.openrtd.feed.jms.FeedLoop;
import org.openrtd.feed.jms.JmsFollower;
import org.openrtd.web.internal.Webs;

/**
 * From a change at the centre to the browser's paint: the centre's origins and brokers, followers over TCP as a distributor
 * has them, the node's web server, and the supervisor's page in Chromium, on this machine. A batch each 20 ms changes agents
 * and one call type, whose number of calls offered is the batch's own; a change counts as painted with the first frame that
 * shows it or a later one, and is timed from when it was due. Beside it, in turns of the same run, a bare page that is sent
 * the number alone, at once, by a server that does nothing else, and shows it in the next frame: what the browser itself takes.
 *
 * <p>Settings: {@code changes} a second, {@code agents}, {@code seconds} of each turn, {@code rounds}.
 */
final class PageBenchmark implements AutoCloseable {

    private static final int BATCH_MILLIS = 20;
    private static final int PROBE = 5100;
    private static final Path SCRIPT = Path.of("bundles/org.openrtd.web/src/test/page/latency.js");

    private final int agents;
    private final Random random = new Random(7);
    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<JmsFollower> followers = new ArrayList<>();
    private final Centre calls;
    private final Centre states;
    private final Webs web;
    private final Bare bare = new Bare();
    private final Process browser;
    private final BufferedReader said;
    private int value;

    static void run(Settings settings) throws Exception {
        try (PageBenchmark benchmark = new PageBenchmark(settings)) {
            benchmark.measure(settings);
        }
    }

    private PageBenchmark(Settings settings) throws Exception {
        agents = settings.number("agents", 2_000);
        calls = centre(Catalog.CALLS, calls());
        states = centre(Catalog.AGENTS, states());
        web = new Webs(List.of(followers.get(0).replica(), followers.get(1).replica(), names()));
        browser = new ProcessBuilder("node", SCRIPT.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        said = new BufferedReader(new InputStreamReader(browser.getInputStream(), StandardCharsets.UTF_8));
    }

    private Centre centre(String feed, List<Row> rows) throws Exception {
        Centre centre = new Centre(feed);
        open.add(centre);
        for (int from = 0; from < rows.size(); from += 500) {
            centre.commit(rows.subList(from, Math.min(rows.size(), from + 500)).stream()
                    .map(Change::put)
                    .toList());
        }
        JmsFollower follower = Centre.follower(feed, Addresses.CENTRE, centre.port, Centre.DISTRIBUTOR);
        open.add(follower::close);
        followers.add(follower);
        Centre.await(follower.replica(), centre.position().sequence());
        return centre;
    }

    /** The configuration, which does not change meanwhile, and so needs no centre. */
    private Replica names() {
        FeedLoop loop = new FeedLoop("names");
        open.add(loop::close);
        FeedSchema durable = Catalog.feed(Catalog.CONFIG);
        Origin origin = Centre.unfollowed(new FeedSchema(Catalog.CONFIG, durable.version(), false, durable.tables()));
        loop.call(() -> origin.commit(
                new Cut(1, Rows.CONTROLLER_TIME, 1),
                configuration().stream().map(Change::put).toList()));
        loop.every(Duration.ofMillis(50), origin::time);
        return origin.replica();
    }

    // ---- rows

    private static Row row(String table, Object... namesAndValues) {
        Table of = Catalog.table(table).table();
        Object[] values = new Object[of.columns().size()];
        for (int i = 0; i < namesAndValues.length; i += 2) {
            int column = of.column((String) namesAndValues[i]);
            Object given = namesAndValues[i + 1];
            ColumnType type = of.columns().get(column).type();
            boolean wide = type == ColumnType.LONG || type == ColumnType.TIMESTAMP;
            values[column] = given instanceof Integer number && wide ? (Object) number.longValue() : given;
        }
        return of.row(values);
    }

    private static Row callType(int id, int offered) {
        return row("Call_Type_Real_Time", "CallTypeID", id, "RouterCallsQNow", id % 5, "CallsOfferedToday", offered);
    }

    private List<Row> calls() {
        List<Row> rows = new ArrayList<>();
        rows.add(row("Controller_Time", "ControllerID", 1, "NowTime", Rows.CONTROLLER_TIME, "TimeZone", "UTC"));
        rows.add(row("Peripheral_Real_Time", "PeripheralID", 5000, "PeripheralOnline", 1, "GatewayState", "up"));
        for (int i = 0; i < 12; i++) {
            rows.add(callType(PROBE + i, 0));
            rows.add(row("Skill_Group_Real_Time", "SkillTargetID", 5200 + i, "LoggedOn", agents / 12));
        }
        return rows;
    }

    private Row agent(int id) {
        return row(
                "Agent_Real_Time",
                "SkillTargetID",
                10_000 + id,
                "MRDomainID",
                1,
                "AgentState",
                2 + random.nextInt(5),
                "DateTimeLastStateChange",
                Rows.CONTROLLER_TIME - random.nextInt(600_000));
    }

    private List<Row> states() {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < agents; i++) {
            rows.add(agent(i));
        }
        return rows;
    }

    private List<Row> configuration() {
        List<Row> rows = new ArrayList<>();
        rows.add(row("Peripheral", "PeripheralID", 5000, "EnterpriseName", "simulator"));
        rows.add(row("Media_Routing_Domain", "MRDomainID", 1, "EnterpriseName", "Voice"));
        for (int i = 0; i < 12; i++) {
            rows.add(row("Call_Type", "CallTypeID", PROBE + i, "EnterpriseName", i == 0 ? "Probe" : "Calls " + i));
            rows.add(row(
                    "Skill_Group", "SkillTargetID", 5200 + i, "PeripheralID", 5000, "EnterpriseName", "Group " + i));
        }
        for (int i = 0; i < agents; i++) {
            rows.add(row("Person", "PersonID", 20_000 + i, "FirstName", "Ada" + i, "LastName", "Lovelace"));
            rows.add(row(
                    "Agent",
                    "SkillTargetID",
                    10_000 + i,
                    "PersonID",
                    20_000 + i,
                    "PeripheralID",
                    5000,
                    "EnterpriseName",
                    "ada" + i));
        }
        return rows;
    }

    // ---- turns

    private void measure(Settings settings) throws Exception {
        int batches = settings.number("seconds", 20) * 1000 / BATCH_MILLIS;
        int others = Math.max(0, settings.number("changes", 500) * BATCH_MILLIS / 1000 - 1);
        System.out.printf(
                "%nA batch of %d changed rows each %d ms, %d agents on the page%n", others + 1, BATCH_MILLIS, agents);
        System.out.printf(
                "%-6s %-6s %9s %9s %9s %9s %8s%n", "turn", "", "p50, ms", "p99, ms", "max, ms", "frames/s", "");
        Histogram[] all = {new Histogram(3), new Histogram(3)};
        for (int round = 0; round <= settings.number("rounds", 3); round++) {
            for (int way = 0; way < 2; way++) {
                // The first warms up.
                Histogram one = turn(way == 0, round == 0 ? Math.min(batches, 250) : batches, others, round);
                if (round > 0) {
                    all[way].add(one);
                }
            }
        }
        for (int way = 0; way < 2; way++) {
            print("all", way == 0, all[way], "");
        }
        System.out.printf(
                "page / bare: p50 %.2f, p99 %.2f%n",
                (double) all[0].getValueAtPercentile(50) / all[1].getValueAtPercentile(50),
                (double) all[0].getValueAtPercentile(99) / all[1].getValueAtPercentile(99));
    }

    private static void print(String turn, boolean page, Histogram of, String frames) {
        System.out.printf(
                "%-6s %-6s %9.1f %9.1f %9.1f %9s%n",
                turn,
                page ? "page" : "bare",
                of.getValueAtPercentile(50) / 1e3,
                of.getValueAtPercentile(99) / 1e3,
                of.getMaxValue() / 1e3,
                frames);
    }

    private static long micros() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    }

    private Histogram turn(boolean page, int batches, int others, int round) throws Exception {
        tell(
                page
                        ? "page http://127.0.0.1:" + web.port() + "/ " + Webs.USER + " " + Webs.USER
                        : "bare http://127.0.0.1:" + bare.port() + "/");
        if (!"ready".equals(said.readLine())) {
            throw new IllegalStateException("The browser did not show the page");
        }
        if (!page) {
            bare.connected.await(60, TimeUnit.SECONDS);
        }
        int first = value + 1;
        long[] due = new long[batches];
        long begin = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100);
        long beginMicros = micros() + 100_000;
        for (int i = 0; i < batches; i++) {
            long at = TimeUnit.MILLISECONDS.toNanos((long) i * BATCH_MILLIS);
            due[i] = beginMicros + at / 1_000;
            for (long left; (left = begin + at - System.nanoTime()) > 0; ) {
                LockSupport.parkNanos(left);
            }
            value++;
            if (page) {
                calls.commitLater(begin + at, List.of(Change.put(callType(PROBE, value))));
                List<Change> changes = new ArrayList<>();
                for (int each = 0; each < others; each++) {
                    changes.add(Change.put(agent(random.nextInt(agents))));
                }
                states.commitLater(begin + at, changes);
            } else {
                bare.send(value);
            }
        }
        tell("collect " + value);
        String line = said.readLine();
        if (line == null) {
            throw new IllegalStateException("The browser did not show the last change");
        }
        Histogram histogram = new Histogram(3);
        Matcher painted = Pattern.compile("\\[(\\d+),([\\d.]+)\\]").matcher(line);
        int next = first;
        int frames = 0;
        while (painted.find()) {
            long at = Math.round(Double.parseDouble(painted.group(2)) * 1_000);
            frames++;
            for (; next <= Integer.parseInt(painted.group(1)); next++) {
                histogram.recordValue(Math.max(0, at - due[next - first]));
            }
        }
        if (round > 0) {
            print(
                    Integer.toString(round),
                    page,
                    histogram,
                    String.format("%.1f", frames * 1000.0 / BATCH_MILLIS / batches));
        }
        return histogram;
    }

    private void tell(String line) throws IOException {
        browser.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        browser.getOutputStream().flush();
    }

    /** A page with one number, and the stream that brings it. */
    private static final class Bare implements AutoCloseable {

        private static final String PAGE =
                "<!doctype html><p id=probe>0</p><script>let n;new EventSource('/stream').onmessage ="
                        + " (e) => {n ?? requestAnimationFrame(() => {document.getElementById('probe').textContent = n; n = undefined;});"
                        + " n = e.data;};</script>";

        private final HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        private final List<OutputStream> streams = new CopyOnWriteArrayList<>();
        private volatile CountDownLatch connected = new CountDownLatch(1);

        Bare() throws IOException {
            server.setExecutor(Executors.newCachedThreadPool(task -> {
                Thread thread = new Thread(task, "bare");
                thread.setDaemon(true);
                return thread;
            }));
            server.createContext("/", exchange -> {
                byte[] page = PAGE.getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().add("Content-Type", "text/html");
                exchange.sendResponseHeaders(200, page.length);
                exchange.getResponseBody().write(page);
                exchange.close();
            });
            server.createContext("/stream", exchange -> {
                exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().flush();
                streams.add(exchange.getResponseBody());
                connected.countDown();
            });
            server.start();
        }

        int port() {
            return server.getAddress().getPort();
        }

        void send(int number) {
            for (OutputStream stream : streams) {
                try {
                    stream.write(("data: " + number + "\n\n").getBytes(StandardCharsets.US_ASCII));
                    stream.flush();
                } catch (IOException gone) {
                    streams.remove(stream);
                }
            }
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    @Override
    public void close() throws Exception {
        browser.getOutputStream().close();
        if (!browser.waitFor(20, TimeUnit.SECONDS)) {
            browser.destroy();
        }
        web.close();
        bare.close();
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }
}
