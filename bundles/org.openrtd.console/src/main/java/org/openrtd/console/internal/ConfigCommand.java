package org.openrtd.console.internal;

import java.util.ArrayList;
import java.util.List;
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
import org.openrtd.configuration.CopyStatus;
import org.openrtd.configuration.CopyStatusSource;
import org.openrtd.feed.Change;
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

    /** Has the changes committed, and waits until this node's copies have them. */
    void commit(List<Change> changes, String id, int timeoutSeconds, String done)
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
            ConfigRows rows = configuration();
            refused.problems().forEach(problem -> System.out.println(describe(rows, problem)));
            throw new CommandException("Refused for "
                    + (refused.problems().size() == 1 ? "this reason" : "these reasons") + "; nothing was changed");
        }
        long key = ((ConfigurationResult.Committed) result).recoveryKey();
        // Under an id that was given it may have been committed long ago, with other values than these.
        System.out.println((id == null ? done : "Transaction " + Text.harmless(id) + " is committed")
                + ", recovery key " + key + (id == null ? "" : " (rtd:config-history)"));
        awaitCopies(key, timeoutSeconds, began);
    }

    private void awaitCopies(long key, int timeoutSeconds, long began) throws CommandException, InterruptedException {
        long until = began + TimeUnit.SECONDS.toNanos(timeoutSeconds);
        List<String> behind = behind(key);
        while (!behind.isEmpty()) {
            if (System.nanoTime() >= until) {
                throw new CommandException("The centre has committed it under key " + key + ", but after "
                        + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began) + " s "
                        + String.join(" and ", behind) + "; rtd:sync-status shows why");
            }
            Thread.sleep(LOOK_MILLIS);
            behind = behind(key);
        }
    }

    /** Which copies of this node have not got so far. */
    private List<String> behind(long key) {
        List<String> behind = new ArrayList<>();
        Replicas.choose(replicas(), Catalog.CONFIG, null).ifPresent(replica -> {
            long at = replica.view().position().sequence();
            if (at < key) {
                behind.add("this node's replica is at " + at);
            }
        });
        for (CopyStatusSource source : services(context, CopyStatusSource.class)) {
            CopyStatus copy;
            try {
                copy = source.status();
            } catch (RuntimeException e) {
                behind.add("its local database does not say how far it is: "
                        + Text.harmless(String.valueOf(e.getMessage())));
                continue;
            }
            if (copy.position().sequence() < key) {
                behind.add("its local database is at " + copy.position().sequence());
            }
        }
        return behind;
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
