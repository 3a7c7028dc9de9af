package org.openrtd.access;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Properties;
import java.util.function.LongSupplier;

/** What {@code users.properties} says of a user, to notice when it says something else. Thread-safe. */
final class UsersFile {

    private static final String GROUP = "_g_:";
    /** Whoever writes the file is not through at once; what is read of half of it would be wrong. */
    private static final long SETTLED_MILLIS = 1_000;

    private final Path file;
    private final LongSupplier millis;

    // Guarded by this.
    private Properties users;
    private long modified;
    private long bytes;

    /** @param millis the clock of the file system */
    UsersFile(Path file, LongSupplier millis) {
        this.file = file;
        this.millis = millis;
    }

    /** The user's line, and those of the groups that it names; empty when there is no such user. */
    synchronized String of(String user) {
        look();
        String line = users == null ? null : users.getProperty(user);
        if (line == null) {
            return "";
        }
        StringBuilder all = new StringBuilder(line);
        for (String part : line.split(",")) {
            if (part.strip().startsWith(GROUP)) {
                all.append('\n').append(users.getProperty(part.strip()));
            }
        }
        return all.toString();
    }

    /** Waits until nobody writes the file any more, for a second or so. */
    void settle() {
        try {
            long since = millis.getAsLong() - Files.getLastModifiedTime(file).toMillis();
            if (since >= 0 && since < SETTLED_MILLIS) {
                Thread.sleep(SETTLED_MILLIS - since);
            }
        } catch (IOException e) {
            // There is none.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            long at = now.lastModifiedTime().toMillis();
            if (users != null
                    && (at == modified && now.size() == bytes || Math.abs(millis.getAsLong() - at) < SETTLED_MILLIS)) {
                return;
            }
            Properties next = new Properties();
            try (Reader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
                next.load(in);
            }
            users = next;
            modified = at;
            bytes = now.size();
        } catch (IOException | IllegalArgumentException e) {
            // Someone is at it, or nothing is known here: what was known stays.
        }
    }
}
