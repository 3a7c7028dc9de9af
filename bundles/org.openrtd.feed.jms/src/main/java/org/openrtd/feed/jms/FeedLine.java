package org.openrtd.feed.jms;

import java.util.Optional;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.Follower.ChangeOver;
import org.openrtd.feed.Follower.ReadySource;
import org.openrtd.feed.Hop;
import org.openrtd.feed.Replica;
import org.openrtd.feed.ReplicaStatistics;
import org.openrtd.feed.View;
import org.openrtd.feed.Whereabouts;

/** One feed of a role, for JMX. */
public final class FeedLine {

    private static final ReceivedRates RATES = new ReceivedRates(System::nanoTime);

    private final Replica replica;
    private final View view;
    private final ReplicaStatistics statistics;
    private final ReceivedRates.Rates rates;
    private final JmsSource source;
    private final JmsFollower follower;
    private final Optional<Hop> said;
    private final Optional<ChangeOver> change;
    private final Whereabouts whereabouts;

    private FeedLine(Replica replica, JmsSource source, JmsFollower follower) {
        this.replica = replica;
        this.view = replica.view();
        this.statistics = replica.statistics();
        this.rates = RATES.of(replica, statistics);
        this.source = source;
        this.follower = follower;
        this.said = source != null ? source.said() : follower.said();
        this.whereabouts = source != null ? source.whereabouts() : replica.whereabouts();
        this.change = follower == null ? Optional.empty() : follower.lastChange();
    }

    /** Of a feed that is followed. */
    static FeedLine of(JmsFollower follower) {
        return new FeedLine(follower.replica(), null, follower);
    }

    /** Of a feed that this node is a source of. */
    public static FeedLine of(Replica replica, JmsSource source) {
        return new FeedLine(replica, source, null);
    }

    public String getFeed() {
        return replica.feed();
    }

    /** The name of the node that is followed. */
    public String getSource() {
        return replica.source();
    }

    public String getState() {
        return replica.state().name();
    }

    public String getReason() {
        return replica.reason();
    }

    public boolean isStale() {
        return replica.stale();
    }

    public long getAgeMillis() {
        return replica.age().toMillis();
    }

    public long getEpoch() {
        return view.position().epoch();
    }

    public long getSequence() {
        return view.position().sequence();
    }

    public long getTick() {
        return view.tick();
    }

    /** UTC ms. */
    public long getControllerTime() {
        return view.controllerTime();
    }

    public long getRows() {
        FeedSchema schema = view.schema();
        return schema == null
                ? 0
                : schema.tables().stream().mapToLong(view::size).sum();
    }

    public long getBatches() {
        return statistics.batches();
    }

    public long getRowChanges() {
        return statistics.rowChanges();
    }

    public long getBytesReceived() {
        return statistics.bytes();
    }

    /** Over the time since it was asked before, from a second to a minute ago; negative when it was not. */
    public double getBatchesPerSecond() {
        return rates.batches();
    }

    /** As {@link #getBatchesPerSecond}. */
    public double getRowChangesPerSecond() {
        return rates.rowChanges();
    }

    /** As {@link #getBatchesPerSecond}. */
    public double getBytesPerSecond() {
        return rates.bytes();
    }

    public long getDuplicates() {
        return statistics.duplicates();
    }

    public long getGaps() {
        return statistics.gaps();
    }

    public long getSnapshots() {
        return statistics.snapshots();
    }

    public long getRepairs() {
        return statistics.repairs();
    }

    public long getUndecodable() {
        return statistics.undecodable();
    }

    /** 0 to 255: of this node, where it is the source, else of the source that is followed; -1 when not known. */
    public int getHealth() {
        return said.map(Hop::health).orElse(-1);
    }

    /** Whether that one is the primary. */
    public boolean isPrimary() {
        return said.map(Hop::primary).orElse(false);
    }

    /** The site of that one, as it says; empty when it does not. */
    public String getSite() {
        return whereabouts.site();
    }

    /** Where configuration is to be had and edited, as that one says. */
    public String getConfigurationAt() {
        return whereabouts.configuration();
    }

    /** Where history is to be had, as that one says. */
    public String getHistoryAt() {
        return whereabouts.history();
    }

    /** The source that is held ready, or why there is none; empty where there is one source only. */
    public String getReady() {
        return follower == null ? "" : follower.readyLine().orElse("");
    }

    /** The ready source's, 0 to 255; -1 when there is none. */
    public int getReadyHealth() {
        return follower == null
                ? -1
                : follower.ready().flatMap(ReadySource::said).map(Hop::health).orElse(-1);
    }

    /** How many times another source was followed instead. */
    public long getChangeOvers() {
        return follower == null ? 0 : follower.changes();
    }

    /** The last time: from where, and why. */
    public String getLastChangeOver() {
        return change.map(last -> last.from() + " to " + last.to() + ": " + last.why())
                .orElse("");
    }

    /** How long the feed was not LIVE then; -1 when it never changed. */
    public long getLastChangeOverMillis() {
        return change.map(ChangeOver::millis).orElse(-1L);
    }

    /** Whether a snapshot was needed then. */
    public boolean isLastChangeOverWithSnapshot() {
        return change.map(ChangeOver::snapshot).orElse(false);
    }

    /** Whether followers can reach this source; {@code false} where the node is none. */
    public boolean isOpen() {
        return source != null && source.open();
    }

    public long getMessagesSent() {
        return source == null ? 0 : source.messagesSent();
    }

    public long getBytesSent() {
        return source == null ? 0 : source.bytesSent();
    }

    public long getMessagesDropped() {
        return source == null ? 0 : source.messagesDropped();
    }

    /** Bytes of answers that wait to be given to the broker. */
    public long getWaitingReplyBytes() {
        return source == null ? 0 : source.waitingReplyBytes();
    }

    /** How many snapshots this source has encoded so far, for however many followers. */
    public long getSnapshotsMade() {
        return source == null ? 0 : source.snapshotsMade();
    }

    public long getRequests() {
        return source == null ? 0 : source.requests();
    }

    public long getRequestsRefused() {
        return source == null ? 0 : source.requestsRefused();
    }
}
