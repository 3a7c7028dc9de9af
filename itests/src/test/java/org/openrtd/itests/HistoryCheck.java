package org.openrtd.itests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads what two replicas of one feed have recorded, as it grows, and says which promise is broken. Of the product it knows
 * only the form of the lines. One record is made at the origin, the other at the far end of all lines; wherever both have
 * been at a position, their rows have to be the same.
 */
final class HistoryCheck {

    private record Position(long epoch, long sequence) implements Comparable<Position> {
        @Override
        public int compareTo(Position other) {
            return epoch != other.epoch ? Long.compare(epoch, other.epoch) : Long.compare(sequence, other.sequence);
        }

        @Override
        public String toString() {
            return epoch + ":" + sequence;
        }
    }

    private static final Position NOWHERE = new Position(0, 0);
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Positions that only one of the two has been at yet. */
    private static final int MAX_ALONE = 20_000;

    private final boolean durable;
    private final Record[] records;
    /** What the rows come to at a position, by the record. */
    private final Map<Position, Map<Integer, Long>> seen = new LinkedHashMap<>();

    private final List<String> broken = new ArrayList<>();
    private long batches;
    private long compared;

    /** @param durable whether the feed's history outlives the processes that keep it */
    HistoryCheck(boolean durable, Path atTheOrigin, Path atTheEnd) {
        this.durable = durable;
        this.records = new Record[] {new Record(0, atTheOrigin), new Record(1, atTheEnd)};
    }

    /** Reads what has been added; a line that has not ended waits for the next time. */
    List<String> readOn() throws IOException {
        for (Record each : records) {
            each.readOn();
        }
        List<String> found = List.copyOf(broken);
        broken.clear();
        return found;
    }

    /** How many batches the far end has recorded. */
    long batches() {
        return batches;
    }

    /** At how many positions the rows of both were compared. */
    long compared() {
        return compared;
    }

    private void broken(String promise, Path file, String what) {
        broken.add(
                promise + ": " + file.getParent().getParent().getFileName() + ", " + file.getFileName() + ": " + what);
    }

    private void at(int record, Path file, Position position, long rows) {
        Map<Integer, Long> there = seen.computeIfAbsent(position, p -> new HashMap<>());
        there.put(record, rows);
        if (there.size() == 2) {
            compared++;
            if (!there.get(0).equals(there.get(1))) {
                broken("EQUAL", file, "at " + position + " the rows are not those that the origin had there");
                // Once is enough for one difference.
                there.put(0, there.get(1));
            }
        }
        Iterator<Position> oldest = seen.keySet().iterator();
        if (seen.size() > MAX_ALONE) {
            oldest.next();
            oldest.remove();
        }
    }

    private final class Record {

        private final int number;
        private final Path file;
        private final Map<String, Map<String, Map<String, Object>>> tables = new TreeMap<>();
        /** The sum of all rows' hashes: no row's order matters, and a change costs what it changes. */
        private long sum;

        private long offset;
        private Position position = NOWHERE;
        private Position changing;
        private long changes;
        private boolean resetting;
        /** What is wrong with the last snapshot, unless the next line says that its replica had just begun. */
        private String back;

        Record(int number, Path file) {
            this.number = number;
            this.file = file;
        }

