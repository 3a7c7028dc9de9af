package org.openrtd.console.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;
import org.openrtd.feed.FeedCopy;
import org.openrtd.feed.Position;
import org.openrtd.feed.Replica;
import org.openrtd.feed.Verification;

@Service
@Command(
        scope = "rtd",
        name = "verify",
        description = "Proves that this node's replicas and databases equal their origin; fails when one does not.",
        detailedDescription = "classpath:verify.txt")
public class VerifyCommand extends RtdCommand {

    @Argument(index = 0, name = "feed", description = "Only this feed.", multiValued = true)
    @Completion(VerifyCompleter.class)
    List<String> words;

    String feed;

    @Option(name = "--rows", description = "Fetches every row from the source and compares it, not only the digests.")
    boolean rows;

    @Option(name = "--source", description = "Of several replicas of a feed, the one from this source.")
    @Completion(SourceCompleter.class)
    String source;

    @Option(name = "--timeout", description = "Seconds to wait for one feed.")
    int timeoutSeconds = 60;

    @Option(name = "--json", description = "As one JSON document.")
    boolean json;

    @Option(name = "--no-format", description = "One row a line, separated by tabs, for scripts.")
    boolean noFormat;

    private final Grid grid = new Grid()
            .left("FEED")
            .left("SOURCE")
            .left("POSITION")
            .right("ROWS")
            .left("RESULT");
    private final List<Object> document = new ArrayList<>();
    private final List<String> differences = new ArrayList<>();
    private final List<String> failed = new ArrayList<>();

    @Override
    Object run() throws CommandException, InterruptedException {
        if (words != null) {
            feed = Words.apply(words, this, "feed");
        }
        List<FeedCopy> copies = services(context, FeedCopy.class);
        for (Replica replica : chosen(feed, source)) {
            verify(
                    replica,
                    replica.source(),
                    replica.feed(),
                    rows ? "every row equals the source's" : "rows have the origin's digests",
                    () -> replica.verify(rows));
            for (FeedCopy copy : copies) {
                if (copy.feed().equals(replica.feed())) {
                    String name = copy.feed() + " in the " + copy.name();
                    verify(replica, copy.name(), name, "every row equals the replica's", copy::verify);
                }
            }
        }
        if (json) {
            System.out.println(Json.of(document));
        } else if (noFormat) {
            grid.printTabbed(System.out);
        } else {
            grid.print(System.out);
        }
        if (!json) {
            differences.forEach(System.out::println);
        }
        if (!failed.isEmpty()) {
            throw new CommandException("Not proven: " + String.join(", ", failed));
        }
        return null;
    }

    /**
     * One line of the answer.
     *
     * @param with what the rows are compared with, or whose copy is
     * @param name what is compared, in words
     * @param equal what is proven when nothing differs
     */
    private void verify(
            Replica replica,
            String with,
            String name,
            String equal,
            Supplier<CompletableFuture<Verification>> verification)
            throws InterruptedException {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("feed", replica.feed());
        result.put("source", with);
        try {
            Verification found = await(name, verification.get());
            grid.row(
                    replica.feed(),
                    with,
                    found.position().toString(),
                    Long.toString(found.rows()),
                    result(replica, found, equal));
            found.differences().forEach(line -> differences.add(name + ": " + Text.harmless(line)));
            if (!found.equal()) {
                failed.add(name + " differs");
            } else if (replica.stale()) {
                failed.add(name + " is not current");
            }
            result.put("position", found.position());
            result.put("rows", found.rows());
            result.put("equal", found.equal());
            result.put("stale", replica.stale());
            result.put("differences", found.differences());
        } catch (ExecutionException | TimeoutException e) {
            String why = e instanceof TimeoutException
                    ? "no answer within " + timeoutSeconds + " s (--timeout)"
                    : Text.harmless(String.valueOf(e.getCause().getMessage()));
            grid.row(
                    replica.feed(),
                    with,
                    replica.view().position().toString(),
                    "–",
                    why.startsWith("Not verified") ? why : "Not verified: " + why);
            failed.add(name + " could not be verified");
            result.put("error", why);
        }
        document.add(result);
    }

    private String result(Replica replica, Verification found, String equal) {
        int count = found.differences().size();
        String result = count > 0
                ? (count == Verification.MOST_DIFFERENCES ? "at least " : "")
                        + count
                        + (count == 1 ? " difference" : " differences")
                : found.position().equals(Position.NONE) ? "nothing received yet" : equal;
        return replica.stale() ? result + ", but NOT CURRENT: " + stateAndReason(replica) : result;
    }

    private Verification await(String feed, CompletableFuture<Verification> verification)
            throws InterruptedException, ExecutionException, TimeoutException {
        try {
            for (int seconds = 2; seconds < timeoutSeconds; seconds += 2) {
                try {
                    return verification.get(2, TimeUnit.SECONDS);
                } catch (TimeoutException stillAtIt) {
                    // Not to System.out, which scripts read.
                    System.err.println("Verifying " + feed + " for " + seconds + " s …");
                }
            }
            return verification.get(2, TimeUnit.SECONDS);
        } finally {
            verification.cancel(true);
        }
    }
}
