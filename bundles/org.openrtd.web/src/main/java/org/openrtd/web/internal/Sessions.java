package org.openrtd.web.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is signed in with a browser. Outlives the process, so that a wallboard comes back by itself; the file holds digests
 * of the cookies, never a cookie. Bounded. Thread-safe.
 */
final class Sessions {

    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);

    static final int MOST = 5_000;
    static final int MOST_OF_ONE_USER = 200;
    static final Duration DOUBTED = Duration.ofMinutes(1);

    /** @param proof that the user is still who signed in, to whoever has the cookie */
    record Session(String user, Instant expires, String proof) {}

    private final SecureRandom random = new SecureRandom();
    private final Path file;
    private final Supplier<Instant> clock;
    private final UnaryOperator<String> version;
    /** By the digest of the cookie; the oldest first. */
    private final Map<String, Session> sessions = new LinkedHashMap<>();
    /** Those of whose users the file says something else, since when; by the same. */
    private final Map<String, Instant> doubted = new HashMap<>();

    /**
     * @param file {@code null} to keep them in memory alone
     * @param version of a user, as {@link org.openrtd.access.Accounts#version}
     */
    Sessions(Path file, Supplier<Instant> clock, UnaryOperator<String> version) {
        this.file = file;
        this.clock = clock;
        this.version = version;
        read();
    }

    /**
     * The value of the new session's cookie.
     *
     * @param signedIn the user's version that the password was of
     */
    synchronized String open(String user, String signedIn, Duration length) {
        byte[] secret = new byte[32];
        random.nextBytes(secret);
        String cookie = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        dropExpired();
        List<String> own = new ArrayList<>();
        sessions.forEach((digest, session) -> {
            if (session.user().equals(user)) {
                own.add(digest);
            }
        });
        if (own.size() >= MOST_OF_ONE_USER) {
            sessions.remove(own.get(0));
        }
        if (sessions.size() >= MOST) {
            sessions.remove(sessions.keySet().iterator().next());
        }
        sessions.put(digest(cookie), new Session(user, clock.get().plus(length), proof(cookie, signedIn)));
        write();
        return cookie;
    }

    synchronized Optional<Session> find(String cookie) {
        if (cookie == null || cookie.length() > 100) {
            return Optional.empty();
        }
        Session session = sessions.get(digest(cookie));
        if (session == null || !session.expires().isAfter(clock.get())) {
            return Optional.empty();
        }
        String digest = digest(cookie);
        if (session.proof().equals(proof(cookie, version.apply(session.user())))) {
            doubted.remove(digest);
            return Optional.of(session);
        }
        Instant since = doubted.get(digest);
        if (since == null) {
            // Whoever writes the file may not be through; what it says for longer counts for good.
            doubted.put(digest, clock.get());
            LOG.info(
                    "A session of user {} does not count: users.properties says something else of him", session.user());
        } else if (!since.plus(DOUBTED).isAfter(clock.get())) {
            end(cookie);
        }
        return Optional.empty();
    }

    /** Says nothing of the user's password to whoever reads the file, as the cookie is not in it. */
    private static String proof(String cookie, String version) {
        return digest(cookie + '\n' + version).substring(0, 32);
    }

    synchronized void end(String cookie) {
        if (cookie != null && cookie.length() <= 100 && sessions.remove(digest(cookie)) != null) {
            doubted.remove(digest(cookie));
            write();
        }
    }

    synchronized int size() {
        return sessions.size();
    }

    private void dropExpired() {
        Instant now = clock.get();
        sessions.values().removeIf(session -> !session.expires().isAfter(now));
        doubted.keySet().retainAll(sessions.keySet());
    }

    private static String digest(String cookie) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(cookie.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void read() {
        if (file == null || !Files.exists(file)) {
            return;
        }
        try {
            for (String line : Files.readAllLines(file)) {
                String[] parts = line.split(" ", 4);
                if (parts.length == 4
                        && parts[0].matches("[0-9a-f]{64}")
                        && parts[1].matches("[0-9]{1,15}")
                        && parts[2].matches("[0-9a-f]{32}")) {
                    Instant expires = Instant.ofEpochSecond(Long.parseLong(parts[1]));
                    sessions.put(parts[0], new Session(parts[3], expires, parts[2]));
                }
            }
            dropExpired();
        } catch (IOException e) {
            LOG.warn("{} cannot be read: {}; everybody has to sign in again", file, e.toString());
        }
    }

    private void write() {
        if (file == null) {
            return;
        }
        List<String> lines = new ArrayList<>();
        sessions.forEach((digest, session) -> lines.add(
                digest + " " + session.expires().getEpochSecond() + " " + session.proof() + " " + session.user()));
        try {
            Files.createDirectories(file.getParent());
            Path next = file.resolveSibling(file.getFileName() + ".next");
            Files.deleteIfExists(next);
            if (Files.getFileStore(file.getParent()).supportsFileAttributeView("posix")) {
                Files.createFile(
                        next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            Files.write(next, lines);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warn(
                    "{} cannot be written: {}; who is signed in has to do so again after a restart",
                    file,
                    e.toString());
        }
    }
}
