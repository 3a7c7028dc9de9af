package org.openrtd.updater.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.openrtd.feed.Change;
import org.openrtd.feed.ColumnType;
import org.openrtd.feed.Cut;
import org.openrtd.feed.DurableHistory;
import org.openrtd.feed.FeedIdentity;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.Hop;
import org.openrtd.feed.Link;
import org.openrtd.feed.LinkListener;
import org.openrtd.feed.Origin;
import org.openrtd.feed.Position;
import org.openrtd.feed.ReplyTo;
import org.openrtd.feed.Row;
import org.openrtd.feed.SourceSettings;
import org.openrtd.feed.SourceTransport;
import org.openrtd.feed.Table;

/** A centre whose database is this object, and the lines to it. What is on a line arrives when {@link #deliver} is called. */
final class Centre {

    static final Table PERSON = Table.named("Person")
            .key("PersonID", ColumnType.INT)
            .column("LoginName", ColumnType.STRING)
            .column("Share", ColumnType.DOUBLE)
            .column("ChangedAt", ColumnType.TIMESTAMP)
            .column("RecoveryKey", ColumnType.LONG)
            .build();
    static final Table MEMBER = Table.named("Skill_Group_Member")
            .key("SkillGroupID", ColumnType.INT)
            .key("AgentID", ColumnType.INT)
            .column("RecoveryKey", ColumnType.LONG)
            .build();
    static final Table VARIABLE = Table.named("User_Variable")
            .key("Name", ColumnType.STRING)
            .column("Content", ColumnType.STRING)
            .column("RecoveryKey", ColumnType.LONG)
            .build();
    static final FeedSchema SCHEMA = new FeedSchema("config", 3, true, List.of(PERSON, MEMBER, VARIABLE));

    private static final int HEARTBEAT = 3;

    /** Its database. */
    FeedSchema schema = SCHEMA;

    String feedId = "one";
    final List<DurableHistory.Epoch> epochs = new ArrayList<>();
    final List<DurableHistory.Entry> log = new ArrayList<>();
    final Map<List<Object>, Row> rows = new LinkedHashMap<>();

    /** Whether its log reaches back to no position, so that only a snapshot serves. */
    boolean forgetsItsLog;

    /** Whether it states a digest that no rows have. */
    boolean lies;

    Origin origin;
    private final LongSupplier time;
    private final List<Runnable> wire = new ArrayList<>();
    private final Map<String, LinkListener> lines = new HashMap<>();
    private boolean reachable = true;
    private int callers;

    Centre(LongSupplier time) {
        this.time = time;
        start(100);
    }

    /** A run of it. */
    void start(long epoch) {
        cut("the centre starts");
        epochs.add(new DurableHistory.Epoch(epoch, log.size()));
        DurableHistory history = new DurableHistory() {
            @Override
            public List<Epoch> epochs() {
                return epochs;
            }

            @Override
            public List<Entry> after(long key, int limit) {
                int from = (int) Math.min(key, log.size());
                return forgetsItsLog ? List.of() : log.subList(from, Math.min(from + limit, log.size()));
            }
        };
        origin = new Origin(
                schema,
                new FeedIdentity(feedId, epoch),
                "central",
                new SourceSettings(Duration.ofSeconds(1), 1 << 20, 1 << 22, Duration.ofSeconds(10)),
                time::getAsLong,
                new SplittableRandom(1),
                new SourceTransport() {
                    @Override
                    public void publish(Hop hop, byte[] message) {
                        if (lies && message[3] == HEARTBEAT) {
                            // Its end is the sum of the last table.
                            message[message.length - 1]++;
                        }
                        lines.values().forEach(line -> wire.add(() -> line.topic("central", hop, message)));
                    }

                    @Override
                    public void reply(ReplyTo to, byte[] message) {
                        LinkListener line = lines.get(to.id());
                        if (line != null) {
                            wire.add(() -> line.reply(message));
                        }
                    }
                },
                history,
                log.size(),
                List.copyOf(rows.values()));
    }

    /** Its database has the transaction, and tells the site. */
    Position commit(Change... changes) {
        store(changes);
        DurableHistory.Entry entry = log.get(log.size() - 1);
        return origin.commit(entry.cut(), entry.changes());
    }

    /** Its database has the transaction. */
    void store(Change... changes) {
        long key = log.size() + 1L;
        List<Change> stamped = new ArrayList<>();
        for (Change change : changes) {
            Change own = change.row() == null ? change : Change.put(stamped(change.row(), key));
            stamped.add(own);
            if (own.row() == null) {
                rows.remove(key(own));
            } else {
                rows.put(key(own), own.row());
            }
        }
        log.add(new DurableHistory.Entry(key, key - 1, new Cut(0, time.getAsLong(), 0), stamped));
    }

    private static List<Object> key(Change change) {
        List<Object> key = new ArrayList<>();
        key.add(change.table().name());
        key.addAll(change.key());
        return key;
    }

    private static Row stamped(Row row, long key) {
        Object[] values = row.values();
        values[row.table().column("RecoveryKey")] = key;
        return row.table().row(values);
    }

    /** As from a backup: what was committed after that key never was. */
    void restore(int key) {
        while (log.size() > key) {
            log.remove(log.size() - 1);
        }
        rows.clear();
        for (DurableHistory.Entry entry : log) {
            for (Change change : entry.changes()) {
                if (change.row() == null) {
                    rows.remove(key(change));
                } else {
                    rows.put(key(change), change.row());
                }
            }
        }
        epochs.removeIf(epoch -> epoch.firstKey() > key);
    }

    Link connect(LinkListener listener) {
        String reply = "line" + callers++;
        if (!reachable) {
            wire.add(() -> listener.closed("nobody answers"));
        } else {
            lines.put(reply, listener);
            wire.add(() -> listener.connected("central"));
        }
        return new Link() {
            @Override
            public void send(byte[] request) {
                wire.add(() -> {
                    if (lines.containsKey(reply)) {
                        origin.request(new ReplyTo("north", reply), request);
                    }
                });
            }

            @Override
            public void close() {
                lines.remove(reply);
            }
        };
    }

    /** All lines break; new ones can be made. */
    void cut(String why) {
        List<LinkListener> broken = List.copyOf(lines.values());
        lines.clear();
        wire.clear();
        broken.forEach(line -> line.closed(why));
    }

    void reachable(boolean is) {
        reachable = is;
        if (!is) {
            cut("unplugged");
        }
    }

    /** What is on the lines arrives, and what comes of it. */
    void deliver() {
        while (!wire.isEmpty()) {
            wire.remove(0).run();
        }
    }
}
