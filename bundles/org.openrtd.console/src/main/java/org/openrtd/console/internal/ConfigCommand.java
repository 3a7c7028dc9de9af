package org.openrtd.console.internal;

import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.karaf.shell.support.CommandException;
import org.apache.karaf.shell.support.ShellUtil;
import org.openrtd.catalog.Catalog;
import org.openrtd.configuration.ConfigurationEditor;
import org.openrtd.configuration.ConfigurationProblem;
import org.openrtd.configuration.ConfigurationResult;
import org.openrtd.configuration.ConfigurationTransaction;
import org.openrtd.configuration.ConfigurationUnreachable;
import org.openrtd.configuration.CopyStatusSource;
import org.openrtd.configuration.KnownTransaction;
import org.openrtd.feed.Change;
import org.openrtd.feed.Position;
import org.openrtd.feed.Replica;

/** What the commands for the configuration share: the node's copy of it, and the way that edits take. */
abstract class ConfigCommand extends RtdCommand {

    /** The copies of this node are looked at so often while one waits for them. */
    private static final long LOOK_MILLIS = 20;

    /** This node's copy of the configuration; the same throughout one command. */
    ConfigRows configuration() throws CommandException {
        Replica replica = chosen(Catalog.CONFIG, null).get(0);
        if (replica.view().schema() == null) {
            throw new CommandException("The configuration has not arrived at this node yet: " + stateAndReason(replica)
                    + "; rtd:status shows its feed");
        }
        return new ConfigRows(replica);
    }

    ConfigurationEditor editor() throws CommandException {
        return services(context, ConfigurationEditor.class).stream()
                .findFirst()
                .orElseThrow(
                        () -> new CommandException("This node has no way to the centre: it is not the centre, and no"
                                + " role here follows one; see rtd:status"));
    }

    /** Who edits: whom this node's console let in. */
    private static String author() {
        String user = ShellUtil.getCurrentUserName();
        return user == null ? "" : user.length() > 64 ? user.substring(0, 64) : user;
    }

    /** Nobody knows whether it took effect. */
    private static final class Undecided extends CommandException {

        private static final long serialVersionUID = 1;

        Undecided(String message) {
            super(message);
        }
    }

