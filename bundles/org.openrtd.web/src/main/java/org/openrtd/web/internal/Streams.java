package org.openrtd.web.internal;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.openrtd.catalog.Catalog;
import org.openrtd.catalog.TableInfo;
import org.openrtd.feed.RowChange;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;

/**
 * What the readers of streams are sent. A reader is nothing but a cursor: the view of each feed that it was sent last. What
 * it is sent next leads from there to what is now, however far that is; so nothing waits for a slow reader, one that resumes
 * is one that was slow, and all that are at the same place are sent the same bytes, made once.
 *
 * <p>Thread-safe.
 */
final class Streams {

    /** Encoded chunks that are kept for the next reader at the same place; they are void at the next tick. */
    private static final int MOST_CHUNKS = 64;

    private static final long MOST_CHUNK_BYTES = 32L << 20;
    /** How old a snapshot may be that one more reader begins with; it is led on to now at once. */
    private static final long SNAPSHOT_MILLIS = 2_000;

    static final int MOST_SNAPSHOTS = 8;
    private static final long MOST_SNAPSHOT_BYTES = 32L << 20;

    /** What makes a cursor's mark one of this run: numbers begin anew with each. */
    private final String run;

    private final SortedMap<String, Channel> channels;
    private final Supplier<String> site;
    private final Supplier<List<Map<String, Object>>> broken;

    // Guarded by this.
    private final Map<String, byte[]> chunks = new HashMap<>();
    private long chunkBytes;
    private final Map<String, Snapshot> snapshots = new HashMap<>();
    private long heartbeat;
    private long standingsAtBeat;
    private Instant heartbeatAt = Instant.EPOCH;
    private List<Map<String, Object>> heartbeatBroken = List.of();
    private long millis;
    private long version;
    private long chunksMade;

    private record Snapshot(Channel.Moment moment, byte[] rows, long millis) {}

    /** A reader's place. Not thread-safe; nothing but {@link Streams} looks into it. */
    static final class Cursor {
        private final SortedMap<String, List<String>> tables;
        private final String key;
        private final Map<String, Channel.Moment> at = new LinkedHashMap<>();
        private final Map<String, Long> standings = new HashMap<>();
        private long heartbeat;
        private long version = -1;

        private Cursor(SortedMap<String, List<String>> tables) {
            this.tables = tables;
            this.key = tables.toString();
        }
    }

    Streams(
            String run,
            SortedMap<String, Channel> channels,
            Supplier<String> site,
            Supplier<List<Map<String, Object>>> broken) {
        this.run = run;
        this.channels = channels;
        this.site = site;
        this.broken = broken;
    }

    /** Takes what is now from all feeds. Whether there is anything to send. */
    synchronized boolean tick(long now, boolean beat) {
        millis = now;
        boolean news = false;
        long standings = 0;
        for (Channel channel : channels.values()) {
            news |= channel.advance(now);
            standings += channel.standingNumber();
        }
        // What broke is said with the state that it brought about.
        if (beat || standings != standingsAtBeat) {
            standingsAtBeat = standings;
            heartbeat++;
            heartbeatAt = Instant.now().truncatedTo(ChronoUnit.MILLIS);
            heartbeatBroken = broken.get();
            news = true;
        }
        if (news) {
            chunks.clear();
            chunkBytes = 0;
            version++;
        }
        snapshots.values().removeIf(snapshot -> now - snapshot.millis() > SNAPSHOT_MILLIS);
        return news;
    }

    /**
     * Starts a stream.
     *
     * @param lastEventId what the reader was sent last, in its own words; may be {@code null}
     * @throws ApiError when a table is none
     */
    synchronized Cursor open(List<String> tables, String lastEventId) {
        if (tables.isEmpty()) {
            throw ApiError.badRequest("tables", "Parameter tables names the tables to follow, separated by commas");
        }
        if (tables.size() > 64) {
            throw ApiError.badRequest("tables", "A stream has at most 64 tables");
        }
        SortedMap<String, List<String>> byFeed = new TreeMap<>();
        for (String name : tables) {
            TableInfo table =
                    Catalog.find(name).orElseThrow(() -> ApiError.noSuchTable("tables", name, Catalog.nearest(name)));
            List<String> of = byFeed.computeIfAbsent(table.feed(), feed -> new ArrayList<>());
            if (!of.contains(table.name())) {
                of.add(table.name());
            }
        }
        byFeed.values().forEach(of -> of.sort(null));
        Cursor cursor = new Cursor(byFeed);
        if (lastEventId != null) {
            resume(cursor, lastEventId);
        }
        cursor.heartbeat = heartbeat;
        return cursor;
    }

    private String mark(Cursor cursor) {
        StringBuilder mark = new StringBuilder(run).append('-').append(Integer.toHexString(cursor.key.hashCode()));
        cursor.at.forEach((feed, moment) -> mark.append(';')
                .append(feed)
                .append('=')
                .append(moment.view().position())
                .append('@')
                .append(moment.number()));
        return mark.toString();
    }

