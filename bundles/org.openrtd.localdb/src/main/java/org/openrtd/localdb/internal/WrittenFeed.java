package org.openrtd.localdb.internal;

import org.openrtd.feed.Replica;

/** One feed that is written, for JMX. */
public final class WrittenFeed {

    private final String feed;
    private final RealTimeWriter.Progress progress;
    private final Replica replica;
    private final long now;

    WrittenFeed(RealTimeWriter writer, long now) {
        this.feed = writer.feed();
        this.progress = writer.progress();
        this.replica = writer.replica();
        this.now = now;
    }

    public String getFeed() {
        return feed;
    }

    public String getWrittenPosition() {
        return progress.position().toString();
    }

    public String getReplicaPosition() {
        return replica == null ? "" : replica.view().position().toString();
    }

    public long getWritings() {
        return progress.writings();
    }

    public long getRows() {
        return progress.rows();
    }

    public long getLastMillis() {
        return progress.tookMillis();
    }

    public double getSecondsSince() {
        return progress.at() == 0 ? -1 : (now - progress.at()) / 1000.0;
    }

    public long getFailures() {
        return progress.failures();
    }

    public String getFailure() {
        return progress.failure() == null ? "" : progress.failure();
    }
}
