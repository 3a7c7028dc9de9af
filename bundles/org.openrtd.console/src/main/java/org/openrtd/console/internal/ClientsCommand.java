package org.openrtd.console.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;
import org.openrtd.feed.FollowerStatus;
import org.openrtd.feed.Followers;

@Service
@Command(
        scope = "rtd",
        name = "clients",
        description = "Shows who follows this node's feeds: from where, how far, and what waits for each.",
        detailedDescription = "classpath:clients.txt")
public class ClientsCommand extends RtdCommand {

    private static final Comparator<FollowerStatus> ORDER = Comparator.comparing(FollowerStatus::user)
            .thenComparing(FollowerStatus::node)
            .thenComparing(FollowerStatus::feed)
            .thenComparing(FollowerStatus::address);

    @Argument(name = "feed", description = "Only who follows this feed.")
    String feed;

    @Option(name = "--json", description = "As one JSON document.")
    boolean json;

    @Option(name = "--no-format", description = "One follower a line, separated by tabs, for scripts.")
    boolean noFormat;

    @Override
    Object run() throws CommandException {
        List<Followers> sources = services(context, Followers.class);
        if (sources.isEmpty()) {
            throw new CommandException("This node passes no feed on: a distributor or the centre does. See rtd:status");
        }
        List<FollowerStatus> followers = sources.stream()
                .flatMap(source -> source.followers().stream())
                .filter(each -> feed == null || each.feed().equals(feed))
                .sorted(ORDER)
                .toList();
        if (json) {
            System.out.println(Json.of(document(followers)));
            return null;
        }
        Grid grid = new Grid()
                .left("USER")
                .left("NODE")
                .left("ADDRESS")
                .left("FEED")
                .left("STATE")
                .left("POSITION")
                .right("LAG")
                .right("AGE")
                .right("BATCHES/S")
                .right("BYTES/S")
                .right("WAITING")
                .right("ANSWERS")
                .right("LINKS")
                .right("SAID");
        for (FollowerStatus each : followers) {
            boolean says = each.saidMillis() >= 0;
            grid.row(
                    each.user(),
                    each.node().isEmpty() ? "–" : each.node(),
                    each.address().isEmpty() ? "this node" : each.address(),
                    each.feed(),
                    each.state(),
                    says ? each.position().toString() : "–",
                    each.lag() < 0 ? "–" : Long.toString(each.lag()),
                    says ? Text.age(Duration.ofMillis(each.ageMillis())) : "–",
                    rate(each.batchesPerSecond()),
                    rate(each.bytesPerSecond()),
                    waiting(each.waitingMessages(), each.waitingBytes()),
                    waiting(each.replyMessages(), each.replyBytes()),
                    Integer.toString(each.links()),
                    says ? Text.age(Duration.ofMillis(each.saidMillis())) + " ago" : "–");
        }
        if (noFormat) {
            grid.printTabbed(System.out);
            return null;
        }
        grid.print(System.out);
        long users = followers.stream()
                .map(each -> List.of(each.user(), each.node()))
                .distinct()
                .count();
        System.out.println(users + (users == 1 ? " follower, " : " followers, ") + followers.size()
                + (followers.size() == 1 ? " feed" : " feeds") + " in all");
        return null;
    }

    private static String rate(double perSecond) {
        return perSecond < 0 ? "–" : Text.amount(perSecond);
    }

    private static String waiting(long messages, long bytes) {
        return messages == 0 ? "–" : messages + ", " + (bytes + 1023) / 1024 + " KiB";
    }

    private static List<Object> document(List<FollowerStatus> followers) {
        List<Object> document = new ArrayList<>();
        for (FollowerStatus each : followers) {
            boolean says = each.saidMillis() >= 0;
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("user", each.user());
            line.put("node", each.node());
            line.put("address", each.address());
            line.put("feed", each.feed());
            line.put("state", each.state());
            line.put("epoch", says ? each.position().epoch() : null);
            line.put("sequence", says ? each.position().sequence() : null);
            line.put("lag", each.lag() < 0 ? null : each.lag());
            line.put("ageMillis", says ? each.ageMillis() : null);
            line.put("saidMillis", says ? each.saidMillis() : null);
            line.put("batchesPerSecond", each.batchesPerSecond() < 0 ? null : each.batchesPerSecond());
            line.put("bytesPerSecond", each.bytesPerSecond() < 0 ? null : each.bytesPerSecond());
            line.put("waitingMessages", each.waitingMessages());
            line.put("waitingBytes", each.waitingBytes());
            line.put("replyMessages", each.replyMessages());
            line.put("replyBytes", each.replyBytes());
            line.put("connectedMillis", each.connectedMillis());
            line.put("links", each.links());
            document.add(line);
        }
        return document;
    }
}