    /** Where a place is not known any more the feed begins with a snapshot. */
    private void resume(Cursor cursor, String mark) {
        String[] parts = mark.length() > 512 ? new String[0] : mark.split(";", 10);
        if (parts.length < 2 || !parts[0].equals(run + "-" + Integer.toHexString(cursor.key.hashCode()))) {
            return;
        }
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            int at = parts[i].indexOf('@');
            if (equals < 0 || at < equals || !parts[i].substring(at + 1).matches("[0-9]{1,18}")) {
                continue;
            }
            String feed = parts[i].substring(0, equals);
            Channel channel = cursor.tables.containsKey(feed) ? channels.get(feed) : null;
            Channel.Moment moment = channel == null ? null : channel.find(Long.parseLong(parts[i].substring(at + 1)));
            if (moment != null && moment.view().position().toString().equals(parts[i].substring(equals + 1, at))) {
                cursor.at.put(feed, moment);
            }
        }
    }

    /** Whether there are rows that the reader can only be led to by all of them. */
    synchronized boolean needsSnapshot(Cursor cursor) {
        for (String feed : cursor.tables.keySet()) {
            if (!cursor.at.containsKey(feed) && channels.get(feed).now() != null) {
                return true;
            }
        }
        return false;
    }

    /** What the reader is to be sent now, and its cursor is there; {@code null} when it has all. */
    synchronized byte[] next(Cursor cursor) {
        if (cursor.version == version) {
            return null;
        }
        StringBuilder key = new StringBuilder(cursor.key).append(cursor.heartbeat);
        for (String feed : cursor.tables.keySet()) {
            Channel.Moment at = cursor.at.get(feed);
            key.append(';')
                    .append(at == null ? -1 : at.number())
                    .append(',')
                    .append(cursor.standings.getOrDefault(feed, -1L));
        }
        byte[] chunk = chunks.get(key.toString());
        if (chunk == null) {
            chunk = encode(cursor);
            chunksMade++;
            if (chunks.size() < MOST_CHUNKS && chunkBytes + chunk.length <= MOST_CHUNK_BYTES) {
                chunks.put(key.toString(), chunk);
                chunkBytes += chunk.length;
            }
        } else {
            for (String feed : cursor.tables.keySet()) {
                Channel channel = channels.get(feed);
                if (channel.now() != null) {
                    cursor.at.put(feed, channel.now());
                }
                cursor.standings.put(feed, channel.standingNumber());
            }
            cursor.heartbeat = heartbeat;
        }
        cursor.version = version;
        return chunk.length == 0 ? null : chunk;
    }

    private byte[] encode(Cursor cursor) {
        Utf8 out = new Utf8();
        for (String feed : cursor.tables.keySet()) {
            Channel channel = channels.get(feed);
            Channel.Moment now = channel.now();
            Channel.Moment at = cursor.at.get(feed);
            if (now != null && (at == null || !comparable(at.view(), now.view(), cursor.tables.get(feed)))) {
                at = snapshot(cursor, channel, now, out);
            }
            if (now != null && at.number() != now.number()) {
                rows(cursor, channel, at, now, out);
            }
            long standing = channel.standingNumber();
            if (cursor.standings.getOrDefault(feed, -1L) != standing) {
                cursor.standings.put(feed, standing);
                View view = now == null ? null : now.view();
                begin(cursor, "state", out).value(channel.facts(site.get(), zone(), view, channel.lastStanding()));
                end(out);
            }
        }
        if (cursor.heartbeat != heartbeat) {
            cursor.heartbeat = heartbeat;
            beat(cursor, out);
        }
        return out.toBytes();
    }

    private static boolean comparable(View before, View after, List<String> tables) {
        for (String name : tables) {
            if (!table(before, name).equals(table(after, name))) {
                return false;
            }
        }
        return true;
    }

    private static Optional<Table> table(View view, String name) {
        return view.schema().tables().stream()
                .filter(table -> table.name().equalsIgnoreCase(name))
                .findFirst();
    }

    private Utf8 begin(Cursor cursor, String event, Utf8 out) {
        return out.add("id: ").add(mark(cursor)).add("\nevent: ").add(event).add("\ndata: ");
    }

    private static void end(Utf8 out) {
        out.add("\n\n");
    }

    /** The cursor is there before the event's id is made: the id says what the reader has once it has the event. */
    private Channel.Moment snapshot(Cursor cursor, Channel channel, Channel.Moment now, Utf8 out) {
        List<String> tables = cursor.tables.get(channel.feed());
        String key = channel.feed() + tables;
        Snapshot snapshot = snapshots.get(key);
        if (snapshot == null || !comparable(snapshot.moment().view(), now.view(), tables)) {
            Utf8 rows = new Utf8();
            char separator = '{';
            for (String name : tables) {
                rows.add(separator).text(name).add(":[");
                table(now.view(), name).ifPresent(table -> all(now.view(), table, rows));
                rows.add(']');
                separator = ',';
            }
            rows.add('}');
            snapshot = new Snapshot(now, rows.toBytes(), millis);
            snapshots.remove(key);
            long kept = snapshots.values().stream()
                    .mapToLong(each -> each.rows().length)
                    .sum();
            if (snapshots.size() < MOST_SNAPSHOTS && kept + snapshot.rows().length <= MOST_SNAPSHOT_BYTES) {
                snapshots.put(key, snapshot);
            }
        }
        cursor.at.put(channel.feed(), snapshot.moment());
        begin(cursor, "snapshot", out);
        open(channel.facts(site.get(), zone(), snapshot.moment().view(), channel.lastStanding()), out)
                .add(",\"tables\":")
                .add(snapshot.rows())
                .add('}');
        end(out);
        return snapshot.moment();
    }

    private static void all(View view, Table table, Utf8 to) {
        Shape shape = Shape.of(table);
        boolean[] any = new boolean[1];
        view.forEach(table, row -> {
            if (any[0]) {
                to.add(',');
            }
            any[0] = true;
            shape.row(row, to);
        });
    }

    /** Without the brace at its end. */
    private static Utf8 open(Map<String, Object> map, Utf8 to) {
        byte[] json = Utf8.json(map);
        return to.add(java.util.Arrays.copyOf(json, json.length - 1));
    }

    private void rows(Cursor cursor, Channel channel, Channel.Moment from, Channel.Moment now, Utf8 out) {
        Map<String, List<RowChange>> changes = new TreeMap<>();
        List<String> tables = cursor.tables.get(channel.feed());
        now.view().changesSince(from.view(), change -> {
            // Spelt as the catalogue does, as in a snapshot.
            for (String name : tables) {
                if (name.equalsIgnoreCase(change.table().name())) {
                    changes.computeIfAbsent(name, n -> new ArrayList<>()).add(change);
                }
            }
        });
        Utf8 body = new Utf8();
        char separator = '{';
        for (Map.Entry<String, List<RowChange>> of : changes.entrySet()) {
            Shape shape = Shape.of(of.getValue().get(0).table());
            Utf8 put = new Utf8();
            Utf8 gone = new Utf8();
            for (RowChange change : of.getValue()) {
                if (change.after() == null) {
                    shape.gone(change.before(), gone.add(gone.length() == 0 ? '[' : ','));
                } else {
                    shape.changed(change.before(), change.after(), put.length() == 0 ? '[' : ',', put);
                }
            }
            if (put.length() + gone.length() > 0) {
                body.add(separator).text(of.getKey()).add(":{\"put\":");
                body.add(put.length() == 0 ? new byte[] {'['} : put.toBytes()).add("],\"delete\":");
                body.add(gone.length() == 0 ? new byte[] {'['} : gone.toBytes()).add("]}");
                separator = ',';
            }
        }
        // The reader has what it now shows, also when it was not sent anything for that.
        cursor.at.put(channel.feed(), now);
        if (body.length() > 0) {
            Map<String, Object> position = new LinkedHashMap<>();
            position.put("feed", channel.feed());
            Channel.position(now.view(), position);
            begin(cursor, "rows", out);
            open(position, out).add(",\"tables\":").add(body.toBytes()).add("}}");
            end(out);
        }
    }

    private void beat(Cursor cursor, Utf8 out) {
        Map<String, Object> feeds = new LinkedHashMap<>();
        for (String feed : cursor.tables.keySet()) {
            Channel channel = channels.get(feed);
            Channel.Moment now = channel.now();
            Map<String, Object> facts = new LinkedHashMap<>();
            Channel.position(now == null ? null : now.view(), facts);
            facts.put("state", channel.lastStanding().state());
            facts.put("stale", channel.lastStanding().stale());
            facts.put("ageMillis", channel.ageMillis());
            feeds.put(feed, facts);
        }
        Map<String, Object> beat = new LinkedHashMap<>();
        beat.put("now", heartbeatAt);
        beat.put("feeds", feeds);
        beat.put("broken", heartbeatBroken);
        begin(cursor, "heartbeat", out).value(beat);
        end(out);
    }

    private String zone() {
        Channel calls = channels.get(Catalog.CALLS);
        Channel.Moment now = calls == null ? null : calls.now();
        return Labels.zone(now == null ? null : now.view()).getId();
    }

    synchronized int snapshotsKept() {
        return snapshots.size();
    }

    /** How often something was encoded, rather than sent as it was made for another reader. */
    synchronized long chunksMade() {
        return chunksMade;
    }

    /** How a stream ends when the node ends it. */
    static byte[] farewell(String reason) {
        return new Utf8()
                .add("event: end\ndata: ")
                .value(Map.of("reason", reason))
                .add("\n\n")
                .toBytes();
    }
}
