package org.openrtd.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class ListeningTest {

    private static String refused(Executable what) {
        return assertThrows(IllegalArgumentException.class, what).getMessage();
    }

    @Test
    void isReachableFromOtherHostsOnlyWithTlsOrWhenThatIsAllowed() {
        KeyStoreFile store = new KeyStoreFile("any.p12", "x");
        Listening.check("127.0.0.1", KeyStoreFile.NONE, false, "p");
        Listening.check("::1", KeyStoreFile.NONE, false, "p");
        Listening.check("0.0.0.0", KeyStoreFile.NONE, true, "p");
        Listening.check("0.0.0.0", store, false, "p");
        assertEquals(
                "host = 0.0.0.0 is reachable from other hosts: set keyStorePath and keyStorePassword for TLS, or"
                        + " allowPlain = true where the network is trusted, in etc/p.cfg",
                refused(() -> Listening.check("0.0.0.0", KeyStoreFile.NONE, false, "p")));
        assertEquals(
                "host = 1:2 is no address of this machine: correct it in etc/p.cfg",
                refused(() -> Listening.check("1:2", store, true, "p")));
    }

    @Test
    void opensAKeyStoreOnlyWithItsPassword(@TempDir Path directory) throws Exception {
        Path path = directory.resolve("x.p12");
        KeyStore made = KeyStore.getInstance("PKCS12");
        made.load(null, null);
        try (OutputStream out = Files.newOutputStream(path)) {
            made.store(out, "right".toCharArray());
        }
        new KeyStoreFile(path.toString(), "right").check("keyStorePath", "p");
        for (KeyStoreFile wrong :
                List.of(new KeyStoreFile(path.toString(), "guess"), new KeyStoreFile(directory.toString(), "right"))) {
            String message = refused(() -> wrong.check("keyStorePath", "p"));
            assertTrue(message.startsWith("keyStorePath = " + wrong.path() + " cannot be opened ("), message);
            assertTrue(message.endsWith("): correct it, or its password, in etc/p.cfg"), message);
            assertFalse(message.contains("guess"), message);
        }
    }

    @Test
    void namesAKeyStoreThatCannotBeReadAndNoPassword() {
        KeyStoreFile.NONE.check("keyStorePath", "p");
        KeyStoreFile store = new KeyStoreFile(" /nowhere/x.JKS ", "secret");
        assertEquals(
                "keyStorePath = /nowhere/x.JKS cannot be read: correct it in etc/p.cfg",
                refused(() -> store.check("keyStorePath", "p")));
        assertEquals("JKS", store.type());
        assertEquals("PKCS12", new KeyStoreFile("x.p12", "").type());
        assertTrue(store.present());
        assertFalse(new KeyStoreFile(" ", "").present());
        assertFalse(store.toString().contains("secret"));
    }
}
