package org.openrtd.feed.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.openrtd.feed.Connector;
import org.openrtd.feed.Hop;
import org.openrtd.feed.Link;
import org.openrtd.feed.LinkListener;
import org.openrtd.feed.ReplyTo;
import org.openrtd.feed.SourceTransport;

/**
 * Sources with topics, and links to them. Each direction of a link, and answers apart from the topic, keeps its order, as
 * the broker does, unless it is told to let messages overtake each other; beyond that the network delays, drops,
 * duplicates, throttles and cuts as it is told.
 */
public final class Network {

    /** What takes requests: the origin or the relay of a process. */
    public interface Requests {
        void request(ReplyTo from, byte[] message);
    }

    /** Hears what is sent, before the network does anything to it. */
    public interface Tap {
        default void published(String source, Process process, Hop hop, byte[] message) {}

        /** @param followed whether the source is not one that is only held ready */
        default void asked(String source, Process follower, boolean followed, byte[] message) {}

        /** A request has been dealt with, and so many bytes were sent in answer. */
        default void requestDone(Process process, long answered) {}

        default void answered(String source, Process process, ReplyTo to, byte[] message) {}

        /** A follower turned to a source, and has so many connections now. */
        default void turned(Process follower, String source, Turn turn, int connections) {}

        /** Has it happen that a source that is held ready is heard. */
        default void heardReady(String source, Process follower, Runnable what) {
            what.run();
        }
    }

    /** How a follower turns to a source. */
    public enum Turn {
        CONNECTS,
        HOLDS_READY,
        /** Follows the one that it held ready. */
        TAKES_OVER
    }

    /** Which ways of a link are cut. */
    public enum Cut {
        NONE,
        BOTH,
        TO_SOURCE,
        FROM_SOURCE
    }

    /** By how much a message that others overtake is late. */
    private static final int MOST_LATE = 150;

    private final Scheduler scheduler;
    private final RandomGenerator random;
    private final Map<String, Server> servers = new HashMap<>();
    private final Map<String, Cut> cuts = new HashMap<>();
    private Tap tap = new Tap() {};
    /** How many connections a follower has begun, and not closed. */
    private final Map<Process, Integer> connections = new HashMap<>();

    private int addresses;

    int delay = 2;
    int spread = 10;
    double drop;
    double duplicate;
    /** How many messages are late by more than those after them. */
    double reorder;
    /** How many bytes a line carries in a millisecond; 0 for any number. */
    int bandwidth;
    /** For how long, at most, a source is busy with what it puts other work behind. */
    int busy;
    /** Whether who holds a source ready is sent its heartbeats only; a connector may let more through. */
    boolean selective = true;

    public Network(Scheduler scheduler, RandomGenerator random) {
        this.scheduler = scheduler;
        this.random = random;
    }

    public void tap(Tap next) {
        tap = next;
    }

    private final class Server {
        final Process process;
        final List<SimulatedLink> links = new ArrayList<>();
        Requests requests;
        long answered;

        Server(Process process) {
            this.process = process;
        }
    }

    /** Opens a source's broker in a process; requests go to what {@link #serve} names. */
    public SourceTransport open(String source, Process process) {
        Server server = new Server(process);
        servers.put(source, server);
        return new SourceTransport() {
            @Override
            public void publish(Hop hop, byte[] message) {
                if (process.isStopped()) {
                    return;
                }
                tap.published(source, process, hop, message);
                boolean heartbeat = SourceTransport.isHeartbeat(message);
                for (SimulatedLink link : List.copyOf(server.links)) {
                    if (link.hearsAll || heartbeat) {
                        link.topic.send(message.length, () -> link.topic(hop, message));
                    }
                }
            }

            @Override
            public void reply(ReplyTo to, byte[] message) {
                tap.answered(source, process, to, message);
                server.answered += message.length;
                for (SimulatedLink link : List.copyOf(server.links)) {
                    if (link.address.equals(to)) {
                        link.answers.send(message.length, () -> link.listener.reply(message));
                    }
                }
            }

            @Override
            public boolean later(Runnable task) {
                scheduler.after(busy == 0 ? 0 : random.nextInt(busy + 1), () -> process.run(task));
                return true;
            }
        };
    }

    public void serve(String source, Requests requests) {
        servers.get(source).requests = requests;
    }

    /** The connector of a follower in a process, to sources by name, that has none ready. */
    public Connector connector(Process process, List<String> sources) {
        return (index, listener) -> open(process, sources.get(index), listener, Turn.CONNECTS);
    }

    /** The same, of one that has sources ready. */
    public Connector pairing(Process process, List<String> sources) {
        return new Connector() {
            @Override
            public Link connect(int index, LinkListener listener) {
                return open(process, sources.get(index), listener, Turn.CONNECTS);
            }

            @Override
            public Standby standby(int index, LinkListener listener) {
                return open(process, sources.get(index), listener, Turn.HOLDS_READY);
            }
        };
    }

    private SimulatedLink open(Process process, String source, LinkListener listener, Turn turn) {
        SimulatedLink link = new SimulatedLink(process, source, listener, turn == Turn.CONNECTS);
        link.connect();
        tap.turned(process, source, turn, connections.merge(process, 1, Integer::sum));
        return link;
    }

    /** How many follow a source, rather than hold it ready. */
    public int followers(String source) {
        Server server = servers.get(source);
        return server == null
                ? 0
                : (int) server.links.stream().filter(link -> link.followed).count();
    }

