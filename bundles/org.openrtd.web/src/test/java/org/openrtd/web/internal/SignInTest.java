package org.openrtd.web.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openrtd.access.Accounts;

class SignInTest {

    private long millis = 1_000_000;
    private final AtomicInteger asked = new AtomicInteger();
    private final SignIn signIn = new SignIn(
            (user, password) -> {
                asked.incrementAndGet();
                return password.equals("right") ? Optional.of(Set.of(SignIn.ROLE)) : Optional.empty();
            },
            () -> millis);

    private int status(String user, String password, String address) {
        try {
            signIn.check(user, password, address);
            return 200;
        } catch (ApiError e) {
            return e.status();
        }
    }

    @Test
    void holdsUpAUserAtAnAddressAfterSomeFailuresWhateverThePassword() {
        for (int i = 0; i < SignIn.FAILURES_OF_USER_AT_ADDRESS; i++) {
            assertEquals(401, status("ada", "wrong", "10.0.0.1"));
        }
        int before = asked.get();
        assertEquals(429, status("ada", "right", "10.0.0.1"));
        assertEquals(before, asked.get(), "the password is not looked at");
        assertEquals(200, status("ada", "right", "10.0.0.2"));
        assertEquals(200, status("eve", "right", "10.0.0.1"));
        millis += SignIn.WINDOW_MILLIS;
        assertEquals(200, status("ada", "right", "10.0.0.1"));
    }

    @Test
    void holdsUpAnAddressThatTriesManyUsers() {
        for (int i = 0; i < SignIn.FAILURES_OF_ADDRESS; i++) {
            assertEquals(401, status("user" + i, "wrong", "10.0.0.1"));
        }
        assertEquals(429, status("ada", "right", "10.0.0.1"));
        assertEquals(200, status("ada", "right", "10.0.0.2"));
    }

    @Test
    void holdsUpAUserWhomManyAddressesTry() {
        for (int i = 0; i < SignIn.FAILURES_OF_USER; i++) {
            assertEquals(401, status("ada", "wrong", "10.0.0." + i));
        }
        assertEquals(429, status("ada", "right", "10.1.0.1"));
    }

    @Test
    void doesNotCountWhatWasRight() {
        for (int i = 0; i < 1_000; i++) {
            assertEquals(200, status("ada", "right", "10.0.0.1"));
            millis += SignIn.WINDOW_MILLIS / 1_000;
        }
    }

