package org.openrtd.feed.simulation;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openrtd.feed.Change;
import org.openrtd.feed.Connector;
import org.openrtd.feed.DurableHistory;
import org.openrtd.feed.DurableHistory.Epoch;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Follower;
import org.openrtd.feed.FollowerSettings;
import org.openrtd.feed.Hop;
import org.openrtd.feed.Link;
import org.openrtd.feed.LinkListener;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.Position;
import org.openrtd.feed.ReplyTo;
import org.openrtd.feed.RowChange;
import org.openrtd.feed.SourceSettings;
import org.openrtd.feed.SourceTransport;
import org.openrtd.feed.StoredFeed.Stored;
import org.openrtd.feed.View;
import org.openrtd.feed.internal.BatchHeader;
import org.openrtd.feed.internal.FeedReplica;
import org.openrtd.feed.internal.FeedView;
import org.openrtd.feed.internal.ReceivedBatch;
import org.openrtd.feed.internal.Repairs;
import org.openrtd.feed.internal.Source;
import org.openrtd.feed.internal.TableRows;
import org.openrtd.feed.internal.Undecodable;
import org.openrtd.feed.internal.Wire;

/** Who would check the checks? For each promise an engine that is broken in one way, which its check has to find. */
class BrokenTwinsTest {

    private static final int SEEDS = 1000;

    private static final Map<Promise, World.Parts> TWINS = new EnumMap<>(Map.ofEntries(
            entry(Promise.ORDERED, replicas(Forgetful::new)),
            entry(Promise.ONCE, replicas(Repeating::new)),
            entry(Promise.WHOLE, replicas(Halving::new)),
            entry(Promise.GAPLESS, replicas(Skipping::new)),
            entry(Promise.EQUAL, replicas(Lossy::new)),
            entry(Promise.FRESH, replicas(Boasting::new)),
            entry(Promise.RESUMABLE, sources(Leaping::new)),
            entry(Promise.BOOKMARKED, sources(Overtaking::new)),
            entry(Promise.BOUNDED, sources(Hoarding::new)),
            entry(Promise.AGED, replicas(Flattering::new)),
            entry(Promise.SPARING, sources(Miscounting::new)),
            entry(Promise.KEPT, new World.Parts() {
                /** Acknowledges a change of each tenth batch, and loses it. */
                @Override
                public List<Change> commit(long number, List<Change> changes) {
                    return number % 10 == 0 ? changes.subList(0, changes.size() - 1) : changes;
                }
            }),
            entry(Promise.APART, connectors(Eavesdropping::new)),
            entry(Promise.PAIRED, connectors(Leaking::new)),
            entry(Promise.STEADY, new World.Parts() {
                /** Changes over whenever it can. */
                @Override
                public void time(Follower follower) {
                    try {
                        follower.failover("it may be better there");
                    } catch (IllegalStateException e) {
                        // It stays where it is.
                    }
                }
            }),
            entry(Promise.REMEMBERED, Memory.POSITION_AHEAD_OF_ITS_ROWS.parts()),
            entry(Promise.SETTLES, new World.Parts() {
                /** A follower that never gives up on a source. */
                @Override
                public FollowerSettings settings(FollowerSettings settings) {
                    return new FollowerSettings(
                            settings.feed(),
                            settings.sources(),
                            settings.feedId(),
                            settings.needed(),
                            settings.heartbeatInterval(),
                            Duration.ofDays(1),
                            Duration.ofDays(1),
                            settings.backOff(),
                            settings.maxBackOff(),
                            settings.bufferBytes(),
                            settings.snapshotBytes());
                }
            })));

    @ParameterizedTest
    @EnumSource
    void isCaught(Promise promise) {
        isCaught("that breaks " + promise, promise, TWINS.get(promise));
    }

