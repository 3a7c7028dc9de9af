package org.openrtd.derby.internal;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * What a guest sends, looked at before Derby reads it. Derby opens, makes, upgrades or ends whatever database a client
 * names, some of it before it asks for the password, so only the one name gets through, without attributes; and Derby's
 * network server takes commands from anybody on the same host, so only its database protocol gets through, and of that
 * nothing of distributed transactions, whose locks would outlive their connection.
 *
 * <p>The protocol is DRDA: a stream of structures of a length, the octet D0, a type, a number, and objects; each object has a
 * length, a code point and a content, which are objects again. Code point 2110 is the name of a database.
 */
class GuestInput extends FilterInputStream {

    private static final int HEADER = 6;
    private static final int MAGIC = 0xD0;
    private static final int REQUEST = 1;
    private static final int DATA = 3;
    /** The header, then length and code point of the first object. */
    private static final int FIRST_OBJECT = HEADER + 4;

    // Derby takes the first object of a structure for a command whatever the structure's type, so data is only what a
    // statement and its parameters are sent in: TYPDEFNAM, TYPDEFOVR, EXTDTA, SQLDTA, SQLSTT, SQLATTR.
    private static final Set<Integer> DATA_OBJECTS = Set.of(0x002F, 0x0035, 0x146C, 0x2412, 0x2414, 0x2450);
    // SYNCCTL, SYNCRSY, SYNCLOG.
    private static final Set<Integer> DISTRIBUTED_TRANSACTIONS = Set.of(0x1055, 0x1069, 0x106F);
    private static final int DATABASE_NAME = 0x2110;
    private static final Charset EBCDIC = Charset.forName("IBM500");

    private final String database;
    private final byte[] structure = new byte[0x8000];
    private int read;
    private int length;
    // Of a structure that is passed on without a look: how much of it is to come, and whether more of it follows.
    private int passing;
    private boolean continued;

    GuestInput(InputStream in, String database) {
        super(in);
        this.database = database;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        int count = read(one, 0, 1);
        return count < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int count) throws IOException {
        int got = super.read(into, offset, count);
        for (int i = 0; i < got; i++) {
            take(into[offset + i]);
        }
        return got;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    private void take(byte octet) throws IOException {
        if (passing > 0) {
            passing--;
            return;
        }
        structure[read++] = octet;
        if (continued) {
            // Two octets say how long the next piece is, themselves included.
            if (read == 2) {
                int piece = number(0);
                continued = (piece & 0x8000) != 0;
                passing = (piece & 0x7FFF) - 2;
                read = 0;
                require(passing >= 0, "a structure of no length");
            }
            return;
        }
        if (read == HEADER) {
            length = number(0);
            boolean more = (length & 0x8000) != 0;
            length &= 0x7FFF;
            require((structure[2] & 0xFF) == MAGIC, "no DRDA");
            require(length >= FIRST_OBJECT, "a structure without an object");
            require(type() == REQUEST || type() == DATA, "what is neither request nor data");
            require(type() != REQUEST || !more, "a request in pieces");
        }
        if (read == FIRST_OBJECT) {
            int codePoint = number(HEADER + 2);
            if (type() == DATA) {
                require(DATA_OBJECTS.contains(codePoint), "a command as data");
                continued = (number(0) & 0x8000) != 0;
                passing = length - FIRST_OBJECT;
                read = 0;
            } else {
                require(!DISTRIBUTED_TRANSACTIONS.contains(codePoint), "a distributed transaction");
            }
        }
        if (read >= FIRST_OBJECT && read == length) {
            objects(HEADER, length, 0);
            read = 0;
        }
    }

    private void objects(int from, int to, int depth) throws IOException {
        int at = from;
        while (at < to) {
            require(to - at >= 4, "an object of no length");
            int size = number(at);
            require(size >= 4 && size <= to - at, "an object of another length than it has");
            int codePoint = number(at + 2);
            if (codePoint == DATABASE_NAME) {
                name(at + 4, size - 4);
            } else if (depth == 0) {
                objects(at + 4, at + size, 1);
            }
            at += size;
        }
    }

    private void name(int from, int count) throws IOException {
        String utf8 = new String(structure, from, count, StandardCharsets.UTF_8).trim();
        String ebcdic = new String(structure, from, count, EBCDIC).trim();
        require(utf8.equals(database) || ebcdic.equals(database), "another database, or attributes of a connection");
    }

    private int type() {
        return structure[3] & 0x0F;
    }

    private int number(int at) {
        return (structure[at] & 0xFF) << 8 | structure[at + 1] & 0xFF;
    }

    private static void require(boolean condition, String what) throws IOException {
        if (!condition) {
            throw new Refused(what);
        }
    }

    /** It is not what a guest may send. */
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1;

        Refused(String what) {
            super(what);
        }
    }
}
