package org.openrtd.web.internal;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries {@link Web} and the streams over HTTP/1.1, within bounds. */
final class WebServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);

    private static final int THREADS = 24;
    private static final int HEADER_BYTES = 16 << 10;
    private static final int SIGN_IN_BYTES = 4 << 10;
    private static final long IDLE_MILLIS = 40_000;
    /** Time in which a connection has to bring its next request, all headers and the body included. */
    static final long REQUEST_NANOS = 60_000_000_000L;
    /** What whoever asked has to take of an answer each second, beside the same time. */
    private static final long LEAST_BYTES_A_SECOND = 16 << 10;

    /** Whoever writes a file is not through at once. */
    private static final long SETTLED_MILLIS = 1_000;

    private static final long REFUSED_NANOS = 60_000_000_000L;

    /** Of answers that those who asked have not taken yet. */
    private static final long MOST_BYTES_UNDER_WAY = 96L << 20;
    /** Answers up to this are not counted: who takes large ones slowly must not lock out everybody. */
    private static final int SMALL_BYTES = 64 << 10;

    private final AtomicLong bytesUnderWay = new AtomicLong();
    private final WebSettings settings;
    private final Set<InetAddress> proxies;
    private final Web web;
    private final Streams streams;
    private final StreamPump pump;
    private final Server server;
    private final ServerConnector connector;
    /** {@code null} without TLS. */
    private SslContextFactory.Server tls;
    /** When the key store that is served was written, and how long it is. */
    private String keysOf;
    /** The same of one that cannot be used, and when that was tried. */
    private String keysRefused;

    private long keysRefusedAt;
    /** Connections by when they have to be through with what they do; {@link Long#MAX_VALUE} when that is up to this node. */
    private final Map<Connection, Long> connections = new ConcurrentHashMap<>();

    final Map<Integer, AtomicLong> answers = new ConcurrentHashMap<>();

    WebServer(WebSettings settings, Web web, Streams streams, StreamPump pump) {
        this.settings = settings;
        this.proxies = settings.proxies();
        this.web = web;
        this.streams = streams;
        this.pump = pump;
        QueuedThreadPool threads = new QueuedThreadPool(THREADS, 4);
        threads.setName("openrtd-web");
        threads.setDaemon(true);
        this.server = new Server(threads);
        this.connector = connector();
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(settings.maxConnections(), connector));
        server.setHandler(new Door());
        server.setErrorHandler(this::error);
        server.setStopTimeout(2_000);
        server.setStopAtShutdown(false);
    }

    private ServerConnector connector() {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(HEADER_BYTES);
        http.setResponseHeaderSize(HEADER_BYTES);
        http.setUriCompliance(UriCompliance.DEFAULT);
        HttpConnectionFactory plain = new HttpConnectionFactory(http);
        ServerConnector made;
        if (!settings.keyStore().present()) {
            made = new ServerConnector(server, 1, 1, plain);
        } else {
            keysOf = keysNow();
            tls = keys();
            // Whoever calls the node by its address has no name to send.
            http.addCustomizer(new SecureRequestCustomizer(false));
            made = new ServerConnector(server, 1, 1, new SslConnectionFactory(tls, plain.getProtocol()), plain);
        }
        made.setHost(settings.host());
        made.setPort(settings.port());
        made.setIdleTimeout(IDLE_MILLIS);
        made.setAcceptQueueSize(256);
        made.setReuseAddress(true);
        made.addBean(new Connection.Listener() {
            @Override
            public void onOpened(Connection connection) {
                // With TLS there is one inside, which is the one that brings requests.
                if (!(connection instanceof SslConnection)) {
                    connections.put(connection, System.nanoTime() + REQUEST_NANOS);
                }
            }

            @Override
            public void onClosed(Connection connection) {
                connections.remove(connection);
            }
        });
        return made;
    }

    private SslContextFactory.Server keys() {
        SslContextFactory.Server keys = new SslContextFactory.Server();
        keys.setKeyStorePath(settings.keyStore().path());
        keys.setKeyStorePassword(settings.keyStore().password());
        keys.setKeyStoreType(settings.keyStore().type());
        keys.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        keys.setSniRequired(false);
        return keys;
    }

    /** Another one once somebody has written the file, and is through with it; {@code null} until then. */
    private String keysNow() {
        try {
            BasicFileAttributes file =
                    Files.readAttributes(Path.of(settings.keyStore().path()), BasicFileAttributes.class);
            long at = file.lastModifiedTime().toMillis();
            return Math.abs(System.currentTimeMillis() - at) < SETTLED_MILLIS ? null : at + " " + file.size();
        } catch (IOException e) {
            // Who puts another one in its place may take it away first.
            return null;
        }
    }

    /** Serves the certificate that its file has now, to whoever connects from now on; to be called now and then. */
    synchronized void renewKeys() {
        String now = tls == null ? null : keysNow();
        boolean refused = now != null && now.equals(keysRefused);
        // Who may read the file may change without its time, so that is looked at again now and then.
        if (now == null || now.equals(keysOf) || refused && System.nanoTime() - keysRefusedAt < REFUSED_NANOS) {
            return;
        }
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(WebServer.class.getClassLoader());
        try {
            // What cannot be used must not take the place of what can.
            SslContextFactory.Server tried = keys();
            tried.start();
            tried.stop();
            tls.reload(factory -> {});
            keysOf = now;
            keysRefused = null;
            LOG.info("{}: the certificate in {} is served from now on", settings, settings.keyStore());
        } catch (Exception e) {
            if (!refused) {
                LOG.error(
                        "{}: {} has changed and cannot be used ({}); the certificate before is served until it is"
                                + " corrected, or until this node starts again",
                        settings,
                        settings.keyStore(),
                        e.getMessage() + why(e));
            }
            keysRefused = now;
            keysRefusedAt = System.nanoTime();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /**
     * @throws BindException when the port cannot be had
     * @throws IOException when something else is missing; the message says so
     */
    void start() throws IOException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // Jetty looks for its own parts through the thread's class loader.
        thread.setContextClassLoader(WebServer.class.getClassLoader());
        try {
            // Before the rest, which would log at length what is told here.
            connector.open();
        } catch (IOException e) {
            thread.setContextClassLoader(before);
            close();
            BindException taken = new BindException(settings + " cannot be listened on: " + e.getMessage() + why(e));
            taken.initCause(e);
            throw taken;
        }
        try {
            server.start();
        } catch (Exception e) {
            close();
            throw new IOException(settings + " cannot be listened on: " + e.getMessage() + why(e), e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static String why(Exception e) {
        return e.getCause() == null || e.getCause().getMessage() == null
                ? ""
                : " (" + e.getCause().getMessage() + ")";
    }

    /** The port that is listened on. */
    int port() {
        return connector.getLocalPort();
    }

    int connected() {
        return connector.getConnectedEndPoints().size();
    }

    /**
     * Closes connections that bring a request, or take an answer, too slowly: bytes that trickle keep a connection busy, not
     * idle.
     *
     * @param now as of {@link System#nanoTime()}
     */
    void dropSlow(long now) {
        connections.forEach((connection, until) -> {
            if (until != Long.MAX_VALUE && now - until > 0) {
                connection.getEndPoint().close();
            }
        });
    }

    private static Connection connection(Request request) {
        return request.getConnectionMetaData().getConnection();
    }

    private void until(Request request, long until) {
        connections.replace(connection(request), until);
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            LOG.debug("{}", settings, e);
        }
        connector.close();
        server.destroy();
    }

    // ---- requests

    private final class Door extends Handler.Abstract {

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            Request.addCompletionListener(request, failure -> until(request, System.nanoTime() + REQUEST_NANOS));
            headers(response);
            try {
                serve(request, response, callback);
            } catch (ApiError e) {
                refuse(request, response, callback, e);
            } catch (RuntimeException e) {
                LOG.error(
                        "{} {} is not answered",
                        request.getMethod(),
                        request.getHttpURI().getPath(),
                        e);
                refuse(
                        request,
                        response,
                        callback,
                        ApiError.of(500, "failed", "The node failed to answer; its log says why"));
            }
            return true;
        }
    }

    private void serve(Request request, Response response, Callback callback) {
        if (request.getHttpURI().getPathQuery() != null
                && request.getHttpURI().getPathQuery().length() > Parameters.MOST_CHARACTERS) {
            throw ApiError.of(414, "too-large", "An address has at most " + Parameters.MOST_CHARACTERS + " characters");
        }
        AskedOverHttp asked = new AskedOverHttp(request, proxies);
        if (Web.isSignIn(asked)) {
            if (request.getLength() > SIGN_IN_BYTES) {
                throw tooLong();
            }
            Content.Source.asByteArrayAsync(request, SIGN_IN_BYTES, new Promise.Invocable<>() {
                @Override
                public void succeeded(byte[] body) {
                    until(request, Long.MAX_VALUE);
                    signIn(asked, request, response, callback, new String(body, StandardCharsets.UTF_8));
                }

                @Override
                public void failed(Throwable failure) {
                    refuse(request, response, callback, tooLong());
                }

                @Override
                public InvocationType getInvocationType() {
                    return InvocationType.BLOCKING;
                }
            });
            return;
        }
        until(request, Long.MAX_VALUE);
        Web.Answer answer = web.answer(asked);
        if (answer.stream() == null) {
            send(asked, response, callback, answer);
        } else {
            stream(asked, request, response, callback, answer);
        }
    }

    private static ApiError tooLong() {
        return ApiError.of(413, "too-large", "Credentials are shorter than that");
    }

    private void signIn(AskedOverHttp asked, Request request, Response response, Callback callback, String body) {
        try {
            send(asked, response, callback, web.signIn(asked, body));
        } catch (ApiError e) {
            refuse(request, response, callback, e);
        } catch (RuntimeException e) {
            LOG.error("A sign-in is not answered", e);
            refuse(
                    request,
                    response,
                    callback,
                    ApiError.of(500, "failed", "The node failed to answer; its log says why"));
        }
    }

    private void stream(AskedOverHttp asked, Request request, Response response, Callback callback, Web.Answer answer) {
        if (!asked.method().equals("GET")) {
            throw ApiError.of(405, "method-not-allowed", "Only GET is answered here");
        }
        Streams.Cursor cursor = streams.open(Web.streamTables(asked), asked.header("Last-Event-ID"));
        pump.admit(answer.stream().user(), settings.maxStreams(), settings.maxStreamsOfUser());
        count(200);
        response.setStatus(200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, answer.type());
        response.getHeaders().put("X-Accel-Buffering", "no");
        EndPoint endPoint = connection(request).getEndPoint();
        pump.open(cursor, answer.stream(), new StreamPump.Wire() {
            @Override
            public void send(byte[] bytes, int from, int to, boolean last, StreamPump.Done done) {
                response.write(last, ByteBuffer.wrap(bytes, from, to - from), new Callback() {
                    @Override
                    public void succeeded() {
                        done.sent();
                        if (last) {
                            callback.succeeded();
                        }
                    }

                    @Override
                    public void failed(Throwable failure) {
                        done.failed();
                        callback.failed(failure);
                    }

                    @Override
                    public InvocationType getInvocationType() {
                        return InvocationType.NON_BLOCKING;
                    }
                });
            }

            @Override
            public void abort(String reason) {
                endPoint.close(new IOException(reason));
            }
        });
    }

    private void send(AskedOverHttp asked, Response response, Callback callback, Web.Answer answer) {
        int length = answer.body().length;
        int bytes = length > SMALL_BYTES ? length : 0;
        if (bytesUnderWay.addAndGet(bytes) > MOST_BYTES_UNDER_WAY && bytes > 0) {
            bytesUnderWay.addAndGet(-bytes);
            throw Web.busy();
        }
        count(answer.status());
        response.setStatus(answer.status());
        HttpFields.Mutable headers = response.getHeaders();
        answer.headers().forEach((name, value) -> headers.put(new HttpField(name, value)));
        if (answer.type() != null) {
            headers.put(HttpHeader.CONTENT_TYPE, answer.type());
            headers.put(HttpHeader.CONTENT_LENGTH, answer.body().length);
        }
        until(asked.request, System.nanoTime() + REQUEST_NANOS + length * (1_000_000_000L / LEAST_BYTES_A_SECOND));
        boolean body = !asked.method().equals("HEAD") && answer.body().length > 0;
        response.write(
                true,
                body ? ByteBuffer.wrap(answer.body()) : ByteBuffer.allocate(0),
                Callback.from(() -> bytesUnderWay.addAndGet(-bytes), callback));
    }

    private void refuse(Request request, Response response, Callback callback, ApiError error) {
        count(error.status());
        if (response.isCommitted()) {
            callback.failed(error);
            return;
        }
        until(request, System.nanoTime() + REQUEST_NANOS);
        response.reset();
        headers(response);
        response.setStatus(error.status());
        HttpFields.Mutable headers = response.getHeaders();
        // A browser would ask for credentials in a window of its own; the page does that better.
        if (error.status() == 401 && request.getHeaders().get("Sec-Fetch-Site") == null) {
            headers.put(HttpHeader.WWW_AUTHENTICATE, "Basic realm=\"openrtd\", charset=\"UTF-8\"");
        }
        if (error.retryAfterSeconds() > 0) {
            headers.put(HttpHeader.RETRY_AFTER, Integer.toString(error.retryAfterSeconds()));
        }
        byte[] json = error.json();
        headers.put(HttpHeader.CONTENT_TYPE, "application/json");
        headers.put(HttpHeader.CONTENT_LENGTH, json.length);
        // What else a refused request brings is not read.
        if (!request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) {
            headers.put(HttpHeader.CONNECTION, "close");
        }
        boolean head = request.getMethod().equals("HEAD");
        response.write(true, head ? ByteBuffer.allocate(0) : ByteBuffer.wrap(json), callback);
    }

    /** What is no HTTP, or does not reach the door. */
    private boolean error(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        headers(response);
        count(status);
        byte[] json = ApiError.of(
                        status,
                        status == 414 || status == 431 || status == 413 ? "too-large" : "bad-request",
                        "The request is not answered")
                .json();
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, json.length);
        response.write(true, ByteBuffer.wrap(json), callback);
        return true;
    }

    private void count(int status) {
        answers.computeIfAbsent(status, s -> new AtomicLong()).incrementAndGet();
    }

    private static void headers(Response response) {
        HttpFields.Mutable headers = response.getHeaders();
        headers.put(
                "Content-Security-Policy",
                "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self';"
                        + " frame-ancestors 'none'");
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("X-Frame-Options", "DENY");
        headers.put("Referrer-Policy", "no-referrer");
        headers.put("Cross-Origin-Opener-Policy", "same-origin");
        headers.put("Cross-Origin-Resource-Policy", "same-origin");
        headers.put("Cache-Control", "no-store");
    }

    private static final class AskedOverHttp implements Web.Asked {

        private static final Pattern IPV4 = Pattern.compile(
                "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\\.(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])){3}");
        private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f]*:[0-9A-Fa-f:.]*");

        private final Request request;
        private final String path;
        private final Set<InetAddress> proxies;
        /** {@code null} where it is none of the internet's. */
        private final InetAddress peer;

        AskedOverHttp(Request request, Set<InetAddress> proxies) {
            this.request = request;
            this.path = path(request);
            this.proxies = proxies;
            this.peer = request.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress from
                    ? from.getAddress()
                    : null;
        }

        /** What proxies say, the nearest one last; each stands behind what whoever asked it said. */
        private String[] forwarded(String name) {
            return peer == null || !proxies.contains(peer)
                    ? new String[0]
                    : String.join(",", request.getHeaders().getValuesList(name)).split(",", -1);
        }

        private static String path(Request request) {
            String canonical = request.getHttpURI().getCanonicalPath();
            String decoded = request.getHttpURI().getDecodedPath();
            // No address here needs anything but letters, digits and these.
            if (canonical == null || !canonical.equals(decoded) || !canonical.matches("/[A-Za-z0-9_./{}-]*")) {
                throw ApiError.of(404, "no-such-page", "There is nothing here; /api/v1/openapi.json lists what is");
            }
            return canonical;
        }

        @Override
        public String method() {
            return request.getMethod();
        }

        @Override
        public String path() {
            return path;
        }

        @Override
        public String query() {
            return request.getHttpURI().getQuery();
        }

        @Override
        public String header(String name) {
            List<String> values = request.getHeaders().getValuesList(name);
            return values.isEmpty() ? null : values.size() == 1 ? values.get(0) : String.join(", ", values);
        }

        @Override
        public String cookie(String name) {
            for (HttpCookie cookie : Request.getCookies(request)) {
                if (cookie.getName().equals(name)) {
                    return cookie.getValue();
                }
            }
            return null;
        }

        /** As far as proxies are believed; of what is no address whoever said it. */
        @Override
        public String address() {
            InetAddress asks = peer;
            String[] said = forwarded("X-Forwarded-For");
            for (int i = said.length - 1; i >= 0 && proxies.contains(asks); i--) {
                InetAddress next = literal(said[i].strip());
                if (next == null) {
                    break;
                }
                asks = next;
            }
            return asks == null ? Request.getRemoteAddr(request) : network(asks);
        }

        /** Whoever has an address of IPv6 has all of its /64. */
        private static String network(InetAddress address) {
            byte[] bytes = address.getAddress();
            return bytes.length == 16 && !address.isLinkLocalAddress()
                    ? HexFormat.ofDelimiter(":").formatHex(bytes, 0, 8) + "::/64"
                    : address.getHostAddress();
        }

        /** An address without its port, which is another with each connection; {@code null} when it is none. */
        private static InetAddress literal(String said) {
            int colon = said.indexOf(':');
            String address = said;
            if (said.length() > 64) {
                return null;
            } else if (said.startsWith("[")) {
                address = said.substring(1, Math.max(1, said.indexOf(']')));
            } else if (colon == said.lastIndexOf(':') && colon > 0) {
                address = said.substring(0, colon);
            }
            // No name is to be asked of DNS.
            if (!IPV4.matcher(address).matches() && !IPV6.matcher(address).matches()) {
                return null;
            }
            try {
                return InetAddress.getByName(address);
            } catch (UnknownHostException e) {
                return null;
            }
        }

        @Override
        public boolean secure() {
            String[] said = forwarded("X-Forwarded-Proto");
            return request.isSecure()
                    || said.length > 0 && said[said.length - 1].strip().equalsIgnoreCase("https");
        }
    }
}