    private static void isCaught(String twin, Promise promise, World.Parts parts) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            if (promise.brokenBy(World.run(seed, parts)).isPresent()) {
                System.out.println("The twin " + twin + " was caught in history " + seed);
                return;
            }
        }
        fail("The twin " + twin + " got away with it for " + SEEDS + " seeds");
    }

    /** Further ways to break what is promised; some of them this engine had once. */
    enum Further {
        /** Acknowledges a transaction before it is written: what ends the process takes it away. */
        UNWRITTEN(Promise.KEPT, new World.Parts() {
            @Override
            public int unwritten() {
                return 1;
            }
        }),
        /** Repairs for ever rows that no repair makes right. */
        UNTIRING(Promise.SPARING, new World.Parts() {
            @Override
            public FeedReplica replica(String feed, MonotonicClock clock, Runnable reader) {
                return new Incurable(feed, clock);
            }

            @Override
            public Repairs repairs() {
                return new Repairs() {
                    @Override
                    public boolean allows(int source, long now) {
                        return true;
                    }
                };
            }
        }),
        /** Asks nobody how far the clocks are apart, and so never learns that the origin's stood still. */
        BELIEVING(Promise.SETTLES, replicas(Believing::new)),
        /** Goes on with a source that was ready without asking it for what it missed. */
        UNASKING(Promise.SETTLES, connectors(Unasking::new)),
        /** Forgets where it was when it changes over to the source that was ready. */
        FORGETFUL_AT_TAKE_OVER(
                Promise.ORDERED, replicas((feed, clock, reader) -> new Forgetful(feed, clock, Follower.CHANGES_OVER))),
        /** Begins its epochs by clock and database alone, of which the one jumps and the other is put back. */
        EPOCHS_FORGOTTEN(Promise.SETTLES, new World.Parts() {
            @Override
            public long keptEpoch(long highest) {
                return 0;
            }
        }),
        /** Is idle, and stays so although somebody asks. */
        DROWSY(Promise.SETTLES, new World.Parts() {
            @Override
            public boolean wanted(boolean asked) {
                return false;
            }
        }),
        /** Begins to encode a snapshot, and does not go on with it. */
        HALFWAY(Promise.SETTLES, sources(Halfway::new)),
        /** Takes the rows of a source that hung and has come back, although it has later ones. */
        YIELDING(Promise.ORDERED, replicas((feed, clock, reader) -> new Yielding(feed, clock)));

        private final Promise promise;
        private final World.Parts parts;

        Further(Promise promise, World.Parts parts) {
            this.promise = promise;
            this.parts = parts;
        }
    }

    @ParameterizedTest
    @EnumSource
    void isCaughtToo(Further twin) {
        isCaught(twin + ", which breaks " + twin.promise, twin.promise, twin.parts);
    }

    /** How a database behind a replica can come apart, and a process begin with what no origin ever had. */
    enum Memory {
        /** The position is committed by itself, and the rows later. */
        POSITION_AHEAD_OF_ITS_ROWS {
            @Override
            Stored store(Stored before, Stored now) {
                return before == null ? now : with(now, before.view());
            }
        },
        /** The rows are committed by themselves, and the position later. */
        ROWS_AHEAD_OF_THEIR_POSITION {
            @Override
            Stored store(Stored before, Stored now) {
                return before == null ? now : with(before, now.view());
            }
        };

        abstract Stored store(Stored before, Stored now);

        World.Parts parts() {
            return new World.Parts() {
                @Override
                public Stored store(Stored before, Stored now) {
                    return Memory.this.store(before, now);
                }
            };
        }

        private static Stored with(Stored position, View rows) {
            FeedView at = (FeedView) position.view();
            return new Stored(
                    position.feedId(),
                    position.epochs(),
                    at.next(at.position(), at.cut(), ((FeedView) rows).allRows()),
                    position.age());
        }
    }

    @ParameterizedTest
    @EnumSource
    void catchesAMemory(Memory twin) {
        isCaught("with its " + twin, Promise.REMEMBERED, twin.parts());
    }

    private interface ReplicaMaker {
        FeedReplica make(String feed, MonotonicClock clock, Runnable reader);
    }

    private interface SourceMaker {
        Source make(
                String name,
                boolean origin,
                DurableHistory history,
                FeedView view,
                SourceSettings settings,
                MonotonicClock clock,
                RandomGenerator random,
                SourceTransport transport);
    }

    private interface ConnectorMaker {
        Connector make(Connector connector);
    }

    private static World.Parts connectors(ConnectorMaker maker) {
        return new World.Parts() {
            @Override
            public Connector connector(Connector connector) {
                return maker.make(connector);
            }
        };
    }

    private static World.Parts replicas(ReplicaMaker maker) {
        return new World.Parts() {
            @Override
            public FeedReplica replica(String feed, MonotonicClock clock, Runnable reader) {
                return maker.make(feed, clock, reader);
            }
        };
    }

    private static World.Parts sources(SourceMaker maker) {
        return new World.Parts() {
            @Override
            public Source source(
                    String name,
                    boolean origin,
                    DurableHistory history,
                    FeedView view,
                    SourceSettings settings,
                    MonotonicClock clock,
                    RandomGenerator random,
                    SourceTransport transport) {
                return maker.make(name, origin, history, view, settings, clock, random, transport);
            }
        };
    }

    private abstract static class BrokenReplica extends FeedReplica {
        BrokenReplica(String feed, MonotonicClock clock) {
            super(feed, FeedState.CONNECTING, Duration.ofMillis(World.STALE_AFTER), clock);
        }
    }

    /** Forgets where it was when it loses its source. */
    private static final class Forgetful extends BrokenReplica {
        private final String cause;
        private boolean forgot;

        Forgetful(String feed, MonotonicClock clock, Runnable reader) {
            this(feed, clock, "");
        }

        /** @param cause how the reason begins for which it forgets */
        Forgetful(String feed, MonotonicClock clock, String cause) {
            super(feed, clock);
            this.cause = cause;
        }

        @Override
        public void state(FeedState next, String why, boolean notCurrent) {
            forgot |= next == FeedState.CONNECTING && why.startsWith(cause);
            super.state(next, why, notCurrent);
        }

        @Override
        public Position position() {
            return forgot ? Position.NONE : super.position();
        }

        @Override
        public void reset(FeedView next, String id, List<Epoch> known, long time) {
            forgot = false;
            super.reset(next, id, known, time);
        }
    }

    /** Has nothing for as long as its source says that it is behind. */
    private static final class Yielding extends BrokenReplica {
        private boolean yields;

        Yielding(String feed, MonotonicClock clock) {
            super(feed, clock);
        }

        @Override
        public void state(FeedState next, String why, boolean notCurrent) {
            yields = next == FeedState.RESUMING && (yields || why.startsWith("source ") && why.contains(" is at "));
            super.state(next, why, notCurrent);
        }

        @Override
        public Position position() {
            return yields ? Position.NONE : super.position();
        }

        @Override
        public void reset(FeedView next, String id, List<Epoch> known, long time) {
            yields = false;
            super.reset(next, id, known, time);
        }
    }

    /** Takes what it already has for new. */
    private static final class Repeating extends BrokenReplica {
        Repeating(String feed, MonotonicClock clock, Runnable reader) {
            super(feed, clock);
        }

        @Override
        public ApplyResult apply(ReceivedBatch batch, boolean carried) throws Undecodable {
            ApplyResult result = super.apply(batch, carried);
            if (result == ApplyResult.DUPLICATE && batch.header().position().equals(position())) {
                publish(view(), view(), 0, List.of(), batch.messages());
            }
            return result;
        }
    }

    /** Shows each table as soon as it has it. */
    private static final class Halving extends BrokenReplica {
        private final Runnable reader;

        Halving(String feed, MonotonicClock clock, Runnable reader) {
            super(feed, clock);
            this.reader = reader;
        }

        @Override
        public void publish(FeedView before, FeedView after, long changed, List<RowChange> changes, byte[][] messages) {
            TableRows[] tables = before.allRows();
            tables[0] = after.rows(0);
            show(before.next(before.position(), before.cut(), tables));
            reader.run();
            super.publish(before, after, changed, changes, messages);
        }
    }

    /** Thinks that a batch more or less does not matter. */
    private static final class Skipping extends BrokenReplica {
        Skipping(String feed, MonotonicClock clock, Runnable reader) {
            super(feed, clock);
        }

        @Override
        public ApplyResult apply(ReceivedBatch batch, boolean carried) throws Undecodable {
            BatchHeader header = batch.header();
            Position have = position();
            if (header.position().epoch() == have.epoch() && header.previous() == have.sequence() + 1) {
                header = new BatchHeader(header.position(), have.sequence(), header.cut(), header.originTime());
            }
            return super.apply(new ReceivedBatch(header, batch.bytes(), batch.messages()), carried);
        }
    }

    /** Now and then loses what a batch says of its second table. */
    private static final class Lossy extends BrokenReplica {
        Lossy(String feed, MonotonicClock clock, Runnable reader) {
            super(feed, clock);
        }

        @Override
        public void publish(FeedView before, FeedView after, long changed, List<RowChange> changes, byte[][] messages) {
            FeedView shown = after;
            if (after.position().sequence() % 10 == 0) {
                TableRows[] tables = after.allRows();
                tables[1] = before.rows(1);
                shown = after.next(after.position(), after.cut(), tables);
            }
            super.publish(before, shown, changed, changes, messages);
        }
    }

    /** Is always current. */
    private static final class Boasting extends BrokenReplica {
        Boasting(String feed, MonotonicClock clock, Runnable reader) {
            super(feed, clock);
        }

        @Override
        public boolean stale() {
            return false;
        }
    }

    /** Says that it is half as old as it is. */
    private static final class Flattering extends BrokenReplica {
        Flattering(String feed, MonotonicClock clock, Runnable reader) {
            super(feed, clock);
        }

        @Override
        public Duration age() {
            return super.age().dividedBy(2);
        }
    }

    /** Does not ask how long an answer took. */
    private static final class Believing extends BrokenReplica {
        Believing(String feed, MonotonicClock clock, Runnable reader) {
            super(feed, clock);
        }

        @Override
        public void answered(long asked, long time, long age, long wayBack) {
            heard(time, age);
        }
    }

    /** Keeps the rows that it has, whatever it gets instead. */
    private static final class Incurable extends BrokenReplica {
        Incurable(String feed, MonotonicClock clock) {
            super(feed, clock);
        }

        @Override
        public void repair(FeedView repaired) {
            super.repair(view());
        }
    }

    /** Has sources ready as ours has, and changes what is said between them and the follower. */
    private abstract static class BrokenConnector implements Connector {
        final Connector ours;

        BrokenConnector(Connector ours) {
            this.ours = ours;
        }

        @Override
        public Link connect(int sourceIndex, LinkListener listener) {
            return ours.connect(sourceIndex, listener);
        }

        /** What a standby does when it is not broken. */
        class Ready implements Standby {
            final Standby link;

            Ready(Standby link) {
                this.link = link;
            }

            @Override
            public void follow() {
                link.follow();
            }

            @Override
            public void send(byte[] request) {
                link.send(request);
            }

            @Override
            public void close() {
                link.close();
            }
        }
    }

    /** Takes what the source says that is ready as if the followed one had said it. */
    private static final class Eavesdropping extends BrokenConnector {
        private LinkListener followed;
        private String name;

        Eavesdropping(Connector ours) {
            super(ours);
        }

        @Override
        public Link connect(int sourceIndex, LinkListener listener) {
            followed = listener;
            return ours.connect(sourceIndex, new Hearing(listener));
        }

        @Override
        public Standby standby(int sourceIndex, LinkListener listener) {
            Standby link = ours.standby(sourceIndex, new Hearing(listener));
            return link == null
                    ? null
                    : new Ready(link) {
                        @Override
                        public void follow() {
                            followed = listener;
                            super.follow();
                        }
                    };
        }

        private final class Hearing implements LinkListener {
            private final LinkListener listener;

            Hearing(LinkListener listener) {
                this.listener = listener;
            }

            @Override
            public void connected(String source) {
                if (listener == followed) {
                    name = source;
                }
                listener.connected(source);
            }

            @Override
            public void topic(String source, Hop hop, byte[] message) {
                listener.topic(source, hop, message);
                if (listener != followed && followed != null) {
                    followed.topic(name, hop, message);
                }
            }

            @Override
            public void reply(byte[] message) {
                listener.reply(message);
            }

            @Override
            public void closed(String reason) {
                listener.closed(reason);
            }
        }
    }

    /** Does not close a connection that it held ready. */
    private static final class Leaking extends BrokenConnector {
        Leaking(Connector ours) {
            super(ours);
        }

        @Override
        public Standby standby(int sourceIndex, LinkListener listener) {
            Standby link = ours.standby(sourceIndex, listener);
            return link == null
                    ? null
                    : new Ready(link) {
                        @Override
                        public void close() {}
                    };
        }
    }

    /** Asks a source for nothing that it held ready before. */
    private static final class Unasking extends BrokenConnector {
        Unasking(Connector ours) {
            super(ours);
        }

        @Override
        public Standby standby(int sourceIndex, LinkListener listener) {
            Standby link = ours.standby(sourceIndex, listener);
            return link == null
                    ? null
                    : new Ready(link) {
                        @Override
                        public void send(byte[] request) {}
                    };
        }
    }

    /** Sends digests that are not those of its rows. */
    private static final class Miscounting extends Source {
        Miscounting(
                String name,
                boolean origin,
                DurableHistory history,
                FeedView view,
                SourceSettings settings,
                MonotonicClock clock,
                RandomGenerator random,
                SourceTransport transport) {
            super(name, origin, history, view, settings, clock, random, transport);
        }

        @Override
        public void publish(Hop hop, byte[] message) {
            // Without digests it is shorter.
            if (name().equals("centre") && message[3] == Wire.HEARTBEAT && message.length > 24) {
                message[message.length - 1] ^= 1;
            }
            super.publish(hop, message);
        }
    }

    /** Goes on from where it is itself. */
    private static final class Leaping extends Source {
        Leaping(
                String name,
                boolean origin,
                DurableHistory history,
                FeedView view,
                SourceSettings settings,
                MonotonicClock clock,
                RandomGenerator random,
                SourceTransport transport) {
            super(name, origin, history, view, settings, clock, random, transport);
        }

        @Override
        protected long understood(Position have) {
            return view().position().sequence();
        }
    }

    /** Sends its heartbeats before the batches that they promise. */
    private static final class Overtaking extends Source {
        private byte[] held;

        Overtaking(
                String name,
                boolean origin,
                DurableHistory history,
                FeedView view,
                SourceSettings settings,
                MonotonicClock clock,
                RandomGenerator random,
                SourceTransport transport) {
            super(name, origin, history, view, settings, clock, random, transport);
        }

        @Override
        public void publish(Hop hop, byte[] message) {
            if (held != null) {
                byte[] next = held;
                held = null;
                super.publish(hop, message);
                super.publish(hop, next);
            } else if (message[3] == Wire.BATCH) {
                held = message;
            } else {
                super.publish(hop, message);
            }
        }
    }

    /** Encodes snapshots only as far as it comes when it is asked for one. */
    private static final class Halfway extends Source {
        private boolean asked;

        Halfway(
                String name,
                boolean origin,
                DurableHistory history,
                FeedView view,
                SourceSettings settings,
                MonotonicClock clock,
                RandomGenerator random,
                SourceTransport transport) {
            super(name, origin, history, view, settings, clock, random, transport);
        }

        @Override
        public void request(ReplyTo from, byte[] message) {
            asked = true;
            super.request(from, message);
            asked = false;
        }

        @Override
        protected void encode() {
            if (asked) {
                super.encode();
            }
        }
    }

    /** Keeps all batches, in case somebody asks. */
    private static final class Hoarding extends Source {
        Hoarding(
                String name,
                boolean origin,
                DurableHistory history,
                FeedView view,
                SourceSettings settings,
                MonotonicClock clock,
                RandomGenerator random,
                SourceTransport transport) {
            super(name, origin, history, view, settings, clock, random, transport);
        }

        @Override
        protected void trim() {}
    }
}
