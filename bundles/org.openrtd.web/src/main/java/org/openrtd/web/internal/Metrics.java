package org.openrtd.web.internal;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.openrtd.feed.FollowerStatus;
import org.openrtd.feed.Followers;
import org.openrtd.feed.Replica;
import org.openrtd.feed.ReplicaStatistics;
import org.openrtd.feed.RoleStatus;
import org.openrtd.feed.View;

/** What Prometheus collects, in its text format. */
final class Metrics {

    private final Utf8 out = new Utf8();

    private Metrics() {}

    static byte[] of(
            Collection<Channel> channels,
            Collection<RoleStatus> roles,
            Collection<Followers> followers,
            StreamPump pump,
            Streams streams,
            SignIn signIn,
            WebServer server) {
        Metrics metrics = new Metrics();
        metrics.feeds(channels);
        metrics.followers(channels, followers);
        metrics.roles(roles);
        metrics.node();
        metrics.single(
                "openrtd_web_stream_encodings_total",
                "counter",
                "Pieces encoded for streams; readers at the same place share one.",
                streams.chunksMade());
        metrics.single(
                "openrtd_web_sign_ins_refused_total", "counter", "Attempts to sign in that failed.", signIn.refused());
        // Neither is there while settings change.
        if (pump != null) {
            metrics.single("openrtd_web_streams", "gauge", "Streams that are open.", pump.count());
            metrics.single("openrtd_web_stream_bytes_total", "counter", "Bytes sent on streams.", pump.bytesSent.get());
            metrics.single(
                    "openrtd_web_streams_too_slow_total",
                    "counter",
                    "Streams broken off since their readers took nothing.",
                    pump.tooSlow.get());
        }
        if (server != null) {
            metrics.single("openrtd_web_connections", "gauge", "Connections that are open.", server.connected());
            metrics.head("openrtd_web_answers_total", "counter", "Answers, by their status.");
            for (Map.Entry<Integer, AtomicLong> answers : server.answers.entrySet()) {
                metrics.line(
                        "openrtd_web_answers_total",
                        "status",
                        answers.getKey().toString(),
                        answers.getValue().get());
            }
        }
        return metrics.out.toBytes();
    }

    private interface Feed {
        double of(Replica replica, View view, ReplicaStatistics statistics);
    }

    private void feeds(Collection<Channel> channels) {
        feeds(
                channels,
                "openrtd_feed_current",
                "gauge",
                "1 when the feed's rows are current, 0 when not.",
                (replica, view, statistics) -> replica.stale() ? 0 : 1);
        feeds(
                channels,
                "openrtd_feed_age_seconds",
                "gauge",
                "How old what the feed shows is.",
                (replica, view, statistics) -> replica.age().toMillis() / 1000.0);
        feeds(
                channels,
                "openrtd_feed_epoch",
                "gauge",
                "The epoch of the feed's position.",
                (replica, view, statistics) -> view.position().epoch());
        feeds(
                channels,
                "openrtd_feed_sequence",
                "gauge",
                "The sequence of the feed's position.",
                (replica, view, statistics) -> view.position().sequence());
        feeds(
                channels,
                "openrtd_feed_controller_time_seconds",
                "gauge",
                "The controller's time, since 1970.",
                (replica, view, statistics) -> view.controllerTime() / 1000.0);
        feeds(
                channels,
                "openrtd_feed_batches_total",
                "counter",
                "Batches applied.",
                (replica, view, statistics) -> statistics.batches());
        feeds(
                channels,
                "openrtd_feed_row_changes_total",
                "counter",
                "Rows put or deleted by them.",
                (replica, view, statistics) -> statistics.rowChanges());
        feeds(
                channels,
                "openrtd_feed_received_bytes_total",
                "counter",
                "Bytes received.",
                (replica, view, statistics) -> statistics.bytes());
        feeds(
                channels,
                "openrtd_feed_gaps_total",
                "counter",
                "Batches found missing.",
                (replica, view, statistics) -> statistics.gaps());
        feeds(
                channels,
                "openrtd_feed_snapshots_total",
                "counter",
                "Snapshots applied.",
                (replica, view, statistics) -> statistics.snapshots());
        feeds(
                channels,
                "openrtd_feed_repairs_total",
                "counter",
                "Tables fetched again since their digest differed.",
                (replica, view, statistics) -> statistics.repairs());
        feeds(
                channels,
                "openrtd_feed_undecodable_total",
                "counter",
                "Messages that could not be decoded.",
                (replica, view, statistics) -> statistics.undecodable());
        head("openrtd_feed_info", "gauge", "The feed's state and source.");
        for (Channel channel : channels) {
            Channel.Standing standing = channel.standing();
            out.add("openrtd_feed_info{feed=")
                    .add(quoted(channel.feed()))
                    .add(",source=")
                    .add(quoted(standing.source()))
                    .add(",state=")
                    .add(quoted(standing.state().name()))
                    .add("} 1\n");
        }
    }

