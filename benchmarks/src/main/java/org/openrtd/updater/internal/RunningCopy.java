package org.openrtd.updater.internal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.util.function.Consumer;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.Replica;
import org.openrtd.localdb.CopyPosition;
import org.openrtd.localdb.FeedSession;
import org.openrtd.localdb.LocalDatabase;

/** An updater without a container: the copy of the configuration behind a replica, on a thread of its own. */
public final class RunningCopy implements AutoCloseable {

    private final ConfigurationCopy copy;
    private AutoCloseable following = () -> {};
    private final Thread thread;
    private boolean work;
    private boolean held;
    private volatile boolean closed;

    /**
     * Reads what is stored, as at the start of a node, before anything is asked for.
     *
     * @param committed hears each position that was committed, on the updater's thread
     */
    public RunningCopy(LocalDatabase database, Consumer<CopyPosition> committed) {
        copy = new ConfigurationCopy(
                "site",
                () -> told(database.open(ConfigurationCopy.FEED), committed),
                MonotonicClock.SYSTEM,
                Clock.systemUTC(),
                UpdaterSettings.DEFAULT);
        copy.load();
        copy.onWork(this::wake);
        thread = new Thread(this::run, "updater");
        thread.setDaemon(true);
        thread.start();
    }

    /** Keeps in step with that replica from now on. */
    public void follow(Replica replica) {
        following = copy.follow(replica);
    }

    /** The session, which tells of its commits. Rows pass through it many at a time, so that the way costs nothing. */
    private static FeedSession told(FeedSession session, Consumer<CopyPosition> committed) {
        CopyPosition[] position = {null};
        return (FeedSession) Proxy.newProxyInstance(
                RunningCopy.class.getClassLoader(), new Class<?>[] {FeedSession.class}, (proxy, method, arguments) -> {
                    Object result;
                    try {
                        result = method.invoke(session, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    if (method.getName().equals("position") && arguments != null) {
                        position[0] = (CopyPosition) arguments[0];
                    } else if (method.getName().equals("commit") && position[0] != null) {
                        committed.accept(position[0]);
                        position[0] = null;
                    }
                    return result;
                });
    }

    /** How it stands, for people. */
    public String summary() {
        return copy.summary();
    }

    /** Begins no other transaction until it is let go. */
    public synchronized void hold(boolean hold) {
        held = hold;
        wake();
    }

    private synchronized void wake() {
        work = true;
        notifyAll();
    }

    private void run() {
        try {
            while (!closed) {
                synchronized (this) {
                    while (held && !closed) {
                        wait();
                    }
                    work = false;
                }
                long wait = copy.step();
                synchronized (this) {
                    if (wait > 0 && !work && !closed) {
                        wait(wait);
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws Exception {
        closed = true;
        wake();
        following.close();
        thread.join(60_000);
        copy.close();
    }
}
