package org.openrtd.web.internal;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads server-sent events as the document tells readers to. */
class StreamReader {

    record Event(String id, String type, Map<String, Object> data) {}

    /** By table and key. */
    final Map<String, Map<List<Object>, Map<String, Object>>> rows = new HashMap<>();

    final List<Event> events = new ArrayList<>();
    String lastEventId;
    private final StringBuilder unread = new StringBuilder();

    void read(byte[] bytes, int length) {
        read(new String(bytes, 0, length, StandardCharsets.ISO_8859_1));
    }

    /** @param latin1 each character a byte, so that a piece may end anywhere */
    void read(String latin1) {
        unread.append(latin1);
        int end;
        while ((end = unread.indexOf("\n\n")) >= 0) {
            String block =
                    new String(unread.substring(0, end).getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
            unread.delete(0, end + 2);
            event(block);
        }
    }

    /** What was half read is lost, as for a reader whose connection breaks. */
    void breaks() {
        unread.setLength(0);
    }

    @SuppressWarnings("unchecked")
    private void event(String block) {
        String id = null;
        String type = null;
        String data = null;
        for (String line : block.split("\n")) {
            if (line.startsWith("id: ")) {
                id = line.substring(4);
            } else if (line.startsWith("event: ")) {
                type = line.substring(7);
            } else if (line.startsWith("data: ")) {
                data = line.substring(6);
            }
        }
        if (data == null) {
            return;
        }
        Map<String, Object> map = (Map<String, Object>) Json.read(data);
        if (id != null) {
            lastEventId = id;
        }
        events.add(new Event(id, type, map));
        if ("snapshot".equals(type)) {
            ((Map<String, Object>) map.get("tables")).forEach((table, all) -> {
                Map<List<Object>, Map<String, Object>> now = new HashMap<>();
                for (Object row : (List<Object>) all) {
                    now.put(key(table, (Map<String, Object>) row), (Map<String, Object>) row);
                }
                rows.put(table, now);
            });
        } else if ("rows".equals(type)) {
            ((Map<String, Object>) map.get("tables")).forEach((table, changes) -> {
                Map<List<Object>, Map<String, Object>> of = rows.get(table);
                for (Object put : (List<Object>) ((Map<String, Object>) changes).get("put")) {
                    Map<String, Object> row = (Map<String, Object>) put;
                    Map<String, Object> merged = new HashMap<>(of.getOrDefault(key(table, row), Map.of()));
                    merged.putAll(row);
                    of.put(key(table, row), merged);
                }
                for (Object gone : (List<Object>) ((Map<String, Object>) changes).get("delete")) {
                    of.remove(key(table, (Map<String, Object>) gone));
                }
            });
        }
    }

    static List<Object> key(String table, Map<String, Object> row) {
        var of = FakeReplica.table(table);
        List<Object> key = new ArrayList<>();
        for (int i = 0; i < of.keyColumns(); i++) {
            key.add(row.get(of.columns().get(i).name()));
        }
        return key;
    }

    List<String> types() {
        return events.stream().map(Event::type).toList();
    }

    Event last(String type) {
        return events.stream()
                .filter(e -> e.type().equals(type))
                .reduce((a, b) -> b)
                .orElseThrow();
    }
}
