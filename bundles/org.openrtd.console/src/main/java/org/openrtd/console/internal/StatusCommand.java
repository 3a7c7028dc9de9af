package org.openrtd.console.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;
import org.openrtd.feed.Replica;
import org.openrtd.feed.ReplicaStatistics;
import org.openrtd.feed.RoleStatus;
import org.openrtd.feed.View;
import org.openrtd.feed.Whereabouts;
import org.osgi.service.component.runtime.ServiceComponentRuntime;

@Service
@Command(
        scope = "rtd",
        name = "status",
        description = "Shows this node's roles and connections, and how current each of its feeds is.",
        detailedDescription = "classpath:status.txt")
public class StatusCommand extends RtdCommand {

    @Option(name = "--json", description = "As one JSON document.")
    boolean json;

    @Option(name = "--no-format", description = "One item a line, separated by tabs, for scripts.")
    boolean noFormat;

    /** What a role says of itself. One that fails to answer says so in its line, and the others are shown. */
    private record Role(String role, String summary, Map<String, String> details) {

        static Role of(RoleStatus status) {
            String role = status.getClass().getName();
            try {
                role = status.role();
                return new Role(role, status.summary(), status.details());
            } catch (RuntimeException | LinkageError e) {
                return new Role(role, "cannot tell its status: " + e, Map.of());
            }
        }
    }

    /** Where nobody runs components, none is missed. */
    private List<Components.Down> down() {
        return services(context, ServiceComponentRuntime.class).stream()
                .findFirst()
                .map(Components::down)
                .orElse(List.of());
    }

    @Override
    Object run() throws CommandException {
        List<Role> roles = new ArrayList<>(roles().stream().map(Role::of).toList());
        roles.sort(Comparator.comparing(Role::role));
        List<Components.Down> down = down();
        List<Replica> replicas = replicas();
        replicas.sort(Comparator.comparing(Replica::feed).thenComparing(Replica::source));
        if (json) {
            System.out.println(Json.of(document(roles, down, replicas)));
        } else if (noFormat) {
            printForScripts(roles, down, replicas);
        } else {
            print(roles, down, replicas);
        }
        return null;
    }

    private void print(List<Role> roles, List<Components.Down> down, List<Replica> replicas) throws CommandException {
        Node node = node();
        System.out.println("Node " + Text.harmless(node.name())
                + (node.site().isEmpty() ? "" : "  site " + Text.harmless(node.site())));
        System.out.println();
        if (roles.isEmpty() && down.isEmpty()) {
            System.out.println("No role: nothing of OpenRTD is installed but the console. feature:list | grep openrtd");
        }
        for (Role role : roles) {
            System.out.println(role.role() + ": " + Text.harmless(role.summary()));
            int width =
                    role.details().keySet().stream().mapToInt(Text::width).max().orElse(0);
            role.details()
                    .forEach((name, value) -> System.out.println("  " + Text.left(Text.harmless(name), width) + "  "
                            + Text.harmless(String.valueOf(value))));
        }
        for (Components.Down each : down) {
            System.out.println(colour(RED, "NOT RUNNING: " + each.name()) + ": "
                    + each.state().toLowerCase(Locale.ROOT) + (each.state().equals("FAILED") ? ": " : " ")
                    + Text.harmless(each.reason()));
        }
        if (replicas.isEmpty()) {
            return;
        }
        System.out.println();
        Grid grid = feeds();
        replicas.forEach(replica -> grid.row(cells(replica)));
        grid.print(System.out);
        replicas.stream()
                .filter(replica -> !replica.whereabouts().equals(Whereabouts.NONE))
                .map(replica -> Text.harmless(replica.source() + ": " + replica.whereabouts()))
                .distinct()
                .forEach(System.out::println);
        for (Replica replica : replicas) {
            if (replica.stale()) {
                System.out.println(colour(
                        RED,
                        "NOT CURRENT for " + Text.age(replica.age()) + ": " + replica.feed() + " is "
                                + stateAndReason(replica)));
            }
            ReplicaStatistics s = replica.statistics();
            if (s.repairs() > 0 || s.undecodable() > 0) {
                System.out.println("Note: " + replica.feed() + " from " + Text.harmless(replica.source()) + " had "
                        + s.repairs() + " tables repaired and " + s.undecodable() + " messages that cannot be decoded");
            }
        }
    }

    private static Grid feeds() {
        return new Grid()
                .left("FEED")
                .left("SOURCE")
                .left("STATE")
                .left("POSITION")
                .right("AGE")
                .left("CONTROLLER TIME")
                .right("ROWS")
                .right("ROWS/S")
                .right("BATCHES/S")
                .right("BYTES/S")
                .right("GAPS")
                .right("SNAPSHOTS");
    }