    /** Waits for the centre; says on the standard error that it does. */
    <T> T answer(CompletableFuture<T> asked, int timeoutSeconds) throws CommandException, InterruptedException {
        try {
            for (int seconds = 2; seconds < timeoutSeconds; seconds += 2) {
                try {
                    return asked.get(2, TimeUnit.SECONDS);
                } catch (TimeoutException waiting) {
                    System.err.println("Waiting for the centre for " + seconds + " s …");
                }
            }
            return asked.get(2, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new Undecided("No answer from the centre within " + timeoutSeconds + " s (--timeout)");
        } catch (ExecutionException e) {
            String why = Text.harmless(String.valueOf(e.getCause().getMessage()));
            if (e.getCause() instanceof ConfigurationUnreachable unreachable) {
                if (unreachable.undecided()) {
                    throw new Undecided("No answer from the centre: " + why);
                }
                throw new CommandException("The centre cannot be reached: " + why);
            }
            throw new CommandException(why);
        }
    }

    /** Whether a command would do what a transaction did: is an earlier run of it. */
    @FunctionalInterface
    interface Same {
        boolean as(List<Change> committed) throws CommandException;
    }

    /**
     * Tells what became of a transaction whose id was given, whatever this node's copy shows, and waits until its copies have
     * it.
     *
     * @param id {@code null} when none was given
     * @return whether it was committed, so that there is nothing to do
     */
    boolean tell(String id, int timeoutSeconds, Same same) throws CommandException, InterruptedException {
        if (id == null) {
            return false;
        }
        long began = System.nanoTime();
        KnownTransaction known = answer(editor().find(id, true), timeoutSeconds).orElse(null);
        if (known == null) {
            return false;
        }
        String what = "under recovery key " + known.position().sequence()
                + (known.author().isEmpty() ? "" : " by " + known.author())
                + (known.time() == null ? "" : " at " + known.time().truncatedTo(ChronoUnit.SECONDS));
        if (known.changes().isEmpty()) {
            what += "; what it changed is not kept any more, or too much to be told";
        } else if (same.as(known.changes())) {
            what += ": " + called(known.changes());
        } else {
            throw new CommandException(Text.harmless("The id " + id + " was another transaction's, committed " + what
                    + ": " + called(known.changes()) + ". Nothing was done now; give this one an id of its own"));
        }
        System.out.println(Text.harmless("Transaction " + id + " is committed " + what + " (rtd:config-history)"));
        awaitCopies(known.position(), timeoutSeconds, began);
        return true;
    }

    /** Said of what there was nothing to do for. */
    static String unknown(String id) {
        return id == null ? "" : "; no transaction " + Text.harmless(id) + " is known";
    }

    private static String called(List<Change> changes) {
        return changes.size() > 3
                ? changes.size() + " rows"
                : changes.stream()
                        .map(change -> change.row() != null
                                ? ConfigRows.called(change.row())
                                : change.table().name() + " "
                                        + change.key().stream()
                                                .map(ConfigRows::text)
                                                .collect(Collectors.joining(",")))
                        .collect(Collectors.joining(", "));
    }

    /**
     * Has the changes committed, and waits until this node's copies have them.
     *
     * @param same for an earlier run under that id, which took effect only now
     */
    void commit(List<Change> changes, String id, int timeoutSeconds, String done, Same same)
            throws CommandException, InterruptedException {
        if (changes.size() > ConfigurationTransaction.MAX_CHANGES) {
            throw new CommandException("One transaction changes at most " + ConfigurationTransaction.MAX_CHANGES
                    + " rows, and these are " + changes.size() + ": split them");
        }
        String sure = id == null ? UUID.randomUUID().toString() : id;
        long began = System.nanoTime();
        ConfigurationResult result;
        try {
            result = answer(editor().commit(new ConfigurationTransaction(sure, author(), changes)), timeoutSeconds);
        } catch (Undecided e) {
            throw new CommandException(e.getMessage() + ". The same command with --id " + sure
                    + " tells what became of it, or does it now; it takes effect at most once");
        } catch (IllegalArgumentException e) {
            throw new CommandException(Text.harmless(e.getMessage()));
        }
        if (result instanceof ConfigurationResult.Refused refused) {
            boolean idIsTaken = refused.problems().stream()
                    .anyMatch(problem -> problem.kind() == ConfigurationProblem.Kind.TRANSACTION_ID);
            if (idIsTaken && tell(id, timeoutSeconds, same)) {
                return;
            }
            ConfigRows rows = configuration();
            refused.problems().forEach(problem -> System.out.println(describe(rows, problem)));
            throw new CommandException("Refused for "
                    + (refused.problems().size() == 1 ? "this reason" : "these reasons") + "; nothing was changed");
        }
        // Also where an earlier run was first: what is told is what was committed, or it were refused.
        long key = ((ConfigurationResult.Committed) result).recoveryKey();
        System.out.println(done + ", recovery key " + key);
        awaitCopies(position(sure, key, began + TimeUnit.SECONDS.toNanos(timeoutSeconds)), timeoutSeconds, began);
    }

    /** In which epoch it was committed: in the one before a restored backup there was another one under that key. */
    private Position position(String id, long key, long until) throws InterruptedException, CommandException {
        try {
            return editor().find(id, false)
                    .get(until - System.nanoTime(), TimeUnit.NANOSECONDS)
                    .map(KnownTransaction::position)
                    .orElse(new Position(0, key));
        } catch (ExecutionException | TimeoutException unknown) {
            // It is committed all the same.
            return new Position(0, key);
        }
    }

    private void awaitCopies(Position committed, int timeoutSeconds, long began)
            throws CommandException, InterruptedException {
        long until = began + TimeUnit.SECONDS.toNanos(timeoutSeconds);
        List<String> behind = behind(committed);
        while (!behind.isEmpty()) {
            if (System.nanoTime() >= until) {
                throw new CommandException("The centre has committed it under key " + committed.sequence()
                        + ", but after " + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began) + " s "
                        + String.join(" and ", behind) + "; rtd:sync-status shows why");
            }
            Thread.sleep(LOOK_MILLIS);
            behind = behind(committed);
        }
    }

    /** Which copies of this node have not got so far. */
    private List<String> behind(Position committed) {
        List<String> behind = new ArrayList<>();
        Replicas.choose(replicas(), Catalog.CONFIG, null)
                .ifPresent(replica -> behind(replica.view().position(), committed, "this node's replica")
                        .ifPresent(behind::add));
        for (CopyStatusSource source : services(context, CopyStatusSource.class)) {
            try {
                behind(source.status().position(), committed, "its local database")
                        .ifPresent(behind::add);
            } catch (RuntimeException e) {
                behind.add("its local database does not say how far it is: "
                        + Text.harmless(String.valueOf(e.getMessage())));
            }
        }
        return behind;
    }

    private static Optional<String> behind(Position at, Position committed, String copy) {
        if (at.epoch() < committed.epoch()) {
            return Optional.of(copy + " is at " + at + ", in an epoch before that of the commit, " + committed);
        }
        return at.sequence() < committed.sequence() ? Optional.of(copy + " is at " + at.sequence()) : Optional.empty();
    }

    /** One problem: its place, and what is wrong; of a conflict that says both values, who and when. */
    private String describe(ConfigRows rows, ConfigurationProblem problem) {
        String key = problem.key().stream().map(ConfigRows::text).collect(Collectors.joining(","));
        String name = problem.key().contains(null)
                ? ""
                : rows.present(problem.table())
                        .flatMap(table -> rows.view().find(table, problem.key()))
                        .flatMap(ConfigRows::name)
                        .map(called -> " (" + called + ")")
                        .orElse("");
        String said = problem.table() + " " + key + name + (problem.column() == null ? "" : " " + problem.column())
                + ": " + problem.reason();
        return colour(RED, Text.harmless(said));
    }

    /** A value as it stands in a sentence. */
    static String shown(Object value) {
        if (value == null) {
            return "NULL";
        }
        String text = ConfigRows.text(value);
        return value instanceof String ? "'" + (text.length() > 100 ? text.substring(0, 99) + "…" : text) + "'" : text;
    }
}
