package org.openrtd.itests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a client wrote of one feed, played into tables by whoever reads nothing else: not by the product's own code. */
final class RecordedHistory {

    /** Hears of each batch when all its lines have been played. */
    interface AtBatch {
        void at(Instant controllerTime, long epoch, long sequence);
    }

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, Map<List<Object>, Map<String, Object>>> tables = new TreeMap<>();
    private long epoch;
    private long sequence;

    /** The rows of a table, by the values of their keys. */
    Map<List<Object>, Map<String, Object>> table(String name) {
        return tables.getOrDefault(name, Map.of());
    }

    /** The one row of a table whose column has that value. */
    Map<String, Object> row(String table, String column, Object value) {
        for (Map<String, Object> row : table(table).values()) {
            if (value.equals(row.get(column))) {
                return row;
            }
        }
        throw new AssertionError("No row of " + table + " has " + column + " " + value);
    }

    /** Plays a file from its beginning; whatever breaks ORDERED or GAPLESS in it is an error. */
    void play(Path file, AtBatch atBatch) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isEmpty()) {
                    play(JSON.readTree(line), atBatch);
                }
            }
        }
    }

    private void play(JsonNode line, AtBatch atBatch) {
        String operation = line.get("operation").asText();
        switch (operation) {
            case "reset" -> tables.clear();
            case "insert", "update" -> {
                Map<String, Object> row = tables.computeIfAbsent(
                                line.get("table").asText(), t -> new HashMap<>())
                        .computeIfAbsent(key(line.get("key")), k -> new HashMap<>());
                line.get("key").fields().forEachRemaining(e -> row.put(e.getKey(), value(e.getValue())));
                line.get("values").fields().forEachRemaining(e -> row.put(e.getKey(), value(e.getValue())));
            }
            case "delete" ->
                tables.getOrDefault(line.get("table").asText(), Map.of()).remove(key(line.get("key")));
            case "batch", "snapshot" -> end(line, atBatch);
            case "state" -> {}
            default -> throw new AssertionError("A line of the record says " + line);
        }
    }

    private void end(JsonNode line, AtBatch atBatch) {
        long nextEpoch = line.get("epoch").asLong();
        long nextSequence = line.get("sequence").asLong();
        // A client that was started anew remembers nothing, and says so first.
        boolean beginsAnew = nextEpoch == 0 && tables.isEmpty();
        if (!beginsAnew && (nextEpoch < epoch || nextEpoch == epoch && nextSequence < sequence)) {
            throw new AssertionError("ORDERED: " + epoch + ":" + sequence + " is followed by " + line);
        }
        epoch = nextEpoch;
        sequence = nextSequence;
        if (!line.get("controllerTime").isNull()) {
            atBatch.at(Instant.parse(line.get("controllerTime").asText()), epoch, sequence);
        }
    }

    private static List<Object> key(JsonNode key) {
        List<Object> values = new ArrayList<>();
        key.forEach(value -> values.add(value(value)));
        return values;
    }

    private static Object value(JsonNode value) {
        return value.isNull()
                ? null
                : value.isIntegralNumber()
                        ? (Object) value.asLong()
                        : value.isNumber()
                                ? (Object) value.asDouble()
                                : value.isBoolean() ? value.asBoolean() : value.asText();
    }
}
