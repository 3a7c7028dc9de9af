package org.openrtd.web.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.openrtd.web.internal.FakeReplica.row;

import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openrtd.access.Accounts;
import org.openrtd.access.KeyStoreFile;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Whereabouts;

/** A real server, asked by clients that share nothing with it. */
class WebOverHttpTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final FakeReplica calls = new FakeReplica("calls");
    private final FakeReplica agents = new FakeReplica("agents");
    private final FakeReplica config = new FakeReplica("config");
    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(LONG)
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    private WebNode node;

    private Pages pages() {
        return new Pages(
                path -> {
                    try {
                        Path file = directory.resolve("page").resolve(path);
                        return Files.isRegularFile(file) ? file.toUri().toURL() : null;
                    } catch (MalformedURLException e) {
                        return null;
                    }
                },
                true);
    }

    @BeforeEach
    void start() throws IOException {
        Files.writeString(Files.createDirectory(directory.resolve("page")).resolve("index.html"), "<!doctype html>");
        calls.put(row("Controller_Time", "ControllerID", 1, "NowTime", calls.time(), "TimeZone", "Europe/Berlin"));
        calls.put(row("Call_Type_Real_Time", "CallTypeID", 5001, "RouterCallsQNow", 3));
        calls.put(row("Peripheral_Real_Time", "PeripheralID", 5000, "GatewayState", "up"))
                .cut();
        agents.put(row("Agent_Real_Time", "SkillTargetID", 7, "MRDomainID", 1, "AgentState", 3))
                .cut();
        config.put(row("Call_Type", "CallTypeID", 5001, "EnterpriseName", "Billing, \"gold\""))
                .cut();
        node = node(settings(100, 3));
    }

    private WebSettings settings(int maxStreams, int maxStreamsOfUser) {
        return new WebSettings("127.0.0.1", 0, false, KeyStoreFile.NONE, "", 200, maxStreams, maxStreamsOfUser, 1);
    }

    private WebNode node(WebSettings settings) throws IOException {
        Accounts accounts = (user, password) -> !password.equals("secret")
                ? Optional.empty()
                : switch (user) {
                    case "wall", "wall2" -> Optional.of(Set.of("rtd-viewer"));
                    case "other" -> Optional.of(Set.of("rtd-client"));
                    default -> Optional.empty();
                };
        WebNode made = new WebNode(
                accounts, pages(), directory.resolve("web/sessions"), () -> "n1", () -> "north", List::of, List::of);
        for (FakeReplica replica : List.of(calls, agents, config)) {
            made.add(replica, "distributor");
        }
        made.serve(settings);
        return made;
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + path))
                .timeout(LONG);
    }

    private static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private HttpRequest.Builder signed(String path) {
        return to(path).header("Authorization", basic("wall", "secret"));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> json(HttpResponse<String> answer) {
        return (Map<String, Object>) Json.read(answer.body());
    }

    private static String code(HttpResponse<String> answer) {
        return ((Map<?, ?>) json(answer).get("error")).get("code").toString();
    }

    static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long until = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < until, what);
            Thread.sleep(5);
        }
    }

    // ---- who is answered

    @Test
    void refusesWhoIsNotSignedInEverythingButThePageAndWhetherItLives() throws Exception {
        for (String path : Web.ROUTES.keySet()) {
            HttpResponse<String> answer = send(to(path.replace("{table}", "Call_Type")));
            assertEquals(path.equals("/health/live") ? 200 : 401, answer.statusCode(), path);
        }
        for (String path : List.of("/api/v1/none", "/api/v1/tables/none", "/api/", "/health/", "/metrics")) {
            assertEquals(401, send(to(path)).statusCode(), path);
        }
        assertEquals(200, send(to("/")).statusCode());
        assertTrue(send(to("/api/v1/tables"))
                .headers()
                .firstValue("WWW-Authenticate")
                .isPresent());
        assertFalse(
                send(to("/api/v1/tables").header("Sec-Fetch-Site", "same-origin"))
                        .headers()
                        .firstValue("WWW-Authenticate")
                        .isPresent(),
                "a browser would open a window of its own");
    }

    @Test
    void answersProgramsThatSendUserAndPassword() throws Exception {
        assertEquals(200, send(signed("/api/v1/tables")).statusCode());
        assertEquals(
                "wrong-credentials", code(send(to("/api/v1/tables").header("Authorization", basic("wall", "no")))));
        assertEquals("wrong-credentials", code(send(to("/api/v1/tables").header("Authorization", "Basic !!"))));
        assertEquals("wrong-credentials", code(send(to("/api/v1/tables").header("Authorization", "Bearer x"))));
        HttpResponse<String> other = send(to("/api/v1/tables").header("Authorization", basic("other", "secret")));
        assertEquals(403, other.statusCode());
        assertEquals("not-allowed", code(other));
    }

    private HttpResponse<String> signIn(String body) throws Exception {
        return send(to("/api/v1/session")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private String cookie() throws Exception {
        HttpResponse<String> in = signIn("{\"user\":\"wall\",\"password\":\"secret\"}");
        assertEquals(200, in.statusCode(), in.body());
        assertEquals("wall", json(in).get("user"));
        String set = in.headers().firstValue("Set-Cookie").orElseThrow();
        assertTrue(set.contains("; HttpOnly") && set.contains("; SameSite=Strict") && set.contains("; Path=/;"), set);
        return set.substring(0, set.indexOf(';'));
    }

    @Test
    void keepsABrowserSignedInOverARestartUntilItSignsOut() throws Exception {
        String cookie = cookie();
        assertEquals(200, send(to("/api/v1/session").header("Cookie", cookie)).statusCode());
        node.close();
        node = node(settings(100, 3));
        assertEquals(
                "wall",
                json(send(to("/api/v1/session").header("Cookie", cookie))).get("user"));
        assertEquals(
                204,
                send(to("/api/v1/session").header("Cookie", cookie).DELETE()).statusCode());
        assertEquals(401, send(to("/api/v1/session").header("Cookie", cookie)).statusCode());
        assertEquals(
                401,
                send(to("/api/v1/session").header("Cookie", "openrtd=guess")).statusCode());
    }

    @Test
    void refusesASignInThatIsNotWhatItShouldBe() throws Exception {
        assertEquals(401, signIn("{\"user\":\"wall\",\"password\":\"no\"}").statusCode());
        assertEquals(403, signIn("{\"user\":\"other\",\"password\":\"secret\"}").statusCode());
        for (String body : List.of("", "{", "[]", "{\"user\":\"wall\"}", "{\"user\":1,\"password\":\"secret\"}")) {
            assertEquals(400, signIn(body).statusCode(), body);
        }
        refuses(413, "POST /api/v1/session", "", "{\"user\":\"" + "x".repeat(10_000) + "\"}");
        assertEquals(
                415,
                send(to("/api/v1/session")
                                .header("Content-Type", "text/plain")
                                .POST(HttpRequest.BodyPublishers.ofString(
                                        "{\"user\":\"wall\",\"password\":\"secret\"}")))
                        .statusCode());
    }

    @Test
    void holdsUpWhoGuesses() throws Exception {
        for (int i = 0; i < SignIn.FAILURES_OF_USER_AT_ADDRESS; i++) {
            assertEquals(401, signIn("{\"user\":\"wall2\",\"password\":\"no\"}").statusCode());
        }
        HttpResponse<String> held = signIn("{\"user\":\"wall2\",\"password\":\"secret\"}");
        assertEquals(429, held.statusCode());
        assertTrue(Integer.parseInt(held.headers().firstValue("Retry-After").orElseThrow()) > 0);
        assertEquals(200, signIn("{\"user\":\"wall\",\"password\":\"secret\"}").statusCode());
    }

    @Test
    void refusesWhatABrowserAsksForAPageOfAnotherOrigin() throws Exception {
        String own = "http://127.0.0.1:" + node.port();
        assertEquals(200, send(signed("/api/v1/tables").header("Origin", own)).statusCode());
        for (String origin : List.of("http://evil.example", "null", "https://evil.example", own + "0")) {
            assertEquals("foreign-origin", code(send(signed("/api/v1/tables").header("Origin", origin))), origin);
        }
        assertEquals(
                403,
                send(signed("/api/v1/tables").header("Sec-Fetch-Site", "cross-site"))
                        .statusCode());
        assertEquals(
                403,
                send(signed("/api/v1/tables").header("Sec-Fetch-Site", "same-site"))
                        .statusCode());
        assertEquals(
                403,
                send(to("/api/v1/session")
                                .header("Origin", "http://evil.example")
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(
                                        "{\"user\":\"wall\",\"password\":\"secret\"}")))
                        .statusCode());
        assertNull(send(signed("/api/v1/tables"))
                .headers()
                .firstValue("Access-Control-Allow-Origin")
                .orElse(null));
    }

    // ---- what is answered

    @Test
    void answersATableWithItsPositionAndHowCurrentItIs() throws Exception {
        Map<String, Object> table = json(
                send(signed("/api/v1/tables/t_call_type_real_time?columns=calltypeid,RouterCallsQNow&names=true")));
        assertEquals("Call_Type_Real_Time", table.get("table"));
        assertEquals("calls", table.get("feed"));
        assertEquals("north", table.get("site"));
        assertEquals("central", table.get("source"));
        assertEquals("LIVE", table.get("state"));
        assertEquals(false, table.get("stale"));
        assertEquals("Europe/Berlin", table.get("timeZone"));
        assertEquals("2001-09-09T01:47:00Z", table.get("controllerTime"));
        assertEquals(
                List.of(Map.of("CallTypeID", 5001L, "CallTypeID_text", "Billing, \"gold\"", "RouterCallsQNow", 3L)),
                table.get("rows"));
        calls.state(FeedState.CONNECTING, true, "cannot reach tcp://centre:61616");
        table = json(send(signed("/api/v1/tables/Call_Type_Real_Time")));
        assertEquals(true, table.get("stale"));
        assertEquals("cannot reach tcp://centre:61616", table.get("reason"));
    }

    @Test
    void answersATableAsCsvWithTheFactsAsHeaders() throws Exception {
        calls.state(FeedState.RESUMING, true, "100 % überlastet");
        for (HttpRequest.Builder request : List.of(
                signed(
                        "/api/v1/tables/Call_Type_Real_Time.csv?columns=CallTypeID,RouterCallsQNow,RouterLongestCallQ&names=true"),
                signed(
                                "/api/v1/tables/Call_Type_Real_Time?columns=CallTypeID,RouterCallsQNow,RouterLongestCallQ&names=true")
                        .header("Accept", "text/csv, */*;q=0.1"))) {
            HttpResponse<String> csv = send(request);
            assertEquals(
                    "CallTypeID,CallTypeID_text,RouterCallsQNow,RouterLongestCallQ\r\n5001,\"Billing, \"\"gold\"\"\",3,\r\n",
                    csv.body());
            assertEquals("calls", csv.headers().firstValue("X-OpenRTD-Feed").orElseThrow());
            assertEquals("true", csv.headers().firstValue("X-OpenRTD-Stale").orElseThrow());
            assertEquals(
                    "100 %25 %C3%BCberlastet",
                    csv.headers().firstValue("X-OpenRTD-Reason").orElseThrow());
            assertEquals("1", csv.headers().firstValue("X-OpenRTD-Matched").orElseThrow());
        }
    }

    @Test
    void cutsAReasonThatIsTooLongForAHeader() throws Exception {
        calls.state(FeedState.RESUMING, true, "überlastet ".repeat(2_000));
        HttpResponse<String> csv = send(signed("/api/v1/tables/Call_Type_Real_Time.csv"));
        assertEquals(200, csv.statusCode(), csv.body());
        String reason = csv.headers().firstValue("X-OpenRTD-Reason").orElseThrow();
        assertTrue(reason.startsWith("%C3%BCberlastet ") && reason.endsWith("%E2%80%A6"), reason);
    }

    @Test
    void namesTheColumnThatIsNoneAndTheOneThatWasMeant() throws Exception {
        for (String query : List.of("columns=RouterCallsQNw", "sort=-RouterCallsQNw", "where=RouterCallsQNw%3D1")) {
            HttpResponse<String> answer = send(signed("/api/v1/tables/Call_Type_Real_Time?" + query));
            assertEquals(400, answer.statusCode());
            Map<?, ?> error = (Map<?, ?>) json(answer).get("error");
            assertEquals("RouterCallsQNw", error.get("name"));
            assertEquals(List.of("RouterCallsQNow"), error.get("didYouMean"));
            assertEquals(query.substring(0, query.indexOf('=')), error.get("parameter"));
        }
        assertEquals("no-such-table", code(send(signed("/api/v1/tables/Call_Type_Real_Tim"))));
        assertEquals("bad-value", code(send(signed("/api/v1/tables/Call_Type?colums=x"))));
        assertEquals("bad-value", code(send(signed("/api/v1/tables/Agent_Real_Time?columns=CustomerPhoneNumber"))));
        assertEquals("bad-value", code(send(signed("/api/v1/tables/Agent_Real_Time?where=CustomerPhoneNumber%3E5"))));
    }

    @Test
    void saysThatThereAreNoRowsYet() throws Exception {
        FakeReplica none = new FakeReplica("config");
        node.remove(config);
        node.add(none, "distributor");
        WebNode fresh = node;
        fresh.close();
        node = new WebNode(
                (user, password) -> Optional.of(Set.of("rtd-viewer")),
                pages(),
                null,
                () -> "n",
                () -> "",
                List::of,
                List::of);
        node.add(none, "client");
        none.state(FeedState.CONNECTING, true, "cannot reach tcp://nowhere:1");
        node.serve(settings(1, 1));
        HttpResponse<String> answer = send(signed("/api/v1/tables/Agent"));
        assertEquals(503, answer.statusCode());
        assertEquals("no-data-yet", code(answer));
        HttpResponse<String> ready = send(signed("/health/ready"));
        assertEquals(503, ready.statusCode());
        assertEquals(
                List.of("config: no rows yet: CONNECTING, cannot reach tcp://nowhere:1"),
                json(ready).get("reasons"));
        Map<String, Object> status = json(send(signed("/api/v1/status")));
        assertEquals(false, status.get("current"));
        assertTrue(status.get("broken").toString().contains("part=distributor"), status.toString());
    }

    @Test
    void answersStatusHistoryHealthAndMetrics() throws Exception {
        calls.source(new Whereabouts("north", "hq", "https://reports.example"), true);
        Map<String, Object> status = json(send(signed("/api/v1/status")));
        assertEquals(true, status.get("current"), status.toString());
        assertEquals(3L, ((Map<?, ?>) status.get("glance")).get("callsWaiting"));
        assertEquals(1L, ((Map<?, ?>) status.get("glance")).get("agentsReady"));
        assertEquals("Europe/Berlin", status.get("timeZone"));
        assertEquals(
                List.of(true, "north", "test", "hq", "https://reports.example"),
                List.of("sourcePrimary", "sourceSite", "instance", "configurationAt", "historyAt").stream()
                        .map(((Map<?, ?>) ((List<?>) status.get("feeds")).get(1))::get)
                        .toList());
        assertEquals("", ((Map<?, ?>) ((List<?>) status.get("feeds")).get(0)).get("sourceSite"));
        List<?> rows = (List<?>) json(send(signed("/api/v1/history?minutes=5"))).get("rows");
        assertEquals(3L, ((Map<?, ?>) rows.get(rows.size() - 1)).get("callsWaiting"));
        assertEquals(400, send(signed("/api/v1/history?minutes=481")).statusCode());
        assertEquals(200, send(signed("/health/ready")).statusCode());
        String metrics = send(signed("/metrics")).body();
        assertTrue(metrics.contains("\nopenrtd_feed_current{feed=\"calls\"} 1\n"), metrics);
        for (String line : metrics.split("\n")) {
            assertTrue(line.matches("# (HELP|TYPE) .*|openrtd_[a-z_]+(\\{.*\\})? -?[0-9.]+(E-?[0-9]+)?"), line);
        }
    }

    @Test
    void hasTheSameHeadersOnEveryAnswer() throws Exception {
        for (HttpRequest.Builder request :
                List.of(to("/"), to("/api/v1/tables"), signed("/api/v1/tables"), to("/none"))) {
            var headers = send(request).headers();
            String policy = headers.firstValue("Content-Security-Policy").orElseThrow();
            assertTrue(policy.startsWith("default-src 'self';") && policy.contains("frame-ancestors 'none'"), policy);
            assertFalse(policy.contains("unsafe"), policy);
            assertEquals("nosniff", headers.firstValue("X-Content-Type-Options").orElseThrow());
            assertEquals("no-referrer", headers.firstValue("Referrer-Policy").orElseThrow());
            assertTrue(headers.firstValue("Server").isEmpty());
        }
        assertEquals(
                "no-store",
                send(signed("/api/v1/tables"))
                        .headers()
                        .firstValue("Cache-Control")
                        .orElseThrow());
    }

    @Test
    void answersOnlyTheMethodsThatItNames() throws Exception {
        assertEquals(405, send(signed("/api/v1/tables").DELETE()).statusCode());
        refuses(405, "POST /api/v1/tables", "Authorization: " + basic("wall", "secret") + "\r\n", "x");
        refuses(405, "POST /", "", "x");
        assertEquals(
                "",
                send(signed("/api/v1/tables").method("HEAD", HttpRequest.BodyPublishers.noBody()))
                        .body());
    }

    // ---- streams

    /** Follows a stream on a thread of its own. */
    private final class Following implements AutoCloseable {
        private final StreamReader reader = new StreamReader();
        private final InputStream in;
        private final Thread thread;
        private volatile boolean ended;

        Following(String query, String lastEventId, String... known) throws Exception {
            this(
                    http,
                    lastEventId == null
                            ? signed("/api/v1/stream?" + query)
                            : signed("/api/v1/stream?" + query).header("Last-Event-ID", lastEventId),
                    known);
        }

        Following(HttpClient by, HttpRequest.Builder request, String... known) throws Exception {
            for (String table : known) {
                reader.rows.put(table, new java.util.HashMap<>());
            }
            HttpResponse<InputStream> answer = by.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            assertEquals(200, answer.statusCode());
            assertEquals(
                    "text/event-stream",
                    answer.headers().firstValue("Content-Type").orElseThrow());
            in = answer.body();
            thread = new Thread(() -> {
                byte[] some = new byte[8192];
                try {
                    for (int n = in.read(some); n >= 0; n = in.read(some)) {
                        synchronized (reader) {
                            reader.read(some, n);
                        }
                    }
                } catch (IOException closed) {
                    // As the test wants it.
                }
                ended = true;
            });
            thread.setDaemon(true);
            thread.start();
        }

        void await(String what, java.util.function.Predicate<StreamReader> condition) throws InterruptedException {
            WebOverHttpTest.await(what, () -> {
                synchronized (reader) {
                    return condition.test(reader);
                }
            });
        }

        Object value(StreamReader of, String table, long key, String column) {
            return of.rows
                    .getOrDefault(table, Map.of())
                    .getOrDefault(List.of(key), Map.of())
                    .get(column);
        }

        void awaitWaiting(long calls) throws InterruptedException {
            await("RouterCallsQNow is " + calls, r -> Long.valueOf(calls)
                    .equals(value(r, "Call_Type_Real_Time", 5001, "RouterCallsQNow")));
        }

        String id() {
            synchronized (reader) {
                return reader.lastEventId;
            }
        }

        @Override
        public void close() throws Exception {
            in.close();
            thread.join(LONG.toMillis());
        }
    }

    private void waiting(int waiting) {
        calls.put(row("Call_Type_Real_Time", "CallTypeID", 5001, "RouterCallsQNow", waiting))
                .cut();
    }

    @Test
    void streamsASnapshotThenChangesStatesAndHeartbeats() throws Exception {
        try (Following stream = new Following("tables=Call_Type_Real_Time,Agent_Real_Time", null)) {
            stream.awaitWaiting(3);
            waiting(4);
            stream.awaitWaiting(4);
            calls.state(FeedState.CONNECTING, true, "cannot reach tcp://centre");
            stream.await(
                    "stale",
                    r -> r.types().contains("state")
                            && "cannot reach tcp://centre"
                                    .equals(r.last("state").data().get("reason")));
            stream.await(
                    "a heartbeat that says what broke",
                    r -> r.types().contains("heartbeat")
                            && r.last("heartbeat")
                                    .data()
                                    .get("broken")
                                    .toString()
                                    .contains("part=centre"));
            stream.await(
                    "heartbeats go on",
                    r -> r.types().stream().filter("heartbeat"::equals).count() > 2);
        }
        await("the stream is forgotten", () -> node.details().get("streams").equals("0"));
    }

    @Test
    void resumesAStreamWhereItBroke() throws Exception {
        String id;
        try (Following stream = new Following("tables=Call_Type_Real_Time", null)) {
            stream.awaitWaiting(3);
            id = stream.id();
        }
        waiting(9);
        try (Following stream = new Following("tables=Call_Type_Real_Time", id, "Call_Type_Real_Time")) {
            stream.await(
                    "what changed", r -> r.types().contains("rows") || r.types().contains("snapshot"));
            stream.await("its state", r -> r.types().contains("state"));
            synchronized (stream.reader) {
                assertFalse(
                        stream.reader.types().contains("snapshot"),
                        stream.reader.types().toString());
            }
        }
    }

    @Test
    void endsAStreamWhenItStopsAndSaysSo() throws Exception {
        try (Following stream = new Following("tables=Call_Type_Real_Time", null)) {
            stream.awaitWaiting(3);
            node.close();
            stream.await("the end", r -> r.types().contains("end"));
            await("the connection ends", () -> stream.ended);
        }
    }

    @Test
    void endsTheStreamsOfWhoSignsOut() throws Exception {
        String cookie = cookie();
        try (Following stream = new Following(
                        http, to("/api/v1/stream?tables=Call_Type").header("Cookie", cookie));
                Following other = new Following("tables=Call_Type", null)) {
            assertEquals(
                    204,
                    send(to("/api/v1/session").header("Cookie", cookie).DELETE())
                            .statusCode());
            stream.await("the end", r -> r.types().contains("end"));
            await("the connection ends", () -> stream.ended);
            goesOn(other);
        }
    }

    @Test
    void boundsTheStreamsOfAUserAndOfAll() throws Exception {
        List<Following> open = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                open.add(new Following("tables=Call_Type_Real_Time", null));
            }
            HttpResponse<String> refused = send(signed("/api/v1/stream?tables=Call_Type_Real_Time"));
            assertEquals(429, refused.statusCode());
            assertEquals("too-many", code(refused));
            node.serve(settings(0, 3));
            assertEquals(
                    503,
                    send(signed("/api/v1/stream?tables=Call_Type_Real_Time")).statusCode());
        } finally {
            for (Following following : open) {
                following.close();
            }
        }
    }

    @Test
    void aReaderThatReadsNothingHoldsUpNobody() throws Exception {
        // More than any socket's buffers take, so that the server has to keep what it cannot send, or leave it.
        String name = "x".repeat(50_000);
        try (Socket slow = new Socket()) {
            slow.setReceiveBufferSize(4096);
            slow.connect(new java.net.InetSocketAddress("127.0.0.1", node.port()));
            slow.getOutputStream()
                    .write(("GET /api/v1/stream?tables=Call_Type HTTP/1.1\r\nHost: x\r\nAuthorization: "
                                    + basic("wall", "secret") + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            await("it is served", () -> node.details().get("streams").equals("1"));
            try (Following quick = new Following("tables=Call_Type", null)) {
                for (int i = 0; i < 200; i++) {
                    config.put(row("Call_Type", "CallTypeID", 6000 + i % 20, "EnterpriseName", i + name))
                            .cut();
                    int last = i;
                    if (i % 20 == 0) {
                        quick.await("row " + i, r -> (last + name)
                                .equals(quick.value(r, "Call_Type", 6000 + last % 20, "EnterpriseName")));
                    }
                }
                quick.await(
                        "the last row", r -> (199 + name).equals(quick.value(r, "Call_Type", 6019, "EnterpriseName")));
            }
        }
    }

    // ---- what is thrown at it

    private String raw(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", node.port())) {
            socket.setSoTimeout((int) LONG.toMillis());
            try {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
                return new String(socket.getInputStream().readNBytes(12), StandardCharsets.ISO_8859_1);
            } catch (IOException broken) {
                // It did not even read to the end.
                return "";
            }
        }
    }

    /** The server does not read the body: the answer, or nothing when the connection broke before it was read. */
    private void refuses(int status, String request, String headers, String body) throws IOException {
        String start = raw(request + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + headers
                + "Content-Length: " + body.length() + "\r\n\r\n" + body);
        assertTrue(start.isEmpty() || start.endsWith(" " + status), start);
    }

    @Test
    void refusesHeadersAndAddressesWithoutEnd() throws Exception {
        String start = "GET / HTTP/1.1\r\nHost: x\r\n";
        assertFalse(raw(start + "A: " + "x".repeat(100_000) + "\r\n\r\n").contains(" 200"));
        assertFalse(raw(start + "A: x\r\n".repeat(20_000) + "\r\n").contains(" 200"));
        assertFalse(raw("GET /?" + "x".repeat(100_000) + " HTTP/1.1\r\nHost: x\r\n\r\n")
                .contains(" 200"));
        assertTrue(raw("nonsense\r\n\r\n").contains(" 400"));
        assertTrue(raw(start + "\r\n").contains(" 200"));
        String long1 = "/api/v1/tables/Call_Type?columns=" + "CallTypeID,".repeat(800);
        assertEquals("too-large", code(send(signed(long1))));
        assertEquals(
                400,
                send(signed("/api/v1/tables/Call_Type?" + "where=CallTypeID%3D1&".repeat(21)))
                        .statusCode());
    }

    @Test
    void findsNoFileButThePagesOwn() throws Exception {
        String sep = " HTTP/1.1\r\nHost: x\r\n\r\n";
        for (String path : List.of(
                "/../WEB-INF/x",
                "/..%2f..%2fetc/users.properties",
                "/%2e%2e/org/openrtd/web/internal/openapi.json",
                "/page/../../etc/users.properties",
                "//etc/passwd",
                "/.git/config",
                "/index.html%00.js",
                "/..;/x",
                "/org/openrtd/web/internal/Web.class",
                "/META-INF/MANIFEST.MF",
                "/\\..\\x")) {
            assertFalse(raw("GET " + path + sep).contains(" 200"), path);
        }
        assertEquals(200, send(to("/index.html")).statusCode());
        String etag = send(to("/")).headers().firstValue("ETag").orElseThrow();
        assertEquals(304, send(to("/").header("If-None-Match", etag)).statusCode());
    }

    @Test
    void listensBeyondLoopbackOnlyWithTlsOrWhenToldTo() {
        WebSettings plain = new WebSettings("0.0.0.0", 0, false, KeyStoreFile.NONE, "", 1, 1, 1, 1);
        String message =
                assertThrows(IllegalArgumentException.class, plain::check).getMessage();
        assertTrue(message.contains("keyStorePath") && message.contains("allowPlain"), message);
        new WebSettings("0.0.0.0", 0, true, KeyStoreFile.NONE, "", 1, 1, 1, 1).check();
        assertNotNull(assertThrows(
                IllegalArgumentException.class,
                () -> new WebSettings("0.0.0.0", 0, false, new KeyStoreFile("none.p12", ""), "", 1, 1, 1, 1).check()));
    }

    private static void goesOn(Following following) throws InterruptedException {
        long[] before = new long[1];
        following.await("what there is", r -> {
            before[0] = r.types().size();
            return true;
        });
        following.await("heartbeats go on", r -> r.types().size() > before[0] + 2);
    }

    @Test
    void dropsWhoBringsARequestTooSlowlyAndNoStream() throws Exception {
        try (Following stream = new Following("tables=Call_Type", null);
                Socket slow = new Socket("127.0.0.1", node.port())) {
            // Sooner than the server drops who brings nothing.
            slow.setSoTimeout(30_000);
            slow.getOutputStream()
                    .write(
                            "POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            // It says so once it waits for the body.
            assertTrue(new String(slow.getInputStream().readNBytes(12), StandardCharsets.US_ASCII).endsWith(" 100"));
            slow.getOutputStream().write('{');
            node.dropSlow(System.nanoTime() + 2 * WebServer.REQUEST_NANOS);
            try {
                slow.getInputStream().readAllBytes();
            } catch (java.net.SocketException reset) {
                // Dropped as well.
            }
            goesOn(stream);
        }
    }

    @Test
    void saysThatThePortIsTakenAndServesOnceItIsNot() throws Exception {
        int port;
        try (java.net.ServerSocket other =
                new java.net.ServerSocket(0, 1, java.net.InetAddress.getByName("127.0.0.1"))) {
            port = other.getLocalPort();
            WebSettings taken = new WebSettings("127.0.0.1", port, false, KeyStoreFile.NONE, "", 10, 10, 10, 1);
            String message = assertThrows(java.net.BindException.class, () -> node.serve(taken))
                    .getMessage();
            assertTrue(message.contains(":" + port), message);
            assertEquals(0, node.port());
        }
        node.serve(settings(10, 10));
        assertEquals(200, send(to("/health/live")).statusCode());
    }

    private Path keyStore(String name) throws Exception {
        Path store = directory.resolve(name);
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "web",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=ip:127.0.0.1,dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "changeit")
                .inheritIO()
                .start();
        assertEquals(0, keytool.waitFor());
        return store;
    }

    private static java.security.cert.Certificate certificate(Path store) throws Exception {
        return java.security.KeyStore.getInstance(store.toFile(), "changeit".toCharArray())
                .getCertificate("web");
    }

    private static HttpClient trusting(Path store) throws Exception {
        java.security.KeyStore trust = java.security.KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        trust.setCertificateEntry("web", certificate(store));
        var managers =
                javax.net.ssl.TrustManagerFactory.getInstance(javax.net.ssl.TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trust);
        var context = javax.net.ssl.SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return HttpClient.newBuilder().sslContext(context).connectTimeout(LONG).build();
    }

    /** With which the server shows itself to whoever connects now. */
    private java.security.cert.Certificate shown() throws Exception {
        var context = javax.net.ssl.SSLContext.getInstance("TLS");
        context.init(null, new javax.net.ssl.TrustManager[] {new TrustsAll()}, null);
        try (var socket = (javax.net.ssl.SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", node.port())) {
            socket.setSoTimeout((int) LONG.toMillis());
            socket.startHandshake();
            return socket.getSession().getPeerCertificates()[0];
        }
    }

    private static final class TrustsAll extends javax.net.ssl.X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(java.security.cert.X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(java.security.cert.X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(
                java.security.cert.X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

        @Override
        public void checkServerTrusted(
                java.security.cert.X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

        @Override
        public void checkClientTrusted(java.security.cert.X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(java.security.cert.X509Certificate[] chain, String type) {}

        @Override
        public java.security.cert.X509Certificate[] getAcceptedIssuers() {
            return new java.security.cert.X509Certificate[0];
        }
    }

    /** As if it had been written a while ago. */
    private static void written(Path file, byte[] bytes, int minutesAgo) throws IOException {
        Path next = file.resolveSibling("next");
        Files.write(next, bytes);
        Files.setLastModifiedTime(
                next, FileTime.fromMillis(System.currentTimeMillis() - TimeUnit.MINUTES.toMillis(minutesAgo)));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void servesACertificateThatWasRenewedAndNoneThatCannotBeUsed() throws Exception {
        Path store = keyStore("server.p12");
        Path renewed = keyStore("renewed.p12");
        var first = certificate(store);
        var second = certificate(renewed);
        written(store, Files.readAllBytes(store), 9);
        node.serve(new WebSettings(
                "127.0.0.1", 0, false, new KeyStoreFile(store.toString(), "changeit"), "", 10, 10, 10, 1));
        int port = node.port();
        assertEquals(first, shown());
        written(store, "no key store".getBytes(StandardCharsets.US_ASCII), 8);
        node.beat();
        assertEquals(first, shown());
        written(store, Files.readAllBytes(renewed), 7);
        node.beat();
        assertEquals(second, shown());
        Files.delete(store);
        node.beat();
        assertEquals(second, shown());
        assertEquals(port, node.port());
    }

    @Test
    void servesOverTls() throws Exception {
        Path store = keyStore("server.p12");
        node.serve(new WebSettings(
                "127.0.0.1", 0, false, new KeyStoreFile(store.toString(), "changeit"), "", 10, 10, 10, 1));
        HttpClient secure = trusting(store);
        assertEquals(
                403,
                secure.send(
                                HttpRequest.newBuilder(
                                                URI.create("https://127.0.0.1:" + node.port() + "/api/v1/tables"))
                                        .timeout(LONG)
                                        .header("Origin", "http://127.0.0.1:" + node.port())
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .statusCode());
        HttpResponse<String> in = secure.send(
                HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + node.port() + "/api/v1/session"))
                        .timeout(LONG)
                        .header("Origin", "https://127.0.0.1:" + node.port())
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"user\":\"wall\",\"password\":\"secret\"}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertEquals(200, in.statusCode(), in.body());
        String set = in.headers().firstValue("Set-Cookie").orElseThrow();
        assertTrue(set.endsWith("; Secure"), set);
        HttpRequest.Builder stream = HttpRequest.newBuilder(
                        URI.create("https://127.0.0.1:" + node.port() + "/api/v1/stream?tables=Call_Type"))
                .header("Cookie", set.substring(0, set.indexOf(';')));
        try (Following following = new Following(secure, stream)) {
            following.await("a heartbeat", r -> r.types().contains("heartbeat"));
            node.dropSlow(System.nanoTime() + 2 * WebServer.REQUEST_NANOS);
            goesOn(following);
        }
    }
}
