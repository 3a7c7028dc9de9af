package org.openrtd.console.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;
import org.openrtd.feed.Position;
import org.openrtd.feed.Replica;
import org.openrtd.feed.Verification;

@Service
@Command(
        scope = "rtd",
        name = "verify",
        description = "Proves that this node's replicas equal their origin; fails when one does not.",
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

    @Override
    public Object execute() throws CommandException, InterruptedException {
        if (words != null) {
            feed = Words.apply(words, this, "feed");
        }
        Grid grid = new Grid()
                .left("FEED")
                .left("SOURCE")
                .left("POSITION")
                .right("ROWS")
                .left("RESULT");
        List<Object> document = new ArrayList<>();
        List<String> differences = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        for (Replica replica : chosen(feed, source)) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("feed", replica.feed());
            result.put("source", replica.source());
            try {
                Verification found = await(replica.feed(), replica.verify(rows));
                grid.row(
                        replica.feed(),
                        replica.source(),
                        found.position().toString(),
                        Long.toString(found.rows()),
                        result(replica, found));
                found.differences().forEach(line -> differences.add(replica.feed() + ": " + Text.harmless(line)));
                if (!found.equal()) {
                    failed.add(replica.feed() + " differs");
                } else if (replica.stale()) {
                    failed.add(replica.feed() + " is not current");
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
                        replica.source(),
                        replica.view().position().toString(),
                        "–",
                        why.startsWith("Not verified") ? why : "Not verified: " + why);
                failed.add(replica.feed() + " could not be verified");
                result.put("error", why);
            }
            document.add(result);
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

    private String result(Replica replica, Verification found) {
        int count = found.differences().size();
        String result = count > 0
                ? (count == Verification.MOST_DIFFERENCES ? "at least " : "")
                        + count
                        + (count == 1 ? " difference" : " differences")
                : found.position().equals(Position.NONE)
                        ? "nothing received yet"
                        : rows ? "every row equals the source's" : "rows have the origin's digests";
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
