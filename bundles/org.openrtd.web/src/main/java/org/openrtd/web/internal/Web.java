package org.openrtd.web.internal;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.openrtd.catalog.Catalog;
import org.openrtd.catalog.ColumnInfo;
import org.openrtd.catalog.TableInfo;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;

/** What each address answers, whoever carries it. Thread-safe. */
final class Web {

    static final String COOKIE = "openrtd";
    private static final int MOST_ANSWER_BYTES = 16 << 20;
    private static final int MOST_ANSWERS_AT_ONCE = 4;
    private static final int MOST_HEADER_CHARACTERS = 500;
    private static final String JSON = "application/json";

    /** A request, as far as answers depend on it. */
    interface Asked {
        String method();

        /** Decoded, canonical. */
        String path();

        String query();

        /** {@code null} when there is none. */
        String header(String name);

        String cookie(String name);

        String address();

        boolean secure();
    }

    /**
     * An answer.
     *
     * @param stream who is to be sent a stream in place of a body, else {@code null}
     */
    record Answer(int status, String type, byte[] body, Map<String, String> headers, Viewer stream) {
        static Answer json(int status, Object value) {
            return new Answer(status, JSON, Utf8.json(value), new LinkedHashMap<>(), null);
        }

        static Answer of(String type, byte[] body) {
            return new Answer(200, type, body, new LinkedHashMap<>(), null);
        }

        Answer with(String header, String value) {
            headers.put(header, value);
            return this;
        }
    }

    /**
     * Who asks.
     *
     * @param until when that has to be proved anew
     * @param over whether that has to be proved anew before; quick
     */
    record Viewer(String user, Instant until, BooleanSupplier over) {}

    private final Map<String, Channel> channels;
    private final SiteStatus status;
    private final History history;
    private final Pages pages;
    private final SignIn signIn;
    private final Sessions sessions;
    private final Supplier<String> node;
    private final Supplier<String> site;
    private final Supplier<byte[]> metrics;
    private final int sessionHours;
    private final Semaphore answering = new Semaphore(MOST_ANSWERS_AT_ONCE);
    /** Fewer than there are threads, so that signing in, health and small answers do not wait with them. */
    private final Semaphore waiting = new Semaphore(2 * MOST_ANSWERS_AT_ONCE);

    Web(
            Map<String, Channel> channels,
            SiteStatus status,
            History history,
            Pages pages,
            SignIn signIn,
            Sessions sessions,
            Supplier<String> node,
            Supplier<String> site,
            Supplier<byte[]> metrics,
            int sessionHours) {
        this.channels = channels;
        this.status = status;
        this.history = history;
        this.pages = pages;
        this.signIn = signIn;
        this.sessions = sessions;
        this.node = node;
        this.site = site;
        this.metrics = metrics;
        this.sessionHours = sessionHours;
    }

    /** Every address but the page's files, with the methods that it takes. A test compares the document with these. */
    static final Map<String, Set<String>> ROUTES = Map.ofEntries(
            Map.entry("/api/v1/session", Set.of("GET", "POST", "DELETE")),
            Map.entry("/api/v1/tables", Set.of("GET")),
            Map.entry("/api/v1/tables/{table}", Set.of("GET")),
            Map.entry("/api/v1/tables/{table}/columns", Set.of("GET")),
            Map.entry("/api/v1/stream", Set.of("GET")),
            Map.entry("/api/v1/status", Set.of("GET")),
            Map.entry("/api/v1/history", Set.of("GET")),
            Map.entry("/api/v1/openapi.json", Set.of("GET")),
            Map.entry("/health/live", Set.of("GET")),
            Map.entry("/health/ready", Set.of("GET")),
            Map.entry("/metrics", Set.of("GET")));

    /** Whether the request brings a body that {@link #signIn} reads. */
    static boolean isSignIn(Asked asked) {
        return asked.method().equals("POST") && asked.path().equals("/api/v1/session");
    }