    private void feeds(Collection<Channel> channels, String name, String type, String help, Feed value) {
        head(name, type, help);
        for (Channel channel : channels) {
            Replica replica = channel.replica();
            if (replica != null) {
                line(name, "feed", channel.feed(), value.of(replica, replica.view(), replica.statistics()));
            }
        }
    }

    /** Of each feed, on a node that offers some: nobody says which, and who follows none of one is worth a 0. */
    private void followers(Collection<Channel> channels, Collection<Followers> sources) {
        if (sources.isEmpty()) {
            return;
        }
        Map<String, Map<String, Integer>> states = new TreeMap<>();
        channels.forEach(channel -> states.put(channel.feed(), new TreeMap<>(Map.of("LIVE", 0))));
        for (Followers source : sources) {
            for (FollowerStatus follower : source.followers()) {
                states.computeIfAbsent(follower.feed(), feed -> new TreeMap<>())
                        .merge(follower.state(), 1, Integer::sum);
            }
        }
        head("openrtd_feed_followers", "gauge", "Who follows the feed here, by state.");
        states.forEach((feed, of) -> of.forEach((state, count) -> out.add("openrtd_feed_followers{feed=")
                .add(quoted(feed))
                .add(",state=")
                .add(quoted(state))
                .add("} ")
                .add(count.toString())
                .add('\n')));
    }

    private void roles(Collection<RoleStatus> roles) {
        head("openrtd_role", "gauge", "Numbers that a role of this node tells operators.");
        // Two services may speak of one role, and a sample must not be there twice.
        Set<List<String>> told = new HashSet<>();
        // In an order that a restart keeps.
        for (RoleStatus role : roles.stream()
                .sorted(Comparator.comparing(each -> each.getClass().getName()))
                .toList()) {
            for (Map.Entry<String, String> detail : role.details().entrySet()) {
                if (detail.getValue() != null
                        && detail.getValue().matches("-?[0-9]{1,15}(\\.[0-9]{1,6})?")
                        && told.add(List.of(role.role(), detail.getKey()))) {
                    out.add("openrtd_role{role=")
                            .add(quoted(role.role()))
                            .add(",detail=")
                            .add(quoted(detail.getKey()))
                            .add("} ")
                            .add(detail.getValue())
                            .add('\n');
                }
            }
        }
    }

    private void node() {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        single("openrtd_node_heap_used_bytes", "gauge", "Heap in use.", heap.getUsed());
        single("openrtd_node_heap_max_bytes", "gauge", "The largest heap.", heap.getMax());
        single(
                "openrtd_node_threads",
                "gauge",
                "Threads.",
                ManagementFactory.getThreadMXBean().getThreadCount());
        single(
                "openrtd_node_uptime_seconds",
                "gauge",
                "How long the node's process runs.",
                ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0);
        single(
                "openrtd_node_gc_seconds_total",
                "counter",
                "Time spent to collect garbage.",
                ManagementFactory.getGarbageCollectorMXBeans().stream()
                                .mapToLong(gc -> Math.max(0, gc.getCollectionTime()))
                                .sum()
                        / 1000.0);
    }

    private void single(String name, String type, String help, double value) {
        head(name, type, help);
        out.add(name).add(' ').value(value).add('\n');
    }

    private void head(String name, String type, String help) {
        out.add("# HELP ").add(name).add(' ').add(help).add('\n');
        out.add("# TYPE ").add(name).add(' ').add(type).add('\n');
    }

    private void line(String name, String label, String value, double number) {
        out.add(name)
                .add('{')
                .add(label)
                .add('=')
                .add(quoted(value))
                .add("} ")
                .value(number)
                .add('\n');
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }
}
