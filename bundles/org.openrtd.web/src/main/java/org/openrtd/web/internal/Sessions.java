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
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
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

    /** @param ended whether it has ended before it expired */
    record Session(String user, Instant expires, AtomicBoolean ended) {
        Session(String user, Instant expires) {
            this(user, expires, new AtomicBoolean());
        }
    }

    private final SecureRandom random = new SecureRandom();
    private final Path file;
    private final Supplier<Instant> clock;
    /** By the digest of the cookie; the oldest first. */
    private final Map<String, Session> sessions = new LinkedHashMap<>();

    /** @param file {@code null} to keep them in memory alone */
    Sessions(Path file, Supplier<Instant> clock) {
        this.file = file;
        this.clock = clock;
        read();
    }

    /** The value of the new session's cookie. */
    synchronized String open(String user, Duration length) {
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
            drop(own.get(0));
        }
        if (sessions.size() >= MOST) {
            drop(sessions.keySet().iterator().next());
        }
        sessions.put(digest(cookie), new Session(user, clock.get().plus(length)));
        write();
        return cookie;
    }

    synchronized Optional<Session> find(String cookie) {
        if (cookie == null || cookie.length() > 100) {
            return Optional.empty();
        }
        Session session = sessions.get(digest(cookie));
        return session == null || !session.expires().isAfter(clock.get()) ? Optional.empty() : Optional.of(session);
    }

    synchronized void end(String cookie) {
        if (cookie != null && cookie.length() <= 100 && drop(digest(cookie))) {
            write();
        }
    }

    private boolean drop(String digest) {
        Session session = sessions.remove(digest);
        if (session != null) {
            session.ended().set(true);
        }
        return session != null;
    }

    synchronized int size() {
        return sessions.size();
    }

    private void dropExpired() {
        Instant now = clock.get();
        sessions.values().removeIf(session -> !session.expires().isAfter(now));
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
                String[] parts = line.split(" ", 3);
                if (parts.length == 3 && parts[0].matches("[0-9a-f]{64}") && parts[1].matches("[0-9]{1,15}")) {
                    sessions.put(parts[0], new Session(parts[2], Instant.ofEpochSecond(Long.parseLong(parts[1]))));
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
        sessions.forEach((digest, session) ->
                lines.add(digest + " " + session.expires().getEpochSecond() + " " + session.user()));
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
