package org.openrtd.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsersFileTest {

    @TempDir
    Path directory;

    private long now = 1_000_000_000_000L;
    private UsersFile users;

    private void write(String text) throws IOException {
        Path file = directory.resolve("users.properties");
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, FileTime.fromMillis(now));
        if (users == null) {
            users = new UsersFile(file, () -> now);
        }
    }

    private void rewrite(String text) throws IOException {
        now += 10_000;
        write(text);
        now += 10_000;
    }

    @Test
    void isAnotherWhenTheUserOrHisGroupIsAnother() throws Exception {
        write("ada = secret,_g_:viewers\nbob = x,rtd-viewer\n_g_\\:viewers = group,rtd-viewer\n");
        String ada = users.of("ada");
        String bob = users.of("bob");
        assertNotEquals(ada, bob);
        assertEquals("", users.of("eve"));
        rewrite("# edited\nbob = x,rtd-viewer\nada = secret,_g_:viewers\n_g_\\:viewers = group,rtd-viewer\n");
        assertEquals(ada, users.of("ada"));
        rewrite("ada = secret,_g_:viewers\nbob = y,rtd-viewer\n_g_\\:viewers = group\n");
        assertNotEquals(ada, users.of("ada"), "the group's roles");
        assertNotEquals(bob, users.of("bob"), "the password");
        rewrite("ada = secret,_g_:viewers\n_g_\\:viewers = group,rtd-viewer\n");
        assertEquals(ada, users.of("ada"));
        assertEquals("", users.of("bob"), "deleted");
    }

    @Test
    void doesNotTakeAFileThatIsBeingWrittenForOneWithoutTheUser() throws Exception {
        write("ada = secret\n");
        String ada = users.of("ada");
        now += 10_000;
        write("");
        assertEquals(ada, users.of("ada"));
        now += 10_000;
        assertEquals("", users.of("ada"));
    }

    @Test
    void isReadAsTheContainerReadsIt() throws Exception {
        Path file = directory.resolve("users.properties");
        write("ada = secret\n");
        assertEquals("secret", users.of("ada"));
        now += 10_000;
        Files.writeString(file, "# M\u00fcller\nm\u00fcller = x\n", StandardCharsets.ISO_8859_1);
        Files.setLastModifiedTime(file, FileTime.fromMillis(now));
        now += 10_000;
        assertEquals("", users.of("ada"), "deleted");
        assertEquals("x", users.of("m\u00fcller"));
    }

    @Test
    void keepsWhatWasKnownOfAFileThatIsWrongUntilItIsCorrected() throws Exception {
        write("ada = secret\n");
        assertEquals("secret", users.of("ada"));
        rewrite("ada = \\u00zz\n");
        assertEquals("secret", users.of("ada"));
        assertEquals("secret", users.of("ada"));
        rewrite("ada = other\n");
        assertEquals("other", users.of("ada"));
    }

    @Test
    void hasNoUsersWhenTheFileStaysMissing() throws Exception {
        write("ada = secret\n");
        assertEquals("secret", users.of("ada"));
        now += 10_000;
        Files.delete(directory.resolve("users.properties"));
        assertEquals("secret", users.of("ada"), "it may be being replaced");
        now += 10_000;
        assertEquals("", users.of("ada"));
        rewrite("ada = secret\n");
        assertEquals("secret", users.of("ada"));
    }

    @Test
    void saysTheSameAlwaysWithoutAFile() {
        assertEquals("", new UsersFile(directory.resolve("none"), () -> now).of("ada"));
    }
}
