package org.openrtd.centraldb.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EpochFileTest {

    @TempDir
    Path temporary;

    private Path file() {
        return temporary.resolve("centraldb").resolve("epoch");
    }

    @Test
    void isHigherThanTheLastThanAllThatWereBegunHereAndThanTheClock() {
        assertEquals(1000, new EpochFile(file()).begin(3, 1000));
        assertEquals(1001, new EpochFile(file()).begin(3, 500), "of another process");
        assertEquals(2001, new EpochFile(file()).begin(2000, 500));
        EpochFile same = new EpochFile(file());
        assertEquals(2002, same.begin(0, 0));
        assertEquals(2003, same.begin(0, 0));
        assertEquals(5000, same.begin(0, 5000));
    }

    @Test
    void isOnDiskWhenItIsBegun() throws Exception {
        new EpochFile(file()).begin(0, 1_795_000_000_000L);
        assertEquals("1795000000000\n", Files.readString(file()));
    }

    @Test
    void isMadeAnewWhenItCannotBeRead() throws Exception {
        Files.createDirectories(file().getParent());
        for (String damaged :
                new String[] {"", "twelve", "-5", "1795000000000 1795000000001", "\u0000\u0000", "9223372036854775807"
                }) {
            Files.writeString(file(), damaged);
            assertEquals(1000, new EpochFile(file()).begin(3, 1000), damaged);
            assertEquals("1000\n", Files.readString(file()));
        }
    }

    @Test
    void tellsAFileThatWasLostFromAFirstStart() {
        EpochFile epochs = new EpochFile(file());
        assertFalse(epochs.lacks(0), "the database is new too");
        assertTrue(epochs.lacks(3));
        epochs.begin(3, 1000);
        assertFalse(epochs.lacks(3), "said once");
        assertFalse(new EpochFile(file()).lacks(3));
        assertFalse(EpochFile.NONE.lacks(3));
    }

    @Test
    void goesOnWithoutAFileWhereNoneCanBe() throws Exception {
        Files.writeString(temporary.resolve("centraldb"), "a file where the directory should be");
        EpochFile epochs = new EpochFile(file());
        assertEquals(1000, epochs.begin(3, 1000));
        assertEquals(1001, epochs.begin(3, 1000));
        assertFalse(Files.exists(file()));
    }
}
