package org.openrtd.configuration;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openrtd.feed.Change;
import org.openrtd.feed.Column;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;

/**
 * The bytes of a transaction's changes, in the change log as {@code Config_Message_Log.ConfigMessage} and on the line. It
 * describes its tables itself, by name, so that another schema can read it.
 */
public final class ConfigurationMessage {

    private static final int VERSION = 1;

    private ConfigurationMessage() {}

    /**
     * @throws IllegalArgumentException when a value is not of its column's type, or a text holds half a surrogate pair; the
     *     message says where
     */
    public static byte[] write(List<Change> changes) {
        Map<Table, Integer> tables = new LinkedHashMap<>();
        changes.forEach(change -> tables.putIfAbsent(change.table(), tables.size()));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeShort(tables.size());
            for (Table table : tables.keySet()) {
                out.writeUTF(table.name());
                out.writeShort(table.keyColumns());
                out.writeShort(table.columns().size());
                for (Column column : table.columns()) {
                    out.writeUTF(column.name());
                    out.writeByte(code(column.type()));
                }
            }
            out.writeInt(changes.size());
            for (Change change : changes) {
                out.writeShort(tables.get(change.table()));
                out.writeBoolean(change.row() != null);
                List<Object> values = change.row() == null
                        ? change.key()
                        : Arrays.asList(change.row().values());
                for (int i = 0; i < values.size(); i++) {
                    Column column = change.table().columns().get(i);
                    try {
                        writeValue(out, column.type(), values.get(i));
                    } catch (ClassCastException | CharacterCodingException e) {
                        throw new IllegalArgumentException(
                                change.table() + "" + change.key() + "." + column.name() + " cannot be written as "
                                        + column.type(),
                                e);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * What was written under this schema or another: columns that are not in the message are NULL, those that are gone are
     * left out, and so are changes of tables that are gone. For a log that outlives its schema.
     *
     * @throws IllegalArgumentException when it was not written by {@link #write} of this version
     */
    public static List<Change> read(byte[] message, FeedSchema schema) {
        return read(message, schema, false);
    }

    /**
     * What was written under this very schema, as far as the tables of the message go. For edits: under another schema,
     * columns that their editor does not know would be set to NULL.
     *
     * @throws IllegalArgumentException when it was not written by {@link #write} of this version, or a table is not as in
     *     the schema; the message says which
     */
    public static List<Change> readExactly(byte[] message, FeedSchema schema) {
        return read(message, schema, true);
    }

    private static List<Change> read(byte[] message, FeedSchema schema, boolean exactly) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(message))) {
            int version = in.readByte();
            if (version != VERSION) {
                throw new IllegalArgumentException(
                        "A configuration message has version " + version + ", and this program knows " + VERSION);
            }
            List<Stored> tables = new ArrayList<>();
            for (int left = in.readUnsignedShort(); left > 0; left--) {
                tables.add(Stored.read(in, schema, exactly));
            }
            int count = in.readInt();
            if (exactly && (count < 0 || count > ConfigurationTransaction.MAX_CHANGES)) {
                throw new IllegalArgumentException("A configuration message has " + count + " changes; at most "
                        + ConfigurationTransaction.MAX_CHANGES + " are allowed: split it");
            }
            List<Change> changes = new ArrayList<>();
            for (int left = count; left > 0; left--) {
                Change change = tables.get(in.readUnsignedShort()).change(in);
                if (change != null) {
                    changes.add(change);
                }
            }
            return changes;
        } catch (IOException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException(
                    "A configuration message ends too early, or names what it does not have", e);
        }
    }

    /**
     * A table as it was when the message was written.
     *
     * @param now the table of that name now, or {@code null}
     * @param places where each stored column is in the table now, or -1
     */
    private record Stored(Table now, int keyColumns, List<ColumnType> types, int[] places) {

        static Stored read(DataInputStream in, FeedSchema schema, boolean exactly) throws IOException {
            String name = in.readUTF();
            Table now = schema.tables().stream()
                    .filter(table -> table.name().equalsIgnoreCase(name))
                    .findFirst()
                    .orElse(null);
            int keyColumns = in.readUnsignedShort();
            List<ColumnType> types = new ArrayList<>();
            int[] places = new int[in.readUnsignedShort()];
            for (int i = 0; i < places.length; i++) {
                String column = in.readUTF();
                types.add(type(in.readByte()));
                boolean known = now != null
                        && now.hasColumn(column)
                        && now.columns().get(now.column(column)).type() == types.get(i);
                places[i] = known ? now.column(column) : -1;
            }
            if (exactly && !isExactly(now, keyColumns, places)) {
                throw new IllegalArgumentException("Table " + name.substring(0, Math.min(name.length(), 128))
                        + " is not as in version " + schema.version()
                        + " of the catalog, which this program has: the editor has another version");
            }
            return new Stored(now, keyColumns, types, places);
        }

        private static boolean isExactly(Table now, int keyColumns, int[] places) {
            if (now == null
                    || keyColumns != now.keyColumns()
                    || places.length != now.columns().size()) {
                return false;
            }
            for (int i = 0; i < places.length; i++) {
                if (places[i] != i) {
                    return false;
                }
            }
            return true;
        }

        Change change(DataInputStream in) throws IOException {
            boolean put = in.readBoolean();
            int stored = put ? places.length : keyColumns;
            Object[] values = new Object[now == null ? 0 : now.columns().size()];
            for (int i = 0; i < stored; i++) {
                Object value = readValue(in, types.get(i));
                if (places[i] >= 0) {
                    values[places[i]] = value;
                }
            }
            if (now == null) {
                return null;
            }
            Row row = now.row(values);
            return put ? Change.put(row) : Change.delete(now, row.key());
        }
    }

    private static void writeValue(DataOutputStream out, ColumnType type, Object value) throws IOException {
        out.writeBoolean(value != null);
        if (value == null) {
            return;
        }
        switch (type) {
            case INT -> out.writeInt((Integer) value);
            case LONG, TIMESTAMP -> out.writeLong((Long) value);
            case DOUBLE -> out.writeDouble((Double) value);
            case BOOLEAN -> out.writeBoolean((Boolean) value);
            case STRING -> writeBytes(out, utf8((String) value));
            case BYTES -> writeBytes(out, (byte[]) value);
        }
    }

    /** Half a surrogate pair is no text: it must not become a question mark on its way. */
    private static byte[] utf8(String text) throws CharacterCodingException {
        ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        byte[] exact = new byte[bytes.remaining()];
        bytes.get(exact);
        return exact;
    }

    private static Object readValue(DataInputStream in, ColumnType type) throws IOException {
        if (!in.readBoolean()) {
            return null;
        }
        return switch (type) {
            case INT -> in.readInt();
            case LONG, TIMESTAMP -> in.readLong();
            case DOUBLE -> in.readDouble();
            case BOOLEAN -> in.readBoolean();
            case STRING -> new String(readBytes(in), StandardCharsets.UTF_8);
            case BYTES -> readBytes(in);
        };
    }

    private static void writeBytes(DataOutputStream out, byte[] value) throws IOException {
        out.writeInt(value.length);
        out.write(value);
    }

    private static byte[] readBytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IndexOutOfBoundsException("A value of " + length + " bytes");
        }
        return in.readNBytes(length);
    }

    // Stored for ever: independent of the order in which the enum names its types.
    private static int code(ColumnType type) {
        return switch (type) {
            case INT -> 1;
            case LONG -> 2;
            case DOUBLE -> 3;
            case BOOLEAN -> 4;
            case TIMESTAMP -> 5;
            case STRING -> 6;
            case BYTES -> 7;
        };
    }

    private static ColumnType type(int code) {
        return switch (code) {
            case 1 -> ColumnType.INT;
            case 2 -> ColumnType.LONG;
            case 3 -> ColumnType.DOUBLE;
            case 4 -> ColumnType.BOOLEAN;
            case 5 -> ColumnType.TIMESTAMP;
            case 6 -> ColumnType.STRING;
            case 7 -> ColumnType.BYTES;
            default ->
                throw new IllegalArgumentException("A configuration message has a column of unknown type " + code);
        };
    }
}