    /** @throws ApiError what is answered instead */
    Answer answer(Asked asked) {
        String path = asked.path();
        boolean read = asked.method().equals("GET") || asked.method().equals("HEAD");
        boolean ours = path.startsWith("/api/") || path.startsWith("/health/") || path.equals("/metrics");
        if (!ours) {
            // The page may be gone to from anywhere; it shows nothing to whom is not signed in.
            if (!read) {
                throw notAllowed("GET");
            }
            return page(asked);
        }
        refuseForeign(asked);
        if (path.equals("/health/live") && read) {
            return Answer.json(200, Map.of("live", true));
        }
        Viewer viewer = viewer(asked);
        if (path.equals("/api/v1/session") && asked.method().equals("DELETE")) {
            sessions.end(asked.cookie(COOKIE));
            return cookie(new Answer(204, null, new byte[0], new LinkedHashMap<>(), null), asked, "", 0);
        }
        if (!read) {
            throw notAllowed(path.equals("/api/v1/session") ? "GET, POST, DELETE" : "GET");
        }
        if (path.startsWith("/api/v1/tables/")) {
            return table(asked, path.substring("/api/v1/tables/".length()));
        }
        return switch (path) {
            case "/api/v1/session" -> {
                none(asked);
                yield session(viewer);
            }
            case "/api/v1/tables" -> {
                none(asked);
                yield tables();
            }
            case "/api/v1/status" -> {
                none(asked);
                yield Answer.json(200, status.all(node.get(), site.get()));
            }
            case "/api/v1/history" -> history(asked);
            case "/api/v1/stream" -> new Answer(200, "text/event-stream", null, new LinkedHashMap<>(), viewer);
            case "/api/v1/openapi.json" -> openApi(asked);
            case "/health/ready" -> {
                none(asked);
                List<String> reasons = status.notReady();
                Map<String, Object> ready = new LinkedHashMap<>();
                ready.put("ready", reasons.isEmpty());
                ready.put("reasons", reasons);
                yield Answer.json(reasons.isEmpty() ? 200 : 503, ready);
            }
            case "/metrics" -> {
                none(asked);
                yield Answer.of("text/plain; version=0.0.4; charset=utf-8", metrics.get());
            }
            default ->
                throw ApiError.of(404, "no-such-page", "There is nothing here; /api/v1/openapi.json lists what is");
        };
    }

    private static void none(Asked asked) {
        new Parameters(asked.query(), Set.of());
    }

    private static ApiError notAllowed(String methods) {
        return ApiError.of(405, "method-not-allowed", "Only " + methods + " is answered here");
    }

    private Answer page(Asked asked) {
        Pages.Page page =
                pages.find(asked.path()).orElseThrow(() -> ApiError.of(404, "no-such-page", "There is no such page"));
        if (page.etag().equals(asked.header("If-None-Match"))) {
            return new Answer(304, null, new byte[0], new LinkedHashMap<>(), null).with("ETag", page.etag());
        }
        return Answer.of(page.type(), page.bytes()).with("ETag", page.etag()).with("Cache-Control", "no-cache");
    }

    /** What a browser asks for a page of another origin is refused, whoever is signed in. */
    static void refuseForeign(Asked asked) {
        String site = asked.header("Sec-Fetch-Site");
        boolean foreign = site != null && !site.equals("same-origin") && !site.equals("none");
        String origin = asked.header("Origin");
        if (origin != null) {
            String host = asked.header("Host");
            String own = host == null ? "" : "://" + host.toLowerCase(Locale.ROOT);
            String from = origin.toLowerCase(Locale.ROOT);
            // A page that came over TLS may have come through a proxy that ends it, and reach this node without.
            foreign |= host == null || !from.equals("https" + own) && (asked.secure() || !from.equals("http" + own));
        }
        if (foreign) {
            throw ApiError.of(403, "foreign-origin", "Pages of another origin are not answered");
        }
    }

    // ---- who asks

    private Viewer viewer(Asked asked) {
        String authorization = asked.header("Authorization");
        if (authorization != null) {
            String[] credentials = basic(authorization);
            String user = credentials[0];
            String version = signIn.check(user, credentials[1], asked.address());
            Instant until = Instant.now().plus(Duration.ofHours(sessionHours));
            return new Viewer(user, until, () -> !version.equals(signIn.version(user)));
        }
        String cookie = asked.cookie(COOKIE);
        return sessions.find(cookie)
                .map(session -> new Viewer(session.user(), session.expires(), () -> sessions.find(cookie)
                        .isEmpty()))
                .orElseThrow(() -> ApiError.of(401, "not-signed-in", "Sign in first"));
    }

    private static String[] basic(String authorization) {
        try {
            if (authorization.regionMatches(true, 0, "Basic ", 0, 6)) {
                String decoded = new String(
                        Base64.getDecoder().decode(authorization.substring(6).strip()), StandardCharsets.UTF_8);
                int colon = decoded.indexOf(':');
                if (colon > 0) {
                    return new String[] {decoded.substring(0, colon), decoded.substring(colon + 1)};
                }
            }
        } catch (IllegalArgumentException notBase64) {
            // As below: what was sent is told to nobody.
        }
        throw ApiError.of(401, "wrong-credentials", "Credentials are sent as HTTP Basic");
    }

