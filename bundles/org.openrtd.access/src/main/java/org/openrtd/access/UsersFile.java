package org.openrtd.access;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Properties;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What {@code users.properties} says of a user, to notice when it says something else. Thread-safe. */
final class UsersFile {

    private static final Logger LOG = LoggerFactory.getLogger(UsersFile.class);
    private static final String GROUP = "_g_:";
    /** Whoever writes the file is not through at once; what is read of half of it would be wrong. */
    private static final long SETTLED_MILLIS = 1_000;

    private final Path file;
    private final LongSupplier millis;

    // Guarded by this.
    private Properties users;
    private long modified;
    private long bytes;
    private boolean seen;
    private boolean missing;
    private long missingSince;
    private boolean warned;

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
        long now = millis.getAsLong();
        try {
            BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
            missing = false;
            long at = found.lastModifiedTime().toMillis();
            if (seen && at == modified && found.size() == bytes
                    || users != null && Math.abs(now - at) < SETTLED_MILLIS) {
                return;
            }
            // Before it is read: what is wrong in it is so until it is written again.
            seen = true;
            modified = at;
            bytes = found.size();
            Properties next = new Properties();
            // As the container reads it.
            try (Reader in = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
                next.load(in);
            }
            users = next;
            warned = false;
        } catch (NoSuchFileException e) {
            seen = false;
            if (!missing) {
                missing = true;
                missingSince = now;
            } else if (Math.abs(now - missingSince) >= SETTLED_MILLIS && users != null && !users.isEmpty()) {
                LOG.warn("{} is gone, and so are its users: put it back", file);
                users = new Properties();
            }
        } catch (IOException e) {
            // Someone is at it, or whoever may read it changes, which its time does not tell: next time again.
            seen = false;
            warn(e);
        } catch (IllegalArgumentException e) {
            warn(e);
        }
    }

    private void warn(Exception e) {
        if (!warned) {
            LOG.warn(
                    "{} cannot be read ({}): changes of users in it do not count until it is corrected",
                    file,
                    e.toString());
            warned = true;
        }
    }
}
