package org.openrtd.access;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Locale;

/**
 * A key store's file and what opens it.
 *
 * @param path empty where there is none
 */
public record KeyStoreFile(String path, String password) {

    public static final KeyStoreFile NONE = new KeyStoreFile("", "");

    /** As a setting has it: what stands around the path is none of it. */
    public KeyStoreFile {
        path = path.strip();
    }

    public boolean present() {
        return !path.isEmpty();
    }

    /** {@code JKS} by the end of the file's name, else {@code PKCS12}. */
    public String type() {
        return path.toLowerCase(Locale.ROOT).endsWith(".jks") ? "JKS" : "PKCS12";
    }

    /**
     * @param key the setting that names it
     * @param pid whose settings these are
     * @throws IllegalArgumentException when there is one and it cannot be opened with its password; the message says what to do
     */
    public void check(String key, String pid) {
        if (present() && !Files.isReadable(Path.of(path))) {
            throw new IllegalArgumentException(
                    key + " = " + path + " cannot be read: correct it in etc/" + pid + ".cfg");
        }
        if (present()) {
            try (InputStream in = Files.newInputStream(Path.of(path))) {
                KeyStore.getInstance(type()).load(in, password.toCharArray());
            } catch (IOException | GeneralSecurityException e) {
                throw new IllegalArgumentException(
                        key + " = " + path + " cannot be opened (" + e.getMessage() + "): correct it, or its password,"
                                + " in etc/" + pid + ".cfg",
                        e);
            }
        }
    }

    // The password stays out of logs.
    @Override
    public String toString() {
        return path;
    }
}