        void readOn() throws IOException {
            if (!Files.exists(file)) {
                return;
            }
            byte[] added;
            try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "r")) {
                access.seek(offset);
                added = new byte[(int) Math.max(0, access.length() - offset)];
                access.readFully(added);
            }
            int begin = 0;
            for (int i = 0; i < added.length; i++) {
                if (added[i] == '\n') {
                    String line = new String(added, begin, i - begin, StandardCharsets.UTF_8);
                    if (!line.isBlank()) {
                        read(JSON.readTree(line));
                    }
                    begin = i + 1;
                }
            }
            offset += begin;
        }

        private void read(JsonNode line) {
            Position at = new Position(
                    line.get("epoch").asLong(), line.get("sequence").asLong());
            if (back != null) {
                // A replica begins, after its role was updated, with the rows of its database, and shows them as not
                // current: the last it had shown may not have been written.
                if (!line.path("from").asText().equals("CONNECTING")) {
                    broken("ORDERED", file, back);
                }
                back = null;
            }
            switch (line.get("operation").asText()) {
                case "reset" -> {
                    // Also after a process ended in the middle of a batch.
                    tables.clear();
                    sum = 0;
                    changes = 0;
                    changing = at;
                    resetting = true;
                }
                case "insert", "update", "delete" -> change(line, at);
                case "snapshot" -> {
                    ended(line, at);
                    // A process that begins without rows remembers no position.
                    if (at.compareTo(position) < 0 && !at.equals(NOWHERE)) {
                        back = position + " is followed by a snapshot at " + at;
                    }
                    there(at);
                    resetting = false;
                }
                case "batch" -> {
                    ended(line, at);
                    if (resetting) {
                        broken("WHOLE", file, "the rows of the reset before " + at + " have no end");
                        resetting = false;
                    }
                    if (at.compareTo(position) < 0) {
                        broken("ORDERED", file, position + " is followed by " + at);
                    } else if (at.equals(position) && line.get("changes").asLong() > 0) {
                        broken("ONCE", file, "the batch " + at + " takes effect again");
                    } else if (!follows(at)) {
                        broken("GAPLESS", file, position + " is followed by " + at + ", without a snapshot");
                    }
                    if (number == 1) {
                        batches++;
                    }
                    there(at);
                }
                case "state" -> {
                    if (changing != null && !resetting) {
                        broken("WHOLE", file, "the state changes within the batch " + at);
                    }
                }
                default -> throw new IllegalArgumentException(file + " has a line " + line);
            }
        }

        private boolean follows(Position at) {
            boolean next = at.sequence() == position.sequence() + 1 || at.equals(position);
            if (durable) {
                // The history goes on in a new epoch.
                return next || at.sequence() == position.sequence();
            }
            return next && at.epoch() == position.epoch();
        }

        private void there(Position at) {
            position = at;
            changing = null;
            changes = 0;
            if (!at.equals(NOWHERE)) {
                HistoryCheck.this.at(number, file, at, sum);
            }
        }

        /** Whether the batch is what it says of itself. */
        private void ended(JsonNode line, Position at) {
            long stated = line.get("changes").asLong();
            if (stated != changes || changing != null && !changing.equals(at)) {
                broken("WHOLE", file, "the batch " + at + " has " + changes + " changes, not " + stated);
            }
        }

        private void change(JsonNode line, Position at) {
            if (changing == null) {
                changing = at;
            } else if (!changing.equals(at)) {
                broken("WHOLE", file, "the batch " + changing + " has no end before " + at);
                changing = at;
                changes = 0;
            }
            changes++;
            String name = line.get("table").asText();
            Map<String, Map<String, Object>> table = tables.computeIfAbsent(name, t -> new HashMap<>());
            String key = line.get("key").toString();
            Map<String, Object> row = table.get(key);
            String operation = line.get("operation").asText();
            if (row == null != operation.equals("insert")) {
                broken(
                        "ONCE",
                        file,
                        operation + " of " + name + " " + key + " at " + at + ", which is "
                                + (row == null ? "not there" : "there already"));
            }
            sum -= hash(name, key, row);
            if (operation.equals("delete")) {
                table.remove(key);
                return;
            }
            Map<String, Object> changed = row == null ? new TreeMap<>() : row;
            line.get("values").fields().forEachRemaining(e -> changed.put(e.getKey(), e.getValue()));
            table.put(key, changed);
            sum += hash(name, key, changed);
        }

        private static long hash(String table, String key, Map<String, Object> row) {
            if (row == null) {
                return 0;
            }
            long hash = 1125899906842597L;
            String text = table + key + row;
            for (int i = 0; i < text.length(); i++) {
                hash = 31 * hash + text.charAt(i);
            }
            hash = (hash ^ hash >>> 30) * 0xbf58476d1ce4e5b9L;
            hash = (hash ^ hash >>> 27) * 0x94d049bb133111ebL;
            return hash ^ hash >>> 31;
        }
    }
}
