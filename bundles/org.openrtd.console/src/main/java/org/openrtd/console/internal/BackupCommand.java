package org.openrtd.console.internal;

import java.nio.file.Path;
import java.util.Locale;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;
import org.openrtd.configuration.CentralBackup;
import org.openrtd.configuration.CentralBackup.Progress;
import org.openrtd.configuration.CentralBackup.State;

@Service
@Command(
        scope = "rtd",
        name = "backup",
        description = "Copies the central database, while it is in use, into a new directory.",
        detailedDescription = "classpath:backup.txt")
public class BackupCommand extends RtdCommand {

    private static final long POLL_MILLIS = 100;
    private static final long SAY_MILLIS = 5000;

    @Argument(
            index = 0,
            name = "directory",
            description = "Of the centre's machine, by its absolute path; the copy gets a directory of its own in it.",
            required = true)
    String directory;

    @Option(name = "--no-wait", description = "Returns at once; rtd:status shows how far it has come.")
    boolean noWait;

    @Override
    Object run() throws CommandException, InterruptedException {
        CentralBackup backup = services(context, CentralBackup.class).stream()
                .findFirst()
                .orElseThrow(() -> new CommandException("There is no central database in this node; run rtd:backup at"
                        + " the centre, and see rtd:status there"));
        Progress progress;
        try {
            progress = backup.start(Path.of(directory));
        } catch (IllegalArgumentException | IllegalStateException | UnsupportedOperationException e) {
            throw new CommandException(Text.harmless(e.getMessage()));
        }
        System.out.println("Backing up to " + progress.directory());
        long said = 0;
        for (long waited = 0; !noWait && progress.state() == State.RUNNING; waited += POLL_MILLIS) {
            Thread.sleep(POLL_MILLIS);
            progress = backup.progress();
            if (waited - said >= SAY_MILLIS && progress.state() == State.RUNNING) {
                said = waited;
                System.out.println(
                        String.format(Locale.ROOT, "%,d of about %,d bytes", progress.bytes(), progress.ofAbout()));
            }
        }
        if (progress.state() == State.FAILED) {
            throw new CommandException(Text.harmless(progress.problem()));
        }
        if (progress.state() == State.DONE) {
            System.out.println(String.format(
                    Locale.ROOT,
                    "Done: %,d bytes in %.1f s, up to recovery key %d and event %d at least",
                    progress.bytes(),
                    progress.took().toMillis() / 1000.0,
                    progress.recoveryKey(),
                    progress.logSequence()));
        }
        return null;
    }
}