    /** Cuts what runs between a process and a source, or lets it through again. */
    public void cut(String process, String source, Cut cut) {
        cuts.put(process + ">" + source, cut);
    }

    public void mendAll() {
        cuts.clear();
        drop = 0;
        duplicate = 0;
        reorder = 0;
        bandwidth = 0;
    }

    /** Tells both ends of every link between the two that it broke. */
    public void reset(String process, String source) {
        Server server = servers.get(source);
        if (server != null) {
            for (SimulatedLink link : List.copyOf(server.links)) {
                if (link.process.name.equals(process)) {
                    link.broke("connection reset");
                }
            }
        }
    }

    /** The process ended; the ends of its links learn of it, if {@code politely}, else by silence. */
    public void stopped(Process process, boolean politely) {
        servers.forEach((name, server) -> {
            for (SimulatedLink link : List.copyOf(server.links)) {
                if (link.process == process) {
                    server.links.remove(link);
                } else if (server.process == process && politely) {
                    link.broke("connection reset by " + name);
                }
            }
        });
    }

    private final class SimulatedLink implements Connector.Standby {

        final Process process;
        final String source;
        final LinkListener listener;
        final ReplyTo address;
        final Way topic = new Way(this, Cut.FROM_SOURCE, new Line());
        final Way answers = new Way(this, Cut.FROM_SOURCE, topic.line);
        final Way requests = new Way(this, Cut.TO_SOURCE, new Line());
        Server server;
        /** Whether the follower goes by this source, rather than have it ready. */
        boolean followed;
        /** Whether the source sends it everything, rather than heartbeats. */
        boolean hearsAll;

        boolean closed;

        SimulatedLink(Process process, String source, LinkListener listener, boolean followed) {
            this.followed = followed;
            this.hearsAll = followed || !selective;
            this.process = process;
            this.source = source;
            this.listener = listener;
            this.address = new ReplyTo(process.name, process + "/" + addresses++);
        }

        void connect() {
            scheduler.after(delay + random.nextInt(spread + 1), () -> {
                Server there = servers.get(source);
                if (closed) {
                    return;
                }
                if (there == null || there.process.isStopped()) {
                    broke("connection refused by " + source);
                } else if (there.process.isRunning() && cut() == Cut.NONE) {
                    server = there;
                    server.links.add(this);
                    process.run(() -> {
                        if (!closed) {
                            listener.connected(source);
                        }
                    });
                }
                // Else nobody answers, and the follower's patience ends.
            });
        }

        void topic(Hop hop, byte[] message) {
            if (followed) {
                listener.topic(source, hop, message);
            } else {
                tap.heardReady(source, process, () -> listener.topic(source, hop, message));
            }
        }

        @Override
        public void follow() {
            followed = true;
            tap.turned(process, source, Turn.TAKES_OVER, connections.get(process));
            if (server != null) {
                requests.send(0, () -> {
                    hearsAll = true;
                    answers.send(0, () -> listener.connected(source));
                });
            }
        }

        Cut cut() {
            return cuts.getOrDefault(process.name + ">" + source, Cut.NONE);
        }

        void broke(String reason) {
            if (server != null) {
                server.links.remove(this);
            }
            process.run(() -> {
                if (!closed) {
                    listener.closed(reason);
                }
            });
        }

        @Override
        public void send(byte[] request) {
            tap.asked(source, process, followed, request);
            Server to = server;
            if (to != null) {
                requests.send(request.length, () -> {
                    if (to.requests != null) {
                        to.answered = 0;
                        to.requests.request(address, request);
                        tap.requestDone(to.process, to.answered);
                    }
                });
            }
        }

        @Override
        public void close() {
            if (!closed) {
                connections.merge(process, -1, Integer::sum);
            }
            closed = true;
            if (server != null) {
                server.links.remove(this);
            }
        }
    }

    /** What carries one direction of a connection, byte after byte. */
    private static final class Line {
        long freeAt;
    }

    /** One direction of a link. */
    private final class Way {

        private final SimulatedLink link;
        private final Cut cutBy;
        private final Line line;
        private long lastArrival;

        Way(SimulatedLink link, Cut cutBy, Line line) {
            this.link = link;
            this.cutBy = cutBy;
            this.line = line;
        }

        void send(int bytes, Runnable arrival) {
            Cut cut = link.cut();
            if (cut == Cut.BOTH || cut == cutBy || drop > 0 && random.nextDouble() < drop) {
                return;
            }
            long sent = scheduler.now();
            if (bandwidth > 0) {
                sent = Math.max(sent, line.freeAt) + bytes / bandwidth;
                line.freeAt = sent;
            }
            deliver(sent, arrival);
            if (duplicate > 0 && random.nextDouble() < duplicate) {
                deliver(sent, arrival);
            }
        }

        private void deliver(long sent, Runnable arrival) {
            long arrives = sent + delay + random.nextInt(spread + 1);
            if (reorder > 0 && random.nextDouble() < reorder) {
                arrives += random.nextInt(MOST_LATE);
            } else {
                lastArrival = Math.max(lastArrival, arrives);
                arrives = lastArrival;
            }
            Process at = cutBy == Cut.TO_SOURCE ? link.server.process : link.process;
            scheduler.at(
                    arrives,
                    () -> at.run(() -> {
                        if (!link.closed) {
                            arrival.run();
                        }
                    }));
        }
    }
}
