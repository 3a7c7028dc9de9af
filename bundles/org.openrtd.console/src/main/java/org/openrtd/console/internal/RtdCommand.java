package org.openrtd.console.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.CommandException;
import org.jline.terminal.Terminal;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Replica;
import org.openrtd.feed.RoleStatus;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** What the {@code rtd:*} commands share. They print what the node's services say, and decide nothing. */
abstract class RtdCommand implements Action {

    static final String RED = "\033[31m";
    static final String GREEN = "\033[32m";
    static final String RESET = "\033[0m";

    @Reference
    BundleContext context;

    @Reference
    Session session;

    /** What the command does. */
    abstract Object run() throws CommandException, IOException, InterruptedException;

    @Override
    public final Object execute() throws CommandException, IOException, InterruptedException {
        try {
            return run();
        } catch (IllegalStateException e) {
            if (isCurrent()) {
                throw e;
            }
            // Not with its cause: the log's memory would keep the former version's classes.
            throw new CommandException(
                    "The console of this node was updated or stopped meanwhile: give the command again");
        }
    }

    /** Whether this version of the console is still the node's. */
    private boolean isCurrent() {
        try {
            context.getBundle();
            return true;
        } catch (IllegalStateException over) {
            return false;
        }
    }

    List<Replica> replicas() {
        return services(context, Replica.class);
    }

    List<RoleStatus> roles() {
        return services(context, RoleStatus.class);
    }

    Node node() throws CommandException {
        return services(context, Node.class).stream()
                .findFirst()
                .orElseThrow(() -> new CommandException("The component org.openrtd.console.internal.Node is not active;"
                        + " see scr:list and the log"));
    }

    /** All services of a type, the best first; the list is the caller's. */
    static <T> List<T> services(BundleContext context, Class<T> type) {
        try {
            Collection<ServiceReference<T>> references = context.getServiceReferences(type, null);
            List<T> services = new ArrayList<>();
            references.stream()
                    .sorted(java.util.Comparator.reverseOrder())
                    .map(context::getService)
                    .filter(java.util.Objects::nonNull)
                    .forEach(services::add);
            return services;
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The replicas that an operator asked for: of one feed or one of each, from one source or the best. */
    List<Replica> chosen(String feed, String source) throws CommandException {
        List<Replica> all = replicas();
        if (all.isEmpty()) {
            throw new CommandException("This node follows no feed. Install a role, such as"
                    + " feature:install openrtd-client-aw, and see rtd:status");
        }
        if (source != null && all.stream().noneMatch(r -> r.source().equals(source))) {
            List<String> sources =
                    all.stream().map(Replica::source).distinct().sorted().toList();
            throw new CommandException("This node follows no source " + Text.harmless(source) + "; it follows "
                    + String.join(", ", sources) + "." + Suggestions.didYouMean(source, sources));
        }
        List<Replica> chosen = Replicas.onePerFeed(all, source);
        if (feed == null) {
            return chosen;
        }
        List<String> feeds = all.stream().map(Replica::feed).distinct().sorted().toList();
        String here = source == null ? "This node" : "Source " + Text.harmless(source);
        return List.of(chosen.stream()
                .filter(r -> r.feed().equals(feed))
                .findFirst()
                .orElseThrow(() -> new CommandException(here + " has no feed " + Text.harmless(feed) + "; there are "
                        + String.join(", ", feeds) + "." + Suggestions.didYouMean(feed, feeds))));
    }

    /** The terminal of the session, or {@code null} when nobody sits at one. */
    Terminal terminal() {
        Object terminal = session.get(".jline.terminal");
        return terminal instanceof Terminal t && !t.getType().startsWith(Terminal.TYPE_DUMB) && t.getWidth() > 0
                ? t
                : null;
    }

    String colour(String code, String text) {
        return terminal() == null ? text : code + text + RESET;
    }

    /** {@code LIVE}, or what is wrong and since when, impossible to overlook. */
    String state(Replica replica) {
        if (!replica.stale()) {
            return colour(GREEN, "LIVE") + ", " + Text.age(replica.age()) + " old";
        }
        return colour(RED, "STALE for " + Text.age(replica.age()) + ": " + stateAndReason(replica));
    }

    static String stateAndReason(Replica replica) {
        String reason = Text.harmless(replica.reason());
        return replica.state()
                + (reason.isEmpty() || replica.state() == FeedState.LIVE && !replica.stale()
                        ? ""
                        : " (" + reason + ")");
    }

    static String list(Collection<String> names) {
        return names.stream().sorted().collect(Collectors.joining(", "));
    }
}