    @Test
    void doesNotHoldUpAUserWhoSendsManyRequestsAtOnce() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        AtomicInteger right = new AtomicInteger();
        SignIn slow = new SignIn(
                (user, password) -> {
                    try {
                        open.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return Optional.of(Set.of(SignIn.ROLE));
                },
                () -> millis);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 2 * SignIn.FAILURES_OF_USER_AT_ADDRESS; i++) {
            Thread thread = new Thread(() -> {
                slow.check("ada", "right", "10.0.0.1");
                right.incrementAndGet();
            });
            thread.setUncaughtExceptionHandler((t, refused) -> {});
            thread.start();
            threads.add(thread);
        }
        WebOverHttpTest.await("all wait for the first, or are refused", () -> threads.stream()
                .noneMatch(thread -> thread.getState() == Thread.State.RUNNABLE));
        open.countDown();
        for (Thread thread : threads) {
            thread.join(60_000);
        }
        assertEquals(threads.size(), right.get());
    }

    @Test
    void remembersForAMomentWhatWasRight() {
        status("ada", "right", "10.0.0.1");
        status("ada", "right", "10.0.0.1");
        assertEquals(1, asked.get());
        millis += 20_000;
        status("ada", "right", "10.0.0.1");
        assertEquals(2, asked.get());
    }

    @TempDir
    Path directory;

    @Test
    void keepsNoCookieInItsFileAndLetsNobodyElseReadIt() throws Exception {
        Path file = directory.resolve("web/sessions");
        String cookie = new Sessions(file, Instant::now, user -> "").open("ada", "", Duration.ofHours(1));
        assertFalse(Files.readString(file).contains(cookie));
        if (Files.getFileStore(directory).supportsFileAttributeView("posix")) {
            assertEquals(2, Files.getPosixFilePermissions(file).size());
        }
        assertEquals(
                "ada",
                new Sessions(file, Instant::now, user -> "")
                        .find(cookie)
                        .orElseThrow()
                        .user());
    }

    @Test
    void endsASessionWhenItsTimeIsOver() {
        Instant[] now = {Instant.EPOCH};
        Sessions sessions = new Sessions(null, () -> now[0], user -> "");
        String cookie = sessions.open("ada", "", Duration.ofHours(1));
        assertTrue(sessions.find(cookie).isPresent());
        now[0] = now[0].plusSeconds(3_600);
        assertTrue(sessions.find(cookie).isEmpty());
    }

    @Test
    void boundsTheSessionsOfAUserAndForgetsTheOldest() {
        Sessions sessions = new Sessions(null, Instant::now, user -> "");
        String first = sessions.open("ada", "", Duration.ofHours(1));
        String others = sessions.open("eve", "", Duration.ofHours(1));
        for (int i = 0; i < Sessions.MOST_OF_ONE_USER; i++) {
            sessions.open("ada", "", Duration.ofHours(1));
        }
        assertTrue(sessions.find(first).isEmpty());
        assertTrue(sessions.find(others).isPresent());
        assertEquals(Sessions.MOST_OF_ONE_USER + 1, sessions.size());
    }

    @Test
    void doesNotTakeAPasswordThatWasChangedWhileItWasLookedAt() {
        int[] changes = {1};
        String[] password = {"old"};
        SignIn changing = new SignIn(
                new Accounts() {
                    @Override
                    public Optional<Set<String>> roles(String user, String tried) {
                        boolean right = tried.equals(password[0]);
                        if (changes[0] > 0) {
                            changes[0]--;
                            password[0] += "er";
                        }
                        return right ? Optional.of(Set.of(SignIn.ROLE)) : Optional.empty();
                    }

                    @Override
                    public String version(String user) {
                        return password[0] + changes[0];
                    }
                },
                () -> millis);
        ApiError late = assertThrows(ApiError.class, () -> changing.check("ada", "old", "10.0.0.1"));
        assertEquals(401, late.status());
        String version = changing.check("ada", "older", "10.0.0.1");
        assertEquals("older0", version, "of which the password is");
        changes[0] = 2;
        password[0] = "old";
        late = assertThrows(ApiError.class, () -> changing.check("eve", "old", "10.0.0.1"));
        assertEquals(401, late.status());
    }

    @Test
    void endsASessionForGoodOnlyOnceTheFileHasSaidSoForAWhile() {
        Instant[] now = {Instant.EPOCH};
        String[] version = {"line"};
        Sessions sessions = new Sessions(null, () -> now[0], user -> version[0]);
        String cookie = sessions.open("ada", "line", Duration.ofHours(1));
        String other = sessions.open("ada", "line", Duration.ofHours(1));
        // Half of the file has been written.
        version[0] = "";
        assertTrue(sessions.find(cookie).isEmpty());
        version[0] = "line";
        assertTrue(sessions.find(cookie).isPresent());
        version[0] = "another";
        assertTrue(sessions.find(cookie).isEmpty());
        now[0] = now[0].plus(Sessions.DOUBTED);
        assertTrue(sessions.find(other).isEmpty(), "nobody has asked before");
        assertTrue(sessions.find(cookie).isEmpty());
        version[0] = "line";
        assertTrue(sessions.find(cookie).isEmpty());
        assertTrue(sessions.find(other).isPresent());
        assertEquals(1, sessions.size());
    }

    @Test
    void isOfTheUserAsHeWasWhenHisPasswordWasLookedAt() {
        String[] version = {"new"};
        Sessions sessions = new Sessions(null, Instant::now, user -> version[0]);
        assertTrue(
                sessions.find(sessions.open("ada", "old", Duration.ofHours(1))).isEmpty());
    }

    @Test
    void doesNotTakeANameThatCouldBeTwo() {
        assertThrows(ApiError.class, () -> signIn.check("ada\nroot", "right", "10.0.0.1"));
        assertThrows(ApiError.class, () -> signIn.check("", "right", "10.0.0.1"));
    }
}
