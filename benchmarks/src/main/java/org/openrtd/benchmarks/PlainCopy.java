package org.openrtd.benchmarks;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;

/** The full row, value after value in its natural width, with a bitmap of NULLs: what a codec has to beat. */
final class PlainCopy {

    private final Table table;
    private final ColumnType[] types;
    private final ByteBuffer buffer;

    PlainCopy(Table table, int rows) {
        this.table = table;
        this.types = table.columns().stream().map(column -> column.type()).toArray(ColumnType[]::new);
        this.buffer = ByteBuffer.allocate(rows * types.length * 32);
    }

    /** Returns how many bytes it took. */
    int write(List<Row> rows) {
        buffer.clear();
        for (Row row : rows) {
            int bitmap = buffer.position();
            buffer.position(bitmap + (types.length + 7 >>> 3));
            for (int c = 0; c < types.length; c++) {
                Object value = row.get(c);
                if (value == null) {
                    buffer.put(bitmap + (c >>> 3), (byte) (buffer.get(bitmap + (c >>> 3)) | 1 << (c & 7)));
                    continue;
                }
                switch (types[c]) {
                    case INT -> buffer.putInt((Integer) value);
                    case LONG, TIMESTAMP -> buffer.putLong((Long) value);
                    case DOUBLE -> buffer.putDouble((Double) value);
                    case BOOLEAN -> buffer.put((byte) ((Boolean) value ? 1 : 0));
                    case STRING -> put(((String) value).getBytes(StandardCharsets.UTF_8));
                    case BYTES -> put((byte[]) value);
                }
            }
        }
        return buffer.position();
    }

    /** Reads what was written last into rows. */
    long read(int rows) {
        buffer.flip();
        Row[] read = new Row[rows];
        byte[] bitmap = new byte[types.length + 7 >>> 3];
        for (int r = 0; r < rows; r++) {
            buffer.get(bitmap);
            Object[] values = new Object[types.length];
            for (int c = 0; c < types.length; c++) {
                if ((bitmap[c >>> 3] & 1 << (c & 7)) != 0) {
                    continue;
                }
                values[c] = switch (types[c]) {
                    case INT -> buffer.getInt();
                    case LONG, TIMESTAMP -> buffer.getLong();
                    case DOUBLE -> buffer.getDouble();
                    case BOOLEAN -> buffer.get() == 1;
                    case STRING -> new String(get(), StandardCharsets.UTF_8);
                    case BYTES -> get();
                };
            }
            read[r] = table.row(values);
        }
        return read.length;
    }

    private void put(byte[] bytes) {
        buffer.putShort((short) bytes.length).put(bytes);
    }

    private byte[] get() {
        byte[] bytes = new byte[buffer.getShort()];
        buffer.get(bytes);
        return bytes;
    }
}