    /** @param body of a request that {@link #isSignIn} */
    Answer signIn(Asked asked, String body) {
        refuseForeign(asked);
        none(asked);
        String type = asked.header("Content-Type");
        if (type == null || !type.toLowerCase(Locale.ROOT).split(";")[0].strip().equals(JSON)) {
            throw ApiError.of(415, "bad-request", "Credentials are sent as application/json");
        }
        Object read;
        try {
            read = Json.read(body);
        } catch (IllegalArgumentException e) {
            throw ApiError.of(400, "bad-request", "Credentials are sent as {\"user\":\"…\",\"password\":\"…\"}");
        }
        if (!(read instanceof Map<?, ?> map)
                || !(map.get("user") instanceof String user)
                || !(map.get("password") instanceof String password)
                || map.size() != 2) {
            throw ApiError.of(400, "bad-request", "Credentials are sent as {\"user\":\"…\",\"password\":\"…\"}");
        }
        String version = signIn.check(user, password, asked.address());
        sessions.end(asked.cookie(COOKIE));
        Duration length = Duration.ofHours(sessionHours);
        String cookie = sessions.open(user, version, length);
        return cookie(
                session(new Viewer(user, Instant.now().plus(length), () -> false)), asked, cookie, length.toSeconds());
    }

    private static Answer session(Viewer viewer) {
        Map<String, Object> session = new LinkedHashMap<>();
        session.put("user", viewer.user());
        session.put("expires", viewer.until().truncatedTo(java.time.temporal.ChronoUnit.SECONDS));
        return Answer.json(200, session);
    }

    private static Answer cookie(Answer answer, Asked asked, String value, long seconds) {
        return answer.with(
                "Set-Cookie",
                COOKIE + "=" + value + "; Path=/; Max-Age=" + seconds + "; HttpOnly; SameSite=Strict"
                        + (secure(asked) ? "; Secure" : ""));
    }

    /** A browser that has the page over TLS says so, whoever ends it. */
    private static boolean secure(Asked asked) {
        String origin = asked.header("Origin");
        return asked.secure()
                || origin != null && origin.toLowerCase(Locale.ROOT).startsWith("https://");
    }

    // ---- tables

