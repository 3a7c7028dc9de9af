package org.openrtd.derby.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the JDBC client would not send, byte by byte. */
class GuestInputTest {

    private static final int REQUEST = 1;
    private static final int DATA = 3;
    private static final int ACCSEC = 0x106D;
    private static final int SECCHK = 0x106E;
    private static final int ACCRDB = 0x2001;
    private static final int SYNCCTL = 0x1055;
    private static final int SQLSTT = 0x2414;
    private static final int PRPSQLSTT = 0x200D;
    private static final int DATABASE_NAME = 0x2110;

    @Test
    void letsTheOneDatabaseAndItsStatementsThrough() throws IOException {
        passes(structure(REQUEST, object(ACCSEC, object(DATABASE_NAME, text("local")))));
        passes(join(
                structure(REQUEST, object(PRPSQLSTT, object(DATABASE_NAME, text("local             ")))),
                structure(DATA, object(SQLSTT, text("SELECT * FROM Person")))));
    }

    @ParameterizedTest
    @ValueSource(ints = {ACCSEC, SECCHK, ACCRDB})
    void refusesAnotherDatabaseOrAttributesInARequest(int command) {
        refuses(structure(REQUEST, object(command, object(DATABASE_NAME, text("local;create=true")))));
        refuses(structure(REQUEST, object(command, object(DATABASE_NAME, text("/tmp/x/local")))));
    }

    @ParameterizedTest
    @ValueSource(ints = {ACCSEC, SECCHK, ACCRDB})
    void refusesACommandThatPretendsToBeData(int command) {
        refuses(structure(DATA, object(command, object(DATABASE_NAME, text("other;create=true")))));
        // Also where chain bits are set, or the structure says that more of it follows.
        refuses(structure(0x40 | DATA, object(command, object(DATABASE_NAME, text("other;create=true")))));
        byte[] continued = structure(DATA, object(command, object(DATABASE_NAME, text("other;create=true"))));
        continued[0] |= (byte) 0x80;
        refuses(continued);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 4, 5, 15})
    void refusesWhatIsNeitherRequestNorData(int type) {
        refuses(structure(type, object(ACCRDB, object(DATABASE_NAME, text("other;create=true")))));
    }

    @Test
    void refusesDistributedTransactionsWhoseLocksOutliveAConnection() {
        refuses(structure(REQUEST, object(SYNCCTL, text("start"))));
    }

    @Test
    void refusesAStructureWithoutAnObject() {
        refuses(structure(DATA, new byte[0]));
        refuses(structure(REQUEST, new byte[3]));
    }

    private static void passes(byte[] sent) throws IOException {
        // In one piece, and octet by octet.
        assertArrayEquals(sent, input(sent).readAllBytes());
        GuestInput slowly = input(sent);
        for (byte octet : sent) {
            assertArrayEquals(new byte[] {octet}, new byte[] {(byte) slowly.read()});
        }
    }

    private static void refuses(byte[] sent) {
        assertThrows(GuestInput.Refused.class, () -> input(sent).readAllBytes());
    }

    private static GuestInput input(byte[] sent) {
        return new GuestInput(new ByteArrayInputStream(sent), "local");
    }

    private static byte[] structure(int type, byte[] objects) {
        int length = objects.length + 6;
        return join(new byte[] {(byte) (length >> 8), (byte) length, (byte) 0xD0, (byte) type, 0, 1}, objects);
    }

    private static byte[] object(int codePoint, byte[] content) {
        int length = content.length + 4;
        return join(
                new byte[] {(byte) (length >> 8), (byte) length, (byte) (codePoint >> 8), (byte) codePoint}, content);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
