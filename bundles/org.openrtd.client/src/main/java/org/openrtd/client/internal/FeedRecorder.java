package org.openrtd.client.internal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.List;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Replica;
import org.openrtd.feed.ReplicaListener;
import org.openrtd.feed.RowChange;
import org.openrtd.feed.View;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what one replica hears to a file, on a thread of its own, a batch at a time. A disk that is too slow never slows
 * the feed: what cannot wait any longer is left out, and a {@code reset} says so and sets all right. So does one at each
 * start, also after a crash in the middle of a line, which is cut off.
 */
final class FeedRecorder implements ReplicaListener, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FeedRecorder.class);
    /** Of row changes that wait for the disk. */
    private static final int MAX_WAITING = 200_000;

    private static final long RETRY_MILLIS = 5_000;

    private record Heard(View view, List<RowChange> changes, FeedState from, FeedState to, String reason) {
        int size() {
            return changes == null ? 1 : changes.size() + 1;
        }
    }

    private final Replica replica;
    private final Path file;
    private final Thread thread;
    private final AutoCloseable listening;

    // Guarded by this.
    private final ArrayDeque<Heard> waiting = new ArrayDeque<>();
    private int waitingChanges;
    /** Set when something was left out: a reset must come next. */
    private boolean behind;

    private boolean closed;

    /** Used by the recorder's thread. */
    private String problem;

    /** @throws UncheckedIOException when the file cannot be written; the message says why */
    FeedRecorder(Replica replica, Path directory) {
        this.replica = replica;
        this.file = directory.resolve(replica.feed() + ".jsonl");
        try {
            Files.createDirectories(directory);
            cutTornLine();
            open().close();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot write " + file + ": " + e + "; set directory in etc/org.openrtd.client.recorder.cfg", e);
        }
        this.thread = new Thread(this::writeAll, "openrtd-recorder-" + replica.feed());
        thread.setDaemon(true);
        this.listening = replica.listen(this);
        thread.start();
        LOG.info("Feed {} is recorded in {}", replica.feed(), file);
    }

    private Writer open() throws IOException {
        return Files.newBufferedWriter(
                file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** After a crash the last line may be half a line. */
    private void cutTornLine() throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            long end = access.length();
            byte[] block = new byte[8192];
            long keep = end;
            while (keep > 0) {
                int length = (int) Math.min(block.length, keep);
                access.seek(keep - length);
                access.readFully(block, 0, length);
                int at = length - 1;
                while (at >= 0 && block[at] != '\n') {
                    at--;
                }
                keep -= length - 1 - at;
                if (at >= 0) {
                    break;
                }
            }
            if (keep < end) {
                access.setLength(keep);
            }
        }
    }

    // ---- the feed's thread

    @Override
    public void reset(View view) {
        offer(new Heard(view, null, null, null, null));
    }

    @Override
    public void applied(View before, View after, List<RowChange> changes) {
        offer(new Heard(after, changes, null, null, null));
    }

    @Override
    public void stateChanged(FeedState from, FeedState to, String reason) {
        offer(new Heard(replica.view(), null, from, to, reason));
    }

    private synchronized void offer(Heard heard) {
        if (waitingChanges > 0 && waitingChanges + heard.size() > MAX_WAITING) {
            if (!behind) {
                LOG.warn(
                        "{} cannot be written as fast as feed {} changes; leaving out until it can",
                        file,
                        replica.feed());
            }
            behind = true;
            waiting.clear();
            waitingChanges = 0;
        }
        if (behind && heard.to == null) {
            // The newest view stands for all that was left out.
            waiting.removeIf(each -> each.to == null);
            heard = new Heard(heard.view, null, null, null, null);
        }
        waiting.add(heard);
        waitingChanges += heard.size();
        notifyAll();
    }

    // ---- the recorder's thread

    private void writeAll() {
        JsonLines json = new JsonLines(replica.feed());
        while (true) {
            try (Writer out = open()) {
                if (problem != null) {
                    LOG.info("{} is written again", file);
                    problem = null;
                }
                while (true) {
                    Heard next = next();
                    if (next == null) {
                        return;
                    }
                    if (next.to != null) {
                        json.state(next.view, next.from, next.to, next.reason);
                    } else if (next.changes == null) {
                        json.reset(next.view);
                    } else {
                        json.batch(next.view, next.changes);
                    }
                    out.write(json.take());
                    out.flush();
                }
            } catch (IOException e) {
                json.take();
                if (problem == null) {
                    LOG.error(
                            "{} cannot be written: {}; trying again. What is missed is made good by a reset", file, e);
                }
                problem = e.toString();
                if (!retry()) {
                    return;
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private synchronized Heard next() throws InterruptedException {
        while (waiting.isEmpty() && !closed) {
            wait();
        }
        Heard next = waiting.poll();
        if (next != null) {
            waitingChanges -= next.size();
            if (next.to == null) {
                behind = false;
            }
        }
        return next;
    }

    private boolean retry() {
        synchronized (this) {
            behind = true;
            waiting.clear();
            waitingChanges = 0;
            waiting.add(new Heard(replica.view(), null, null, null, null));
            waitingChanges = 1;
            long until = System.nanoTime() + RETRY_MILLIS * 1_000_000;
            try {
                while (!closed && System.nanoTime() < until) {
                    wait(RETRY_MILLIS);
                }
            } catch (InterruptedException e) {
                return false;
            }
            if (closed) {
                return false;
            }
        }
        try {
            cutTornLine();
        } catch (IOException stillBroken) {
            LOG.debug("{}", file, stillBroken);
        }
        return true;
    }

    /** Writes what waits, for at most 5 s, and lets go of the file. */
    @Override
    public void close() {
        try {
            listening.close();
        } catch (Exception e) {
            LOG.debug("{}", file, e);
        }
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        try {
            thread.join(5000);
            if (thread.isAlive()) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
