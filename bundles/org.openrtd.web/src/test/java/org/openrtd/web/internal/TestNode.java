package org.openrtd.web.internal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.openrtd.access.Accounts;
import org.openrtd.access.KeyStoreFile;
import org.openrtd.feed.Followers;
import org.openrtd.feed.RoleStatus;

/** A node that is asked over HTTP; its users are those of {@link #users}, by their passwords. */
final class TestNode implements AutoCloseable {

    static final Duration LONG = Duration.ofMinutes(2);

    final FakeReplica calls = new FakeReplica("calls");
    final FakeReplica agents = new FakeReplica("agents");
    final FakeReplica config = new FakeReplica("config");
    final Map<String, String> users = new ConcurrentHashMap<>(Map.of("wall", "secret"));
    final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(LONG)
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    final WebNode node;

    TestNode(Path sessions, List<RoleStatus> roles, List<Followers> followers) {
        Accounts accounts = new Accounts() {
            @Override
            public Optional<Set<String>> roles(String user, String password) {
                return password.equals(users.get(user)) ? Optional.of(Set.of(SignIn.ROLE)) : Optional.empty();
            }

            @Override
            public String version(String user) {
                return users.getOrDefault(user, "");
            }
        };
        node = new WebNode(
                accounts, Pages.ofBundle(), sessions, () -> "n1", () -> "north", () -> roles, () -> followers);
        for (FakeReplica replica : List.of(calls, agents, config)) {
            node.add(replica, "distributor");
        }
    }

    TestNode serve(String proxy, int maxStreams) throws IOException {
        node.serve(new WebSettings(
                "127.0.0.1", 0, false, KeyStoreFile.NONE, proxy, 2 * maxStreams + 100, maxStreams, maxStreams, 1));
        return this;
    }

    HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + path))
                .timeout(LONG);
    }

    static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    HttpRequest.Builder signed(String path) {
        return to(path).header("Authorization", basic("wall", "secret"));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpRequest.Builder signIn(String user, String password) {
        return to("/api/v1/session")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"user\":\"" + user + "\",\"password\":\"" + password + "\"}"));
    }

    static String cookie(HttpResponse<?> answer) {
        String set = answer.headers().firstValue("Set-Cookie").orElseThrow();
        return set.substring(0, set.indexOf(';'));
    }

    static void await(String what, java.util.function.BooleanSupplier condition) throws InterruptedException {
        long until = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < until, what);
            Thread.sleep(5);
        }
    }

    @Override
    public void close() {
        node.close();
    }
}
