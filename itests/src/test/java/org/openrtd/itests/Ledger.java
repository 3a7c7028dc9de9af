package org.openrtd.itests;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The oracle of what became of edits: it records each one when it is sent and when it is acknowledged, and knows nothing of
 * the product but that each edit sets one row's value under an id. At the end it is held against the centre's change log
 * and against the rows of every copy.
 */
final class Ledger {

    /** An edit that was sent; its value differs from that of each other one. */
    record Edit(String id, String row, String value) {}

    /** What the centre's change log says of one row in one transaction. */
    record Logged(long key, String id, String row, String before, String after) {}

    /** What a copy has of a row: its value, and the key of the transaction that changed it last. */
    record Held(String value, long key) {}

    private static final Long UNKNOWN = 0L;

    private final Map<String, Edit> sent = new LinkedHashMap<>();
    private final Map<String, Long> acknowledged = new LinkedHashMap<>();

    /** Before it is sent, however often that is. */
    synchronized void sending(Edit edit) {
        Edit before = sent.put(edit.id(), edit);
        if (before != null && !before.equals(edit)) {
            throw new AssertionError("the test gives one id to two edits: " + before + ", " + edit);
        }
    }

    /** The editor was told that it is committed. */
    synchronized void acknowledged(Edit edit, long key) {
        Long before = acknowledged.put(edit.id(), key);
        if (before != null && !before.equals(UNKNOWN) && before != key) {
            throw new AssertionError(edit + " was acknowledged under key " + before + ", and now under " + key);
        }
    }

    /** The editor was told, under no key, that it is there already. */
    synchronized void seen(Edit edit) {
        acknowledged.putIfAbsent(edit.id(), UNKNOWN);
    }

    synchronized int acknowledged() {
        return acknowledged.size();
    }

    /** What is wrong with the centre's change log: edits lost, doubled, done in part, or that nobody sent. */
    synchronized List<String> check(List<Logged> log) {
        List<String> wrong = new ArrayList<>();
        Map<String, Logged> byId = new HashMap<>();
        Map<Long, Logged> byKey = new HashMap<>();
        for (Logged entry : log) {
            Edit edit = sent.get(entry.id());
            if (edit == null || !edit.row().equals(entry.row()) || !edit.value().equals(entry.after())) {
                wrong.add("nobody sent " + entry);
            }
            Logged twice = byId.putIfAbsent(entry.id(), entry);
            if (twice != null) {
                wrong.add("applied twice: " + twice + " and " + entry);
            }
            Logged sameKey = byKey.putIfAbsent(entry.key(), entry);
            if (sameKey != null) {
                wrong.add("one key for two: " + sameKey + " and " + entry);
            }
        }
        acknowledged.forEach((id, key) -> {
            Logged entry = byId.get(id);
            if (entry == null) {
                wrong.add("lost: " + sent.get(id) + ", acknowledged under key " + key);
            } else if (!key.equals(UNKNOWN) && entry.key() != key) {
                wrong.add("acknowledged under key " + key + ": " + entry);
            }
        });
        Map<String, Logged> last = new HashMap<>();
        log.stream().sorted(Comparator.comparingLong(Logged::key)).forEach(entry -> {
            Logged before = last.put(entry.row(), entry);
            if (before != null && !Objects.equals(before.after(), entry.before())) {
                wrong.add("something is missing between " + before + " and " + entry);
            }
        });
        return wrong;
    }

    /** What is wrong with the rows of a copy, beside the log. */
    static List<String> check(String copy, List<Logged> log, Map<String, Held> rows) {
        Map<String, Held> wanted = new HashMap<>();
        log.stream()
                .sorted(Comparator.comparingLong(Logged::key))
                .forEach(entry -> wanted.put(entry.row(), new Held(entry.after(), entry.key())));
        List<String> wrong = new ArrayList<>();
        wanted.forEach((row, held) -> {
            if (!held.equals(rows.get(row))) {
                wrong.add(copy + " has " + rows.get(row) + " in row " + row + ", not " + held);
            }
        });
        return wrong;
    }
}
