package org.openrtd.console.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;
import org.openrtd.configuration.CopyReport;
import org.openrtd.configuration.CopyStatus;
import org.openrtd.configuration.SyncStatus;

@Service
@Command(
        scope = "rtd",
        name = "sync-status",
        description =
                "Shows the centre's configuration and every copy of it: how far each is, and whether it is equal.",
        detailedDescription = "classpath:sync-status.txt")
public class SyncStatusCommand extends RtdCommand {

    /** More of a state, with its reason, would tear the columns apart; --json has all of it. */
    private static final int MAX_STATE = 40;

    @Option(name = "--json", description = "As one JSON document.")
    boolean json;

    @Option(name = "--no-format", description = "One copy a line, separated by tabs, for scripts.")
    boolean noFormat;

    @Override
    Object run() throws CommandException, InterruptedException {
        SyncStatus status = services(context, SyncStatus.class).stream()
                .findFirst()
                .orElseThrow(() -> new CommandException(
                        "This node knows of no copies: it is not the centre, and no role here follows one"));
        SyncStatus.Picture picture;
        try {
            picture = status.picture().get(10, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new CommandException("No answer: " + Text.harmless(String.valueOf(e.getMessage())));
        }
        if (json) {
            System.out.println(Json.of(document(picture)));
            return null;
        }
        Grid grid = new Grid()
                .left("NODE")
                .left("COPY")
                .left("VIA")
                .left("IDENTITY")
                .left("POSITION")
                .right("LAG")
                .right("FOR")
                .left("STATE")
                .left("DIGESTS")
                .left("LAST REPAIR")
                .right("SCHEMA")
                .right("SAID");
        for (CopyReport report : picture.copies()) {
            CopyStatus copy = report.status();
            grid.row(
                    copy.node(),
                    kind(copy.kind()),
                    report.via().isEmpty() ? "–" : report.via(),
                    copy.feedId().isEmpty()
                            ? "–"
                            : copy.feedId()
                                    .substring(0, Math.min(8, copy.feedId().length())),
                    copy.position().toString(),
                    report.lag() < 0 ? "?" : Long.toString(report.lag()),
                    report.lagMillis() < 0
                            ? "?"
                            : report.lag() == 0 ? "–" : Text.age(Duration.ofMillis(report.lagMillis())),
                    noFormat || copy.state().length() <= MAX_STATE
                            ? copy.state()
                            : copy.state().substring(0, MAX_STATE - 1) + "…",
                    digests(copy),
                    copy.lastRepair() == null
                            ? "none"
                            : copy.lastRepair().time() + " " + copy.lastRepair().reason(),
                    Integer.toString(copy.schemaVersion()),
                    Text.age(Duration.ofMillis(report.ageMillis())) + " ago");
        }
        if (noFormat) {
            grid.printTabbed(System.out);
            // Not among the lines, where scripts look for copies.
            for (CopyReport report : picture.copies()) {
                if (!report.status().alarm().isEmpty()) {
                    System.err.println(Text.harmless(
                            report.status().node() + ", " + kind(report.status().kind()) + ": "
                                    + report.status().alarm()));
                }
            }
            if (!picture.problem().isEmpty()) {
                throw new CommandException("The centre cannot be asked: " + Text.harmless(picture.problem())
                        + ". As known at " + Text.harmless(picture.node()));
            }
        } else {
            System.out.println(
                    picture.problem().isEmpty()
                            ? "As the centre knows it, " + Text.harmless(picture.node())
                            : colour(
                                    RED,
                                    "The centre cannot be asked: " + Text.harmless(picture.problem()) + ". As known at "
                                            + Text.harmless(picture.node())));
            grid.print(System.out);
            for (CopyReport report : picture.copies()) {
                if (!report.status().alarm().isEmpty()) {
                    System.out.println(colour(
                            RED,
                            Text.harmless(report.status().node() + ", "
                                    + kind(report.status().kind()) + ": "
                                    + report.status().alarm())));
                }
            }
        }
        return null;
    }

    private static String kind(CopyStatus.Kind kind) {
        return switch (kind) {
            case CENTRE -> "centre";
            case REPLICA -> "replica";
            case LOCAL_DATABASE -> "local database";
        };
    }

    private static String digests(CopyStatus copy) {
        return switch (copy.digests()) {
            case EQUAL -> copy.kind() == CopyStatus.Kind.CENTRE ? "–" : "equal";
            case UNKNOWN -> "not compared";
            case DIFFERENT -> "DIFFERENT";
        };
    }

    private static Map<String, Object> document(SyncStatus.Picture picture) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("node", picture.node());
        document.put("problem", picture.problem());
        List<Object> copies = new ArrayList<>();
        for (CopyReport report : picture.copies()) {
            CopyStatus copy = report.status();
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("node", copy.node());
            line.put("copy", kind(copy.kind()));
            line.put("via", report.via());
            line.put("identity", copy.feedId());
            line.put("epoch", copy.position().epoch());
            line.put("recoveryKey", copy.position().sequence());
            line.put("lag", report.lag() < 0 ? null : report.lag());
            line.put("lagMillis", report.lagMillis() < 0 ? null : report.lagMillis());
            line.put("state", copy.state());
            line.put("digests", copy.digests().toString());
            line.put(
                    "lastRepair",
                    copy.lastRepair() == null ? null : copy.lastRepair().time());
            line.put(
                    "lastRepairReason",
                    copy.lastRepair() == null ? null : copy.lastRepair().reason());
            line.put("alarm", copy.alarm());
            line.put("schemaVersion", copy.schemaVersion());
            line.put("ageMillis", report.ageMillis());
            copies.add(line);
        }
        document.put("copies", copies);
        return document;
    }
}
