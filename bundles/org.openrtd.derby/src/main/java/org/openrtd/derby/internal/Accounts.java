package org.openrtd.derby.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.derby.authentication.UserAuthenticator;

/**
 * Who may use the engine: what runs in this process, by a secret that is made at each start, and the guest, in the one
 * database that guests read. Derby makes its own instance, by the class's name, so all of it is static.
 */
public final class Accounts implements UserAuthenticator {

    /** Owns the databases: the schema that Derby uses when there is no user. */
    static final String OWNER = "APP";

    private static final String SECRET = secret();

    private record Guest(String user, byte[] password, String database) {}

    private static volatile Guest guest;
    private static final AtomicLong REFUSED = new AtomicLong();

    /** For Derby. */
    public Accounts() {}

    private static String secret() {
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /** The password of whoever is inside. */
    static String own() {
        return SECRET;
    }

    static void guest(String user, String password, String database) {
        guest = new Guest(user, bytes(password), database);
    }

    static void noGuest() {
        guest = null;
    }

    /** How many times somebody came with a wrong password. */
    static long refused() {
        return REFUSED.get();
    }

    @Override
    public boolean authenticateUser(String user, String password, String database, Properties info) {
        byte[] given = bytes(password == null ? "" : password);
        if (MessageDigest.isEqual(given, bytes(SECRET))) {
            return true;
        }
        Guest known = guest;
        // Nobody's database is the engine itself: that is a shutdown.
        boolean right = known != null
                && database != null
                && known.user.equalsIgnoreCase(user)
                && MessageDigest.isEqual(given, known.password)
                && named(database, known.database);
        if (!right) {
            REFUSED.incrementAndGet();
        }
        return right;
    }

    /** Derby may know a database by its place, which then is below its home: another one of that name is elsewhere. */
    private static boolean named(String database, String name) {
        try {
            return database.equals(name)
                    || Path.of(database)
                            .toRealPath()
                            .equals(Path.of(System.getProperty("derby.system.home", "."))
                                    .resolve(name)
                                    .toRealPath());
        } catch (IOException | InvalidPathException notThere) {
            return false;
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