    private Answer tables() {
        List<Map<String, Object>> tables = new ArrayList<>();
        for (TableInfo info : Catalog.tables()) {
            View view = status.view(info.feed());
            Optional<Table> table = Labels.table(view, info.name());
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("table", info.name());
            one.put("feed", info.feed());
            one.put("description", info.description());
            one.put("rows", table.map(view == null ? t -> 0 : view::size).orElse(null));
            one.put("key", key(info));
            tables.add(one);
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("node", node.get());
        answer.put("site", site.get());
        answer.put("tables", tables);
        return Answer.json(200, answer);
    }

    private static List<String> key(TableInfo info) {
        return info.columns().subList(0, info.table().keyColumns()).stream()
                .map(ColumnInfo::name)
                .toList();
    }

    private Answer table(Asked asked, String rest) {
        boolean columns = rest.endsWith("/columns");
        boolean csv = !columns && rest.endsWith(".csv");
        String name = columns || csv ? rest.substring(0, rest.lastIndexOf(columns ? '/' : '.')) : rest;
        TableInfo info =
                Catalog.find(name).orElseThrow(() -> ApiError.noSuchTable("table", name, Catalog.nearest(name)));
        if (columns) {
            none(asked);
            return columns(info);
        }
        Parameters parameters = new Parameters(asked.query(), TableQuery.PARAMETERS);
        csv |= wantsCsv(asked.header("Accept"));
        Channel channel = channels.get(info.feed());
        // One view is read throughout: what the answer says of it is true of each of its rows.
        Channel.Standing standing = channel.standing();
        View view = status.view(info.feed());
        Table table = Labels.table(view, info.name())
                .orElseThrow(() -> ApiError.retry(
                        503,
                        "no-data-yet",
                        "The node has no rows of feed " + info.feed() + " yet: " + standing.reason(),
                        2));
        TableQuery query = new TableQuery(table, info, parameters);
        acquire();
        try {
            TableQuery.Found found = query.rows(view);
            Map<String, Object> facts = channel.facts(site.get(), status.zone(), view, standing);
            Labels labels = new Labels(status.view(Catalog.CONFIG));
            if (!csv) {
                return Answer.of(JSON, query.json(facts, found, labels, MOST_ANSWER_BYTES));
            }
            Answer answer =
                    Answer.of("text/csv; charset=utf-8; header=present", query.csv(found, labels, MOST_ANSWER_BYTES));
            answer.with("X-OpenRTD-Table", info.name());
            facts.put("matched", found.matched());
            facts.forEach((fact, value) -> answer.with(header(fact), header(value)));
            return answer;
        } finally {
            answering.release();
        }
    }

    private void acquire() {
        if (!waiting.tryAcquire()) {
            throw busy();
        }
        try {
            if (!answering.tryAcquire(2, TimeUnit.SECONDS)) {
                throw busy();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw busy();
        } finally {
            waiting.release();
        }
    }

    static ApiError busy() {
        return ApiError.retry(503, "busy", "Too much is asked at once; try again", 1);
    }

    static boolean wantsCsv(String accept) {
        if (accept == null) {
            return false;
        }
        for (String type : accept.toLowerCase(Locale.ROOT).split(",")) {
            String plain = type.split(";")[0].strip();
            if (plain.equals("text/csv")) {
                return true;
            } else if (plain.equals(JSON) || plain.equals("*/*")) {
                return false;
            }
        }
        return false;
    }

    /** {@code ageMillis} to {@code X-OpenRTD-Age-Millis}. */
    private static String header(String fact) {
        return "X-OpenRTD-" + Character.toUpperCase(fact.charAt(0))
                + fact.substring(1).replaceAll("([A-Z])", "-$1");
    }

    /** A header has no line breaks, no letters beyond ASCII, and an end. */
    static String header(Object value) {
        String text = value == null ? "" : value.toString();
        StringBuilder encoded = new StringBuilder();
        String some = text.length() > MOST_HEADER_CHARACTERS ? text.substring(0, MOST_HEADER_CHARACTERS) + "…" : text;
        for (byte b : some.getBytes(StandardCharsets.UTF_8)) {
            if (b >= 0x20 && b < 0x7f && b != '%') {
                encoded.append((char) b);
            } else {
                encoded.append("%%%02X".formatted(b & 0xff));
            }
        }
        return encoded.toString();
    }

    private static Answer columns(TableInfo info) {
        List<Map<String, Object>> columns = new ArrayList<>();
        for (int i = 0; i < info.columns().size(); i++) {
            ColumnInfo column = info.columns().get(i);
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("column", column.name());
            one.put("type", column.column().type().name().toLowerCase(Locale.ROOT));
            one.put("unit", column.unit() == null ? null : column.unit().label());
            one.put(
                    "family",
                    column.family() == null ? null : column.family().name().toLowerCase(Locale.ROOT));
            one.put("description", column.description());
            one.put("key", i < info.table().keyColumns());
            one.put("timeDriven", column.timeDriven());
            one.put("undetermined", column.undetermined());
            one.put("sensitive", column.sensitive());
            column.codes().ifPresent(codes -> one.put("codes", codes.texts()));
            columns.add(one);
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("table", info.name());
        answer.put("feed", info.feed());
        answer.put("key", key(info));
        answer.put("columns", columns);
        return Answer.json(200, answer);
    }

    // ---- history

    private Answer history(Asked asked) {
        Parameters parameters = new Parameters(asked.query(), Set.of("minutes", "callType"));
        int minutes = parameters.number("minutes", 180, 1, History.MINUTES);
        Integer callType = parameters
                .one("callType")
                .map(text -> parameters.number("callType", 0, 0, 999_999_999))
                .orElse(null);
        View calls = status.view(Catalog.CALLS);
        Channel channel = channels.get(Catalog.CALLS);
        Map<String, Object> answer = channel.facts(site.get(), status.zone(), calls, channel.standing());
        answer.put("callType", callType);
        answer.put("rows", history.rows(minutes, callType, calls, status.view(Catalog.AGENTS)));
        return Answer.json(200, answer);
    }

    private static Answer openApi(Asked asked) {
        none(asked);
        try (var in = Web.class.getResourceAsStream("openapi.json")) {
            return Answer.of(JSON, in.readAllBytes());
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The tables of a stream and where it resumes. */
    static List<String> streamTables(Asked asked) {
        return new Parameters(asked.query(), Set.of("tables")).list("tables");
    }
}