    private List<String> cells(Replica replica) {
        View view = replica.view();
        Rates.Rate rate = rate(replica);
        return new ArrayList<>(List.of(
                replica.feed(),
                replica.source().isEmpty() ? "–" : replica.source(),
                replica.stale() ? "STALE " + replica.state() : replica.state().toString(),
                view.position().toString(),
                Text.age(replica.age()),
                view.controllerTime() == 0 ? "–" : Text.dayAndTime(view.controllerTime(), Picture.zone(calls())),
                Long.toString(rows(view)),
                rate.seconds() == 0 ? "–" : Text.amount(rate.rowChanges()),
                rate.seconds() == 0 ? "–" : Text.amount(rate.batches()),
                rate.seconds() == 0 ? "–" : Text.amount(rate.bytes()),
                Long.toString(replica.statistics().gaps()),
                Long.toString(replica.statistics().snapshots())));
    }

    private Rates.Rate rate(Replica replica) {
        return services(context, Rates.class).stream()
                .findFirst()
                .map(rates -> rates.of(replica))
                .orElse(new Rates.Rate(0, 0, 0, 0));
    }

    private View calls() {
        return Replicas.choose(replicas(), "calls", null).map(Replica::view).orElse(null);
    }

    private static long rows(View view) {
        return view.schema() == null
                ? 0
                : view.schema().tables().stream().mapToLong(view::size).sum();
    }

    private void printForScripts(List<Role> roles, List<Components.Down> down, List<Replica> replicas)
            throws CommandException {
        Node node = node();
        System.out.println("node\t" + Text.harmless(node.name()) + "\t" + Text.harmless(node.site()));
        for (Role role : roles) {
            System.out.println("role\t" + role.role() + "\t" + Text.harmless(role.summary()));
            role.details()
                    .forEach((name, value) -> System.out.println("detail\t" + role.role() + "\t" + Text.harmless(name)
                            + "\t" + Text.harmless(String.valueOf(value))));
        }
        for (Components.Down each : down) {
            System.out.println("down\t" + each.name() + "\t" + each.state() + "\t" + Text.harmless(each.reason()));
        }
        for (Replica replica : replicas) {
            System.out.println("feed\t" + String.join("\t", cells(replica)) + "\t" + Text.harmless(replica.reason()));
            Whereabouts said = replica.whereabouts();
            System.out.println("whereabouts\t" + replica.feed() + "\t" + Text.harmless(replica.source()) + "\t"
                    + Text.harmless(said.site()) + "\t" + Text.harmless(said.configuration()) + "\t"
                    + Text.harmless(said.history()));
        }
    }

    private Map<String, Object> document(List<Role> roles, List<Components.Down> down, List<Replica> replicas)
            throws CommandException {
        Node node = node();
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("node", node.name());
        document.put("site", node.site());
        document.put(
                "roles",
                roles.stream()
                        .map(role -> {
                            Map<String, Object> of = new LinkedHashMap<>();
                            of.put("role", role.role());
                            of.put("summary", role.summary());
                            of.put("details", role.details());
                            return of;
                        })
                        .toList());
        document.put(
                "down",
                down.stream()
                        .map(each -> {
                            Map<String, Object> of = new LinkedHashMap<>();
                            of.put("component", each.name());
                            of.put("state", each.state());
                            of.put("reason", each.reason());
                            return of;
                        })
                        .toList());
        document.put("feeds", replicas.stream().map(this::document).toList());
        return document;
    }

    private Map<String, Object> document(Replica replica) {
        View view = replica.view();
        ReplicaStatistics statistics = replica.statistics();
        Rates.Rate rate = rate(replica);
        Map<String, Object> of = new LinkedHashMap<>();
        of.put("feed", replica.feed());
        of.put("source", replica.source());
        of.put("site", replica.whereabouts().site());
        of.put("configurationAt", replica.whereabouts().configuration());
        of.put("historyAt", replica.whereabouts().history());
        of.put("state", replica.state());
        of.put("reason", replica.reason());
        of.put("stale", replica.stale());
        of.put("ageMillis", replica.age().toMillis());
        of.put("epoch", view.position().epoch());
        of.put("sequence", view.position().sequence());
        of.put("tick", view.tick());
        of.put(
                "controllerTime",
                view.controllerTime() == 0 ? null : java.time.Instant.ofEpochMilli(view.controllerTime()));
        of.put("rows", rows(view));
        of.put("rowChangesPerSecond", rate.seconds() == 0 ? null : (Double) rate.rowChanges());
        of.put("batches", statistics.batches());
        of.put("rowChanges", statistics.rowChanges());
        of.put("bytes", statistics.bytes());
        of.put("duplicates", statistics.duplicates());
        of.put("gaps", statistics.gaps());
        of.put("snapshots", statistics.snapshots());
        of.put("repairs", statistics.repairs());
        of.put("undecodable", statistics.undecodable());
        return of;
    }
}
