package org.openrtd.web.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.openrtd.access.KeyStoreFile;
import org.openrtd.catalog.Catalog;
import org.openrtd.catalog.TableInfo;
import org.openrtd.feed.Replica;
import org.openrtd.feed.View;

/** The web interface of replicas, with a node's settings; user and password are {@link #USER}. */
public final class Webs implements AutoCloseable {

    public static final String USER = "wall";
    private static final int MOST = 10_000;

    private final WebNode node;

    public Webs(List<Replica> replicas) throws IOException {
        node = new WebNode(
                (user, password) -> user.equals(USER) && password.equals(USER)
                        ? Optional.of(Set.of(SignIn.ROLE))
                        : Optional.empty(),
                Pages.ofBundle(),
                null,
                () -> "site",
                () -> "site",
                List::of,
                List::of);
        replicas.forEach(replica -> node.add(replica, "distributor"));
        node.serve(new WebSettings("127.0.0.1", 0, false, KeyStoreFile.NONE, "", MOST, MOST, MOST, 1));
    }

    public int port() {
        return node.port();
    }

    public int streams() {
        return Integer.parseInt(node.details().get("streams"));
    }

    /** What one stream is sent: its snapshot, then a piece for each step, and a heartbeat with each twentieth. */
    public static List<byte[]> record(Replica replica, String table, int steps, Runnable step) {
        Channel channel = new Channel(replica.feed(), () -> {}, (feed, view) -> {});
        channel.add(replica);
        Streams streams = new Streams("run", new TreeMap<>(Map.of(replica.feed(), channel)), () -> "site", List::of);
        List<byte[]> pieces = new ArrayList<>();
        streams.tick(0, true);
        Streams.Cursor cursor = streams.open(List.of(table), null);
        for (int i = 0; i <= steps; i++) {
            byte[] piece = streams.next(cursor);
            if (piece != null) {
                pieces.add(piece);
            }
            step.run();
            streams.tick(i, i % 20 == 0);
        }
        channel.close();
        return pieces;
    }

    /** The rows of a table as an answer has them. */
    public static byte[] json(String table, View view) {
        TableInfo info = Catalog.table(table);
        TableQuery query = new TableQuery(info.table(), info, new Parameters("limit=100000", TableQuery.PARAMETERS));
        return query.json(Map.of("feed", info.feed()), query.rows(view), new Labels(null), 256 << 20);
    }

    @Override
    public void close() {
        node.close();
    }
}
