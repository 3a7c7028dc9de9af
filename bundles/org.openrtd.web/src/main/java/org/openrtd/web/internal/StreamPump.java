package org.openrtd.web.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives the streams on a thread of its own: at each change, at most every {@link #LEAST_MILLIS}, and at each heartbeat it
 * hands every reader that has taken what it was sent before what comes next. A reader that has not is passed over.
 */
final class StreamPump implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StreamPump.class);

    static final long LEAST_MILLIS = 50;
    static final long HEARTBEAT_MILLIS = 1_000;
    /** How often what only time changes is looked at: that a feed is too old. */
    private static final long LOOK_MILLIS = 200;
    /** Time in which a reader has to take something of what it is sent. */
    static final long PATIENCE_NANOS = 30_000_000_000L;
    /** Time after which a piece may be taken back while too many bytes are under way. */
    private static final long CROWDED_NANOS = 5_000_000_000L;

    /** Time that readers have to take the rest and the farewell when the node stops. */
    private static final long FAREWELL_MILLIS = 1_000;

    static final int SLICE = 64 << 10;

    /**
     * Of pieces that are on their way, each counted once however many readers it goes to. While there are more nobody begins
     * with a snapshot; what leads on is small, and is sent.
     */
    static final long MOST_BYTES_UNDER_WAY = 64L << 20;

    /** Where a stream's bytes go. */
    interface Wire {
        /** Sends; {@code done} hears how that ended, on any thread, perhaps before this returns. */
        void send(byte[] bytes, int from, int to, boolean last, Done done);

        /** Breaks the connection. */
        void abort(String reason);
    }

    /** How sending ended. */
    interface Done {
        void sent();

        void failed();
    }

    private final Streams streams;
    private final Runnable eachLook;
    private final Runnable eachBeat;
    private final long mostBytes;
    private final long crowdedNanos;
    private final Thread thread;
    private final Set<Stream> open = ConcurrentHashMap.newKeySet();
    final AtomicLong bytesSent = new AtomicLong();
    final AtomicLong tooSlow = new AtomicLong();

    // Guarded by this.
    private boolean changed;
    private boolean closed;
    private final Map<String, Integer> ofUser = new HashMap<>();
    private int count;

    // Guarded by itself.
    private final Map<byte[], Integer> underWay = new IdentityHashMap<>();
    private long bytesUnderWay;

    /**
     * @param eachLook is run often, on the pump's thread
     * @param eachBeat is run at each heartbeat, on the pump's thread
     */
    StreamPump(Streams streams, Runnable eachLook, Runnable eachBeat) {
        this(streams, eachLook, eachBeat, MOST_BYTES_UNDER_WAY, CROWDED_NANOS);
    }

    StreamPump(Streams streams, Runnable eachLook, Runnable eachBeat, long mostBytes, long crowdedNanos) {
        this.mostBytes = mostBytes;
        this.crowdedNanos = crowdedNanos;
        this.streams = streams;
        this.eachLook = eachLook;
        this.eachBeat = eachBeat;
        this.thread = new Thread(this::run, "openrtd-web-streams");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Something may have changed; returns at once. */
    synchronized void changed() {
        changed = true;
        notifyAll();
    }

    /**
     * Counts one more stream of a user.
     *
     * @throws ApiError when there are too many
     */
    synchronized void admit(String user, int most, int mostOfUser) {
        if (closed || count >= most) {
            throw ApiError.retry(503, "busy", "There are too many streams; the limit is maxStreams of this node", 5);
        }
        if (ofUser.getOrDefault(user, 0) >= mostOfUser) {
            throw ApiError.retry(
                    429, "too-many", "This user has too many streams; the limit is maxStreamsOfUser of this node", 5);
        }
        count++;
        ofUser.merge(user, 1, Integer::sum);
    }

    synchronized void release(String user) {
        count--;
        ofUser.computeIfPresent(user, (u, streamsOf) -> streamsOf == 1 ? null : streamsOf - 1);
        notifyAll();
    }

    synchronized int count() {
        return count;
    }

    /** Starts a stream for a user who is admitted. */
    void open(Streams.Cursor cursor, Web.Viewer viewer, Wire wire) {
        Stream stream = new Stream(cursor, viewer, wire);
        open.add(stream);
        stream.go();
        boolean late;
        synchronized (this) {
            late = closed;
        }
        if (late) {
            stream.end("the node stops");
        }
    }

    private void run() {
        long beatAt = System.nanoTime();
        long nextTick = System.nanoTime();
        while (true) {
            try {
                synchronized (this) {
                    long look = System.nanoTime() + LOOK_MILLIS * 1_000_000;
                    while (!closed) {
                        long now = System.nanoTime();
                        long until = Math.min(changed ? nextTick : look, beatAt);
                        if (until - now <= 0) {
                            break;
                        }
                        wait(Math.max(1, (until - now) / 1_000_000));
                    }
                    if (closed) {
                        return;
                    }
                    changed = false;
                }
                long now = System.nanoTime();
                boolean beat = now - beatAt >= 0;
                if (beat) {
                    beatAt = Math.max(beatAt + HEARTBEAT_MILLIS * 1_000_000, now);
                    eachBeat.run();
                    leaveSlowest(now);
                }
                eachLook.run();
                nextTick = now + LEAST_MILLIS * 1_000_000;
                if (streams.tick(now / 1_000_000, beat)) {
                    for (Stream stream : open) {
                        stream.pump(now, beat);
                    }
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                // One feed's trouble must not end all streams.
                LOG.error("Streams are not sent on as they should be", e);
                synchronized (this) {
                    changed = true;
                    nextTick = System.nanoTime() + HEARTBEAT_MILLIS * 1_000_000;
                }
            }
        }
    }

    /** Gives those who wait for a snapshot room: one reader at each heartbeat connects again. */
    private void leaveSlowest(long now) {
        if (bytesUnderWay() <= mostBytes) {
            return;
        }
        Stream slowest = null;
        long longest = crowdedNanos;
        for (Stream stream : open) {
            long nanos = stream.underWayFor(now);
            if (nanos > longest) {
                slowest = stream;
                longest = nanos;
            }
        }
        if (slowest != null) {
            tooSlow.incrementAndGet();
            slowest.wire.abort("reads too slowly");
        }
    }

    /** What the reader is sent next; {@code null} when it has all, or has to wait since others read too slowly. */
    private byte[] take(Streams.Cursor cursor) {
        if (bytesUnderWay() > mostBytes && streams.needsSnapshot(cursor)) {
            return null;
        }
        byte[] piece = streams.next(cursor);
        if (piece != null) {
            synchronized (underWay) {
                if (underWay.merge(piece, 1, Integer::sum) == 1) {
                    bytesUnderWay += piece.length;
                }
            }
        }
        return piece;
    }

    private void giveBack(byte[] piece) {
        synchronized (underWay) {
            Integer readers = underWay.get(piece);
            if (readers != null && readers > 1) {
                underWay.put(piece, readers - 1);
            } else if (readers != null) {
                underWay.remove(piece);
                bytesUnderWay -= piece.length;
            }
        }
    }

    long bytesUnderWay() {
        synchronized (underWay) {
            return bytesUnderWay;
        }
    }

    /** Ends all streams, telling their readers. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        List<Stream> ending = new ArrayList<>(open);
        ending.forEach(stream -> stream.end("the node stops"));
        try {
            long until = System.nanoTime() + FAREWELL_MILLIS * 1_000_000;
            synchronized (this) {
                for (long left = FAREWELL_MILLIS; left > 0 && !open.isEmpty(); ) {
                    wait(left);
                    left = (until - System.nanoTime()) / 1_000_000;
                }
            }
            open.forEach(stream -> stream.wire.abort("the node stops"));
            if (thread.isAlive() && Thread.currentThread() != thread) {
                thread.join(5_000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One reader: its cursor, and the one piece that is on its way. */
    private final class Stream implements Done {

        private final Streams.Cursor cursor;
        private final Web.Viewer viewer;
        private final Wire wire;

        // Guarded by this.
        private byte[] bytes;
        private int at;
        private boolean sending;
        private boolean looping;
        private boolean last;
        private boolean over;
        private String ending;
        private long since;
        private long pieceSince;

        Stream(Streams.Cursor cursor, Web.Viewer viewer, Wire wire) {
            this.cursor = cursor;
            this.viewer = viewer;
            this.wire = wire;
            this.bytes = new Utf8().add("retry: 1000\n\n").toBytes();
            this.pieceSince = System.nanoTime();
        }

        void pump(long now, boolean beat) {
            if (beat) {
                boolean stuck;
                synchronized (this) {
                    // A reader that takes a slice now and then is not to keep a large piece for ever.
                    stuck = sending
                            && !over
                            && (now - since > PATIENCE_NANOS
                                    || now - pieceSince > PATIENCE_NANOS + bytes.length * (1_000_000_000L / SLICE));
                }
                if (stuck) {
                    tooSlow.incrementAndGet();
                    wire.abort("reads nothing");
                    return;
                }
                if (viewer.over().getAsBoolean() || !viewer.until().isAfter(Instant.now())) {
                    end("the session has ended");
                    return;
                }
            }
            go();
        }

        synchronized long underWayFor(long now) {
            return sending ? now - pieceSince : 0;
        }

        /** What is on its way is sent to its end first: a reader must not get half an event. */
        void end(String reason) {
            synchronized (this) {
                if (ending == null) {
                    ending = reason;
                }
            }
            go();
        }

        /** Sends what there is until the wire takes no more at once. Only one thread at a time gets far. */
        private void go() {
            synchronized (this) {
                if (looping || sending || over) {
                    return;
                }
                looping = true;
            }
            try {
                sendWhatThereIs();
            } catch (RuntimeException | OutOfMemoryError e) {
                // This reader connects again; the others hear nothing of it.
                synchronized (this) {
                    looping = false;
                    over();
                }
                wire.abort("failed");
                LOG.error("A stream of {} is ended: what it is sent next cannot be made", viewer.user(), e);
            }
        }

        private void sendWhatThereIs() {
            while (true) {
                byte[] some;
                int from;
                int to;
                boolean end;
                synchronized (this) {
                    if (sending || over) {
                        looping = false;
                        return;
                    }
                    if (bytes == null && !last) {
                        last = ending != null;
                        bytes = last ? Streams.farewell(ending) : take(cursor);
                        at = 0;
                        pieceSince = System.nanoTime();
                    }
                    if (bytes == null) {
                        looping = false;
                        return;
                    }
                    some = bytes;
                    from = at;
                    to = Math.min(bytes.length, from + SLICE);
                    at = to;
                    end = last && to == bytes.length;
                    sending = true;
                    bytesSent.addAndGet(to - from);
                    since = System.nanoTime();
                }
                wire.send(some, from, to, end, this);
            }
        }

        @Override
        public void sent() {
            synchronized (this) {
                sending = false;
                if (over) {
                    return;
                }
                if (at == bytes.length) {
                    giveBack(bytes);
                    bytes = null;
                    at = 0;
                    if (last) {
                        over();
                        return;
                    }
                }
                if (looping) {
                    return;
                }
            }
            go();
        }

        @Override
        public void failed() {
            synchronized (this) {
                sending = false;
                over();
            }
        }

        private void over() {
            if (!over) {
                over = true;
                if (bytes != null) {
                    giveBack(bytes);
                    bytes = null;
                }
                open.remove(this);
                release(viewer.user());
            }
        }
    }
}
