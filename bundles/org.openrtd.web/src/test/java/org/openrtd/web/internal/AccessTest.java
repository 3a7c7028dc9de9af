package org.openrtd.web.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.openrtd.web.internal.FakeReplica.row;

import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openrtd.access.KeyStoreFile;

/** Who is let in behind a proxy, and for how long. */
class AccessTest {

    @TempDir
    Path directory;

    private TestNode node;

    @BeforeEach
    void start() throws Exception {
        node = new TestNode(directory.resolve("sessions"), List.of(), List.of());
        node.calls
                .put(row("Call_Type_Real_Time", "CallTypeID", 1, "RouterCallsQNow", 3))
                .cut();
        node.serve("", 10);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private int status(String cookie) throws Exception {
        return node.send(node.to("/api/v1/tables").header("Cookie", cookie)).statusCode();
    }

    /** A browser has the page from https://127.0.0.1:PORT, and the proxy passes on what it asks for without TLS. */
    @Test
    void signsInBehindAProxyThatEndsTls() throws Exception {
        String page = "https://127.0.0.1:" + node.node.port();
        HttpResponse<String> in = node.send(node.signIn("wall", "secret").header("Origin", page));
        assertEquals(200, in.statusCode(), in.body());
        String set = in.headers().firstValue("Set-Cookie").orElseThrow();
        assertTrue(set.endsWith("; Secure"), set);
        HttpRequest.Builder out = node.to("/api/v1/session")
                .header("Cookie", TestNode.cookie(in))
                .header("Origin", page)
                .DELETE();
        assertEquals(204, node.send(out).statusCode());
        assertEquals(
                403,
                node.send(node.signIn("wall", "secret").header("Origin", "https://other.example"))
                        .statusCode());
    }

    private int guess(String address) throws Exception {
        return node.send(node.signIn("wall", "wrong").header("X-Forwarded-For", address))
                .statusCode();
    }

    @Test
    void tellsWhoAskThroughAProxyApart() throws Exception {
        node.serve("127.0.0.1, ::1", 10);
        for (int i = 0; i < SignIn.FAILURES_OF_USER_AT_ADDRESS; i++) {
            // What the guesser says himself stands before what the proxy says.
            assertEquals(401, guess("10.0.0." + i + ", 10.1.1.1"));
        }
        assertEquals(429, guess("10.1.1.1"));
        assertEquals(401, guess("10.1.1.2"));
        for (int i = 0; i < SignIn.FAILURES_OF_USER_AT_ADDRESS; i++) {
            assertEquals(401, guess((i % 2 == 0 ? "[2001:db8::1]:" : "[2001:DB8:0::1]:") + (5000 + i)));
        }
        assertEquals(429, guess("2001:db8::1"));
        for (int i = 0; i < SignIn.FAILURES_OF_USER_AT_ADDRESS; i++) {
            assertEquals(401, guess("10.1.1.3:" + (5000 + i)), "with a port");
        }
        assertEquals(429, guess("10.1.1.3"));
        for (int i = 0; i < SignIn.FAILURES_OF_USER_AT_ADDRESS; i++) {
            assertEquals(401, guess("guest" + i), "no address: the proxy's own");
        }
        assertEquals(429, guess("300.1.1.1"));
        HttpResponse<String> in = node.send(node.signIn("wall", "secret")
                .header("X-Forwarded-For", "10.1.1.2")
                .header("X-Forwarded-Proto", "https"));
        assertTrue(in.headers().firstValue("Set-Cookie").orElseThrow().endsWith("; Secure"));
    }

    @Test
    void goesBackOverSeveralProxiesAndNoFurther() throws Exception {
        node.serve("127.0.0.1, ::1, 10.5.5.5, 2001:db8::5", 10);
        for (int i = 0; i < SignIn.FAILURES_OF_USER_AT_ADDRESS; i++) {
            assertEquals(
                    401,
                    guess("6.6.6." + i + ", 10.1.1.1, "
                            + (i % 2 == 0 ? "10.5.5.5" : "[2001:db8::5]:4711, 10.5.5.5:80")));
        }
        assertEquals(429, guess("10.1.1.1"));
        assertEquals(401, guess("10.1.1.1, 10.1.1.2, 10.5.5.5"));
        for (int i = 0; i < SignIn.FAILURES_OF_USER_AT_ADDRESS; i++) {
            assertEquals(401, guess("10.1.1.2, guest" + i + ", 10.5.5.5"), "said by 10.5.5.5");
        }
        assertEquals(429, guess("10.5.5.5"));
        assertEquals(401, guess("guest"), "said by 127.0.0.1");
    }

    @Test
    void takesANetworkOfSixForOne() throws Exception {
        node.serve("127.0.0.1", 10);
        for (int i = 0; i < SignIn.FAILURES_OF_USER_AT_ADDRESS; i++) {
            assertEquals(401, guess("2001:db8:0:1:" + i + "::a"));
        }
        assertEquals(429, guess("2001:db8:0:1::1"));
        assertEquals(401, guess("2001:db8:0:2::1"));
        for (int i = 0; i <= SignIn.FAILURES_OF_USER_AT_ADDRESS; i++) {
            assertEquals(401, guess("fe80::" + (i + 1)), "a link's are not one's");
        }
    }

    @Test
    void believesNobodyElseWhatIsSaidOfOthers() throws Exception {
        node.serve("10.9.9.9", 10);
        for (int i = 0; i < SignIn.FAILURES_OF_USER_AT_ADDRESS; i++) {
            assertEquals(401, guess("10.0.0." + i));
        }
        assertEquals(429, guess("10.1.1.2"));
        HttpResponse<String> in = node.send(node.signIn("wall", "wrong").header("X-Forwarded-Proto", "https"));
        assertEquals(429, in.statusCode());
    }

    @Test
    void saysThatAProxyHasNoAddress() {
        WebSettings wrong = new WebSettings("127.0.0.1", 0, false, KeyStoreFile.NONE, "1:2", 1, 1, 1, 1);
        String message =
                assertThrows(IllegalArgumentException.class, wrong::check).getMessage();
        assertTrue(message.startsWith("proxy = 1:2 is no address"), message);
    }

    @Test
    void endsTheSessionsAndStreamsOfWhoIsNoLongerAUser() throws Exception {
        String cookie = TestNode.cookie(node.send(node.signIn("wall", "secret")));
        assertEquals(200, status(cookie));
        for (HttpRequest.Builder request : List.of(
                node.to("/api/v1/stream?tables=Call_Type_Real_Time").header("Cookie", cookie),
                node.signed("/api/v1/stream?tables=Call_Type_Real_Time"))) {
            node.users.put("wall", "secret");
            HttpResponse<InputStream> stream =
                    node.http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            assertEquals(200, stream.statusCode());
            node.users.remove("wall");
            // To its end, which comes.
            String all = new String(stream.body().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(all.endsWith("event: end\ndata: {\"reason\":\"the session has ended\"}\n\n"), all);
        }
        assertEquals(401, status(cookie));
        assertEquals(401, node.send(node.signed("/api/v1/tables")).statusCode(), "remembered a moment ago");
    }

    @Test
    void endsASessionWhenThePasswordIsAnotherEvenOverARestart() throws Exception {
        String cookie = TestNode.cookie(node.send(node.signIn("wall", "secret")));
        node.close();
        String kept = Files.readString(directory.resolve("sessions"));
        assertTrue(kept.contains("wall"), kept);
        assertFalse(kept.contains("secret") || kept.contains(cookie.substring(cookie.indexOf('=') + 1)), kept);
        try (TestNode again = new TestNode(directory.resolve("sessions"), List.of(), List.of()).serve("", 10)) {
            assertEquals(
                    200,
                    again.send(again.to("/api/v1/tables").header("Cookie", cookie))
                            .statusCode());
            again.users.put("wall", "another");
            assertEquals(
                    401,
                    again.send(again.to("/api/v1/tables").header("Cookie", cookie))
                            .statusCode());
        }
    }
}
