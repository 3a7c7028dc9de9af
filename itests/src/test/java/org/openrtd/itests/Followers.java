package org.openrtd.itests;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.openrtd.catalog.Catalog;
import org.openrtd.client.Batch;
import org.openrtd.client.FeedStatus;
import org.openrtd.client.OpenRtdClient;
import org.openrtd.client.OpenRtdListener;
import org.openrtd.client.Reading;
import org.openrtd.feed.Position;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;

/** Plain programs that follow a site with the client library, as many as wanted; in this process, or in one of its own. */
final class Followers implements AutoCloseable {

    /**
     * Where one of them is in a feed.
     *
     * @param rows what its rows come to
     */
    record Held(String feed, Position position, long rows, boolean current, String source) {

        private String line() {
            return String.join(
                    " ",
                    feed,
                    Long.toString(position.epoch()),
                    Long.toString(position.sequence()),
                    Long.toString(rows),
                    Boolean.toString(current),
                    source.isEmpty() ? "-" : source);
        }

        static Held of(String line) {
            String[] words = line.split(" ");
            return new Held(
                    words[0],
                    new Position(Long.parseLong(words[1]), Long.parseLong(words[2])),
                    Long.parseLong(words[3]),
                    Boolean.parseBoolean(words[4]),
                    words[5]);
        }
    }

    /** A batch of a feed that one of them took. */
    record Taken(String feed, long nanoTime, String source, Position previous, Position position) {}

    /** What a wallboard follows. */
    static final Set<String> FEEDS = Set.of(Catalog.CALLS, Catalog.CONFIG);

    private static final int KEPT = 2000;

    private final List<OpenRtdClient> clients = new ArrayList<>();
    private final List<Heard> heard = new ArrayList<>();

    /** @param urls of distributors, in order of preference */
    Followers(int count, List<String> urls, String user, String password) {
        this(count, urls, user, password, false);
    }

    private Followers(int count, List<String> urls, String user, String password, boolean witness) {
        for (int i = 0; i < count; i++) {
            Heard each = new Heard(witness);
            heard.add(each);
            clients.add(OpenRtdClient.builder()
                    .distributors(urls.toArray(new String[0]))
                    .credentials(user, password)
                    .feeds(FEEDS.toArray(new String[0]))
                    .listener(each)
                    .open());
        }
    }

    /** One that also knows what its rows came to at each position. */
    static Followers witness(String url, String user, String password) {
        return new Followers(1, List.of(url), user, password, true);
    }

    /** Each feed of each, as it is now. */
    List<Held> look() {
        List<Held> all = new ArrayList<>();
        for (OpenRtdClient client : clients) {
            Reading reading = client.read();
            for (FeedStatus status : reading.statuses()) {
                all.add(new Held(
                        status.feed(),
                        status.position(),
                        sum(reading, status.feed()),
                        !status.stale(),
                        status.source()));
            }
        }
        return all;
    }

    /** What the rows of a feed came to at the positions that the witness has been at. */
    Map<Position, Long> been(String feed) {
        return heard.get(0).been(feed);
    }

    /** What each took of a feed since it began, the newest {@value #KEPT} batches. */
    List<List<Taken>> taken(String feed) {
        return heard.stream().map(each -> each.taken(feed)).toList();
    }

    /** Who went back, since they began. */
    List<String> broken() {
        return heard.stream().flatMap(each -> each.broken().stream()).toList();
    }

    @Override
    public void close() {
        clients.forEach(OpenRtdClient::close);
    }

    private static long sum(Reading reading, String feed) {
        long sum = 0;
        for (Table table : Catalog.feed(feed).tables()) {
            for (Row row : reading.rows(table.name())) {
                long hash = 0x9e3779b97f4a7c15L * (31L * table.name().hashCode() + row.hashCode());
                sum += (hash ^ hash >>> 29) * 0xbf58476d1ce4e5b9L;
            }
        }
        return sum;
    }

    private static final class Heard implements OpenRtdListener {

        private final boolean witness;
        private final Map<String, Map<Position, Long>> been = new HashMap<>();
        private final Map<String, Deque<Taken>> taken = new HashMap<>();
        private final List<String> broken = new ArrayList<>();

        Heard(boolean witness) {
            this.witness = witness;
        }

        @Override
        public void batch(Batch batch) {
            Position position = batch.position();
            Long rows = witness ? sum(batch.now(), batch.feed()) : null;
            synchronized (this) {
                if (position.compareTo(batch.previous()) < 0) {
                    broken.add("ORDERED: a follower of " + batch.feed() + " went from " + batch.previous() + " to "
                            + position);
                }
                if (witness) {
                    Map<Position, Long> positions = been.computeIfAbsent(batch.feed(), feed -> new LinkedHashMap<>());
                    positions.put(position, rows);
                    if (positions.size() > KEPT) {
                        positions.remove(positions.keySet().iterator().next());
                    }
                }
                Deque<Taken> batches = taken.computeIfAbsent(batch.feed(), feed -> new ArrayDeque<>());
                batches.add(new Taken(
                        batch.feed(), System.nanoTime(), batch.status().source(), batch.previous(), position));
                if (batches.size() > KEPT) {
                    batches.poll();
                }
            }
        }

        synchronized Map<Position, Long> been(String feed) {
            return new TreeMap<>(been.getOrDefault(feed, Map.of()));
        }

        synchronized List<Taken> taken(String feed) {
            return List.copyOf(taken.getOrDefault(feed, new ArrayDeque<>()));
        }

        synchronized List<String> broken() {
            return List.copyOf(broken);
        }
    }

    /**
     * As a process: {@code COUNT USER PASSWORD URL...}; answers each line of its input with a line for each feed of each
     * follower, and one that is empty. Ends with its input.
     */
    public static void main(String[] arguments) throws IOException {
        List<String> urls = List.of(arguments).subList(3, arguments.length);
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        // Libraries that log to the standard output would fill the pipe, which is read only after a question.
        System.setOut(System.err);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Followers followers = new Followers(Integer.parseInt(arguments[0]), urls, arguments[1], arguments[2])) {
            while (in.readLine() != null) {
                followers.look().forEach(held -> out.println(held.line()));
                followers.broken().forEach(out::println);
                out.println();
                out.flush();
            }
        }
        System.exit(0);
    }

    /** Followers in a process of their own, which can be killed. */
    static final class Apart implements AutoCloseable {

        private final Process process;
        private final BufferedReader out;

        Apart(int count, List<String> urls, String user, String password, java.nio.file.Path log) {
            List<String> command = new ArrayList<>(List.of(
                    System.getProperty("java.home") + "/bin/java",
                    "-Xmx384m",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                    "-Dorg.ops4j.pax.logging.DefaultServiceLog.level=ERROR",
                    Followers.class.getName(),
                    Integer.toString(count),
                    user,
                    password));
            command.addAll(urls);
            try {
                process = new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        }

        /** As {@link Followers#look}. */
        List<Held> look() throws IOException {
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
            List<Held> all = new ArrayList<>();
            for (String line = out.readLine(); ; line = out.readLine()) {
                if (line == null) {
                    throw new IOException("The followers' process has ended");
                }
                if (line.isEmpty()) {
                    return all;
                }
                if (line.startsWith("ORDERED")) {
                    throw new AssertionError(line);
                }
                all.add(Held.of(line));
            }
        }

        /** As if the power had failed. */
        void kill() throws InterruptedException {
            process.destroyForcibly().waitFor();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
