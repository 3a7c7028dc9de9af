package org.openrtd.feed.jms;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.openrtd.feed.FollowerReport;
import org.openrtd.feed.FollowerStatus;
import org.openrtd.feed.Position;

/** One follower of one feed, for JMX; see {@link FollowerStatus}. */
public final class FollowerLine {

    private static final Comparator<FollowerStatus> ORDER = Comparator.comparing(FollowerStatus::user)
            .thenComparing(FollowerStatus::node)
            .thenComparing(FollowerStatus::feed)
            .thenComparing(FollowerStatus::address);

    private final FollowerStatus status;

    private FollowerLine(FollowerStatus status) {
        this.status = status;
    }

    public static List<FollowerLine> of(List<FollowerStatus> followers) {
        return followers.stream().map(FollowerLine::new).toList();
    }

    /**
     * Who follows these sources over that broker, those too that only ask. The links of {@link BrokerClient}s are joined to
     * what followers say by their addresses for replies, which each link has for itself.
     *
     * @param broker {@code null} while there is none
     */
    public static List<FollowerStatus> followers(LocalBroker broker, Collection<JmsSource> sources) {
        if (broker == null) {
            return List.of();
        }
        List<BrokerClient> clients = broker.clients();
        Map<String, Integer> links = new HashMap<>();
        clients.forEach(client -> links.merge(who(client), 1, Integer::sum));
        List<FollowerStatus> followers = new ArrayList<>();
        for (JmsSource source : sources) {
            FollowerReports reports = source.reports();
            Set<FollowerReports.Link> connected = new HashSet<>();
            for (BrokerClient client : clients) {
                String start = Addresses.replies(client.user());
                BrokerClient.Subscription topic = null;
                BrokerClient.Subscription replies = null;
                for (BrokerClient.Subscription each : client.subscriptions()) {
                    if (each.address().equals(source.topic())) {
                        topic = each;
                    } else if (each.address().startsWith(start)) {
                        replies = each;
                    }
                }
                FollowerReports.Said said = null;
                if (replies != null) {
                    FollowerReports.Link link = new FollowerReports.Link(
                            client.user(), replies.address().substring(start.length()));
                    connected.add(link);
                    said = reports.of(link).orElse(null);
                }
                if (topic != null || said != null) {
                    followers.add(
                            status(source.feed(), client, said, reports.now(), links.get(who(client)), topic, replies));
                }
            }
            reports.retain(connected);
        }
        followers.sort(ORDER);
        return followers;
    }

    private static FollowerStatus status(
            String feed,
            BrokerClient client,
            FollowerReports.Said said,
            long now,
            int links,
            BrokerClient.Subscription topic,
            BrokerClient.Subscription replies) {
        FollowerReport report = said == null ? null : said.report();
        return new FollowerStatus(
                client.user(),
                report == null ? "" : report.node(),
                client.address(),
                feed,
                report == null
                        ? "UNKNOWN"
                        : report.ready() ? "READY" : report.state().name(),
                report == null ? Position.NONE : report.position(),
                said == null ? -1 : said.lag(),
                report == null ? -1 : report.ageMillis(),
                report == null ? -1 : Math.max(0, now - said.at()),
                said == null ? -1 : said.batchesPerSecond(),
                said == null ? -1 : said.bytesPerSecond(),
                topic == null ? 0 : topic.messages(),
                topic == null ? 0 : topic.bytes(),
                replies == null ? 0 : replies.messages(),
                replies == null ? 0 : replies.bytes(),
                client.connectedMillis(),
                links);
    }

    /** The same user at the same host. */
    private static String who(BrokerClient client) {
        int port = client.address().lastIndexOf(':');
        return client.user() + "@"
                + (port < 0 ? client.address() : client.address().substring(0, port));
    }

    public String getUser() {
        return status.user();
    }

    public String getNode() {
        return status.node();
    }

    public String getAddress() {
        return status.address();
    }

    public String getFeed() {
        return status.feed();
    }

    public String getState() {
        return status.state();
    }

    public long getEpoch() {
        return status.position().epoch();
    }

    public long getSequence() {
        return status.position().sequence();
    }

    public long getLag() {
        return status.lag();
    }

    public long getAgeMillis() {
        return status.ageMillis();
    }

    public long getSaidMillis() {
        return status.saidMillis();
    }

    public double getBatchesPerSecond() {
        return status.batchesPerSecond();
    }

    public double getBytesPerSecond() {
        return status.bytesPerSecond();
    }

    public long getWaitingMessages() {
        return status.waitingMessages();
    }

    public long getWaitingBytes() {
        return status.waitingBytes();
    }

    public long getReplyMessages() {
        return status.replyMessages();
    }

    public long getReplyBytes() {
        return status.replyBytes();
    }

    public long getConnectedMillis() {
        return status.connectedMillis();
    }

    public int getLinks() {
        return status.links();
    }
}
