package org.openrtd.web.internal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.openrtd.access.Accounts;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells users from others, and slows down those who guess. A user is held up after some failures from one address, an
 * address after some more whatever the user, and a user after many from wherever; nobody's password is looked at meanwhile.
 * Thread-safe; bounded.
 */
final class SignIn {

    private static final Logger LOG = LoggerFactory.getLogger(SignIn.class);

    static final String ROLE = "rtd-viewer";

    static final int FAILURES_OF_USER_AT_ADDRESS = 10;
    static final int FAILURES_OF_ADDRESS = 50;
    static final int FAILURES_OF_USER = 200;
    static final long WINDOW_MILLIS = 300_000;
    private static final int MOST_KEYS = 20_000;
    private static final long REMEMBERED_MILLIS = 10_000;
    private static final int MOST_REMEMBERED = 1_000;

    private static final class Failures {
        private long since;
        private int count;
    }

    private final Accounts accounts;
    private final LongSupplier millis;
    private final byte[] salt = new byte[32];
    /** One of them is held while credentials are looked at: the same ones at once are looked at once. */
    private final Object[] looking = new Object[64];

    // Guarded by this. The longest untouched first.
    private final LinkedHashMap<String, Failures> failures = new LinkedHashMap<>(64, 0.75f, true);
    /** Credentials that were right a moment ago: programs send them with each request. */
    private final LinkedHashMap<String, Long> remembered = new LinkedHashMap<>();

    private long refused;

    SignIn(Accounts accounts, LongSupplier millis) {
        this.accounts = accounts;
        this.millis = millis;
        new SecureRandom().nextBytes(salt);
        Arrays.setAll(looking, i -> new Object());
    }

    /**
     * The user's {@link Accounts#version}, of which the password is.
     *
     * @throws ApiError when that is no user, or one without the role, or one who has to wait
     */
    String check(String user, String password, String address) {
        // A name that could be two in a log, or in a key.
        if (user.isEmpty()
                || user.length() > 128
                || password.length() > 1024
                || user.chars().anyMatch(c -> c < 0x20)) {
            throw ApiError.of(401, "wrong-credentials", "Wrong user or password");
        }
        // A password that was looked at while the users changed may be the one that no longer counts.
        for (int i = 0; i < 2; i++) {
            String version = accounts.version(user);
            String digest = digest(user, password, version);
            synchronized (looking[digest.hashCode() & 63]) {
                check(user, password, address, digest);
            }
            if (version.equals(accounts.version(user))) {
                return version;
            }
        }
        throw ApiError.retry(503, "busy", "The users of this node are being changed; try again", 2);
    }

    private void check(String user, String password, String address, String digest) {
        String[] keys = {"ua " + address + " " + user, "a " + address, "u " + user};
        int[] most = {FAILURES_OF_USER_AT_ADDRESS, FAILURES_OF_ADDRESS, FAILURES_OF_USER};
        synchronized (this) {
            Long until = remembered.get(digest);
            if (until != null && until > millis.getAsLong()) {
                return;
            }
            for (int i = 0; i < keys.length; i++) {
                Failures of = failures.get(keys[i]);
                long left = of == null ? 0 : of.since + WINDOW_MILLIS - millis.getAsLong();
                if (left > 0 && of.count >= most[i]) {
                    refused++;
                    throw ApiError.retry(
                            429,
                            "too-many",
                            "Too many failures to sign in; try again in " + (left / 1000 + 1) + " s",
                            (int) (left / 1000 + 1));
                }
            }
            // Counted before the password is looked at, so that many at once are no more than one after the other.
            for (String key : keys) {
                fail(key);
            }
        }
        Optional<Set<String>> roles = accounts.roles(user, password);
        if (roles.isEmpty()) {
            synchronized (this) {
                refused++;
            }
            LOG.debug("A wrong password for a user, from {}", address);
            throw ApiError.of(401, "wrong-credentials", "Wrong user or password");
        }
        synchronized (this) {
            for (String key : keys) {
                Failures of = failures.get(key);
                if (of != null && --of.count <= 0) {
                    failures.remove(key);
                }
            }
            failures.remove(keys[0]);
            if (!roles.get().contains(ROLE)) {
                refused++;
                throw ApiError.of(
                        403,
                        "not-allowed",
                        "User " + ApiError.cut(user) + " has not the role " + ROLE
                                + ": add it to the user's line in etc/users.properties");
            }
            remembered.remove(digest);
            remembered.put(digest, millis.getAsLong() + REMEMBERED_MILLIS);
            while (remembered.size() > MOST_REMEMBERED) {
                remembered.remove(remembered.keySet().iterator().next());
            }
        }
    }

    /** See {@link Accounts#version}. */
    String version(String user) {
        return accounts.version(user);
    }

    private void fail(String key) {
        Failures of = failures.computeIfAbsent(key, k -> new Failures());
        long now = millis.getAsLong();
        if (of.count == 0 || now - of.since >= WINDOW_MILLIS) {
            of.since = now;
            of.count = 0;
        }
        of.count++;
        while (failures.size() > MOST_KEYS) {
            failures.remove(failures.keySet().iterator().next());
        }
    }

    private String digest(String user, String password, String version) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(salt);
            digest.update(user.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            // Who was right a moment ago may have been deleted since.
            digest.update(version.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            return HexFormat.of().formatHex(digest.digest(password.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    synchronized long refused() {
        return refused;
    }
}
