package org.openrtd.centraldb.internal;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.openrtd.configuration.ConfigurationValues;
import org.openrtd.feed.Change;
import org.openrtd.feed.Column;
import org.openrtd.feed.Table;

/**
 * What a transaction does, so that it can be told from another one under the same id: its tables, keys, operations and values
 * in their order. Not what the store sets, and not what a change was based on: of a committed transaction that is the same as
 * it was of the one that was sent. Columns without a value do not count, so that a column that is added to the catalog makes
 * none another.
 */
final class TransactionContent {

    private TransactionContent() {}

    /** The SHA-256 of what these changes do, in hexadecimal; of any changes, also of such as make no sense. */
    static String of(List<Change> changes) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
        try (DataOutputStream out =
                new DataOutputStream(new DigestOutputStream(OutputStream.nullOutputStream(), digest))) {
            for (int i = 0; i < changes.size(); i++) {
                Change change = changes.get(i);
                boolean isBase = i + 1 < changes.size() && ConfigurationCheck.isDeleteOf(changes.get(i + 1), change);
                if (!isBase) {
                    write(out, change);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void write(DataOutputStream out, Change change) throws IOException {
        Table table = change.table();
        boolean isPut = change.row() != null;
        text(out, table.name());
        out.writeBoolean(isPut);
        List<Object> values = isPut ? Arrays.asList(change.row().values()) : change.key();
        for (int i = 0; i < values.size() && i < table.columns().size(); i++) {
            Column column = table.columns().get(i);
            boolean counts = i != ConfigurationRules.of(table).changeStamp()
                    && !ConfigurationValues.isSetByTheStore(table, column);
            if (counts && values.get(i) != null) {
                text(out, column.name());
                value(out, values.get(i));
            }
        }
        // No column has this name: the end of the row.
        text(out, "");
    }

    private static void value(DataOutputStream out, Object value) throws IOException {
        text(out, value.getClass().getSimpleName());
        if (value instanceof byte[] bytes) {
            out.writeInt(bytes.length);
            out.write(bytes);
        } else {
            text(out, value.toString());
        }
    }

    /** As it is, also where it is none that UTF-8 has bytes for. */
    private static void text(DataOutputStream out, String text) throws IOException {
        out.writeInt(text.length());
        out.writeChars(text);
    }
}
