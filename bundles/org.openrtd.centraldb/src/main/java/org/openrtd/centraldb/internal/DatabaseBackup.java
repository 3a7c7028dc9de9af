package org.openrtd.centraldb.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.openrtd.configuration.CentralBackup;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies the central database on a thread of its own. The copy gets its name when it is whole and on the disk; until then
 * it is called unfinished, and so is what a node leaves that was killed meanwhile.
 */
@Component(service = {CentralBackup.class, DatabaseBackup.class})
public final class DatabaseBackup implements CentralBackup, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseBackup.class);
    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern(
                    "'central-'yyyyMMdd'T'HHmmss'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    static final String UNFINISHED = ".unfinished";

    private final CentralDatabase database;
    private final SqlEventLog log;
    private final SqlConfigurationStore configuration;
    private final Clock clock;

    // Guarded by this.
    private Progress last = new Progress(State.NONE, null, 0, -1, 0, 0, null, Duration.ZERO, "");
    private Thread copying;
    private boolean closed;

    @Activate
    public DatabaseBackup(
            @Reference(name = "database") CentralDatabase database,
            @Reference(name = "log") SqlEventLog log,
            @Reference(name = "configuration") SqlConfigurationStore configuration) {
        this(database, log, configuration, Clock.systemUTC());
    }

    DatabaseBackup(CentralDatabase database, SqlEventLog log, SqlConfigurationStore configuration, Clock clock) {
        this.database = database;
        this.log = log;
        this.configuration = configuration;
        this.clock = clock;
    }

    @Override
    public synchronized Progress start(Path directory) {
        String otherTool = database.dialect().backupBy();
        if (otherTool != null) {
            throw new UnsupportedOperationException(otherTool);
        }
        if (closed || last.state() == State.RUNNING) {
            throw new IllegalStateException(
                    closed
                            ? "The central database is closed"
                            : "A backup is being made already, to " + last.directory());
        }
        if (!directory.isAbsolute()) {
            throw new IllegalArgumentException(
                    directory + " is not an absolute path: name a directory of the machine that the centre runs on");
        }
        Instant now = clock.instant();
        Path to = directory.resolve(NAME.format(now));
        Path unfinished = directory.resolve(to.getFileName() + UNFINISHED);
        long bytes = database.size();
        try {
            // What is in it, calls and people, is for the node alone.
            Files.createDirectories(directory);
            if (Files.exists(to)) {
                throw new FileAlreadyExistsException(to.toString());
            }
            Files.createDirectory(unfinished, forTheOwner(directory));
            long free = Files.getFileStore(unfinished).getUsableSpace();
            if (bytes > free) {
                Files.delete(unfinished);
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "%s has %,d bytes free, and the central database takes about %,d: name a directory on another disk",
                        directory,
                        free,
                        bytes));
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "Cannot make " + to + ": " + reason(e) + ". Name a directory that the node may write to", e);
        }
        last = new Progress(
                State.RUNNING, to, 0, bytes, configuration.recoveryKey(), log.lastSequence(), now, Duration.ZERO, "");
        copying = new Thread(() -> copy(unfinished, to), "central-backup");
        copying.setDaemon(true);
        copying.start();
        return last;
    }

    private static FileAttribute<?>[] forTheOwner(Path directory) {
        return directory.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                }
                : new FileAttribute<?>[0];
    }

    private void copy(Path unfinished, Path to) {
        LOG.info("Backing up the central database to {}", to);
        Connection connection = null;
        String problem = "";
        try {
            connection = database.connect();
            Path copy = database.dialect().backup(connection, unfinished);
            connection.commit();
            describe(unfinished, copy);
            force(unfinished);
            Files.move(unfinished, to, StandardCopyOption.ATOMIC_MOVE);
            forceDirectory(to.getParent());
        } catch (SQLException e) {
            problem = CentralDatabase.failed("back up the central database to " + to, e)
                    .getMessage();
        } catch (IOException | RuntimeException e) {
            problem = "Cannot back up the central database to " + to + ": " + reason(e);
        } finally {
            CentralDatabase.close(connection);
        }
        if (!problem.isEmpty()) {
            delete(unfinished);
        }
        end(problem);
    }

    /** For people, and for what restores: which database this was, and how far it had come. */
    private void describe(Path unfinished, Path copy) throws IOException {
        Progress begun = progress();
        Files.writeString(
                unfinished.resolve("backup.txt"),
                String.join(
                        "\n",
                        "A backup of the central database of OpenRTD; docs/central-database.md says how to restore it.",
                        "database: " + copy.getFileName(),
                        "product: " + database.product(),
                        "feed id: " + configuration.feedId(),
                        "epoch: " + configuration.epoch(),
                        "recovery key, at least: " + begun.recoveryKey(),
                        "log sequence, at least: " + begun.logSequence(),
                        "began: " + begun.began(),
                        "ended: " + clock.instant(),
                        ""));
    }

    private synchronized void end(String problem) {
        copying = null;
        Duration took = Duration.between(last.began(), clock.instant());
        long bytes = problem.isEmpty() ? bytes(last.directory()) : 0;
        last = new Progress(
                problem.isEmpty() ? State.DONE : State.FAILED,
                last.directory(),
                bytes,
                problem.isEmpty() ? bytes : last.ofAbout(),
                last.recoveryKey(),
                last.logSequence(),
                last.began(),
                took,
                problem);
        if (problem.isEmpty()) {
            LOG.info(
                    "The central database is backed up to {}: {} bytes in {} ms, up to recovery key {} at least",
                    last.directory(),
                    bytes,
                    took.toMillis(),
                    last.recoveryKey());
        } else {
            LOG.error(problem);
        }
        notifyAll();
    }

    @Override
    public synchronized Progress progress() {
        if (last.state() != State.RUNNING) {
            return last;
        }
        return new Progress(
                State.RUNNING,
                last.directory(),
                bytes(last.directory().resolveSibling(last.directory().getFileName() + UNFINISHED)),
                last.ofAbout(),
                last.recoveryKey(),
                last.logSequence(),
                last.began(),
                Duration.between(last.began(), clock.instant()),
                "");
    }

    /** In one line, for operators. */
    String summary() {
        Progress now = progress();
        return switch (now.state()) {
            case NONE -> "none since the start";
            case RUNNING ->
                String.format(
                        Locale.ROOT,
                        "running for %d s, %,d of about %,d bytes in %s",
                        now.took().toSeconds(),
                        now.bytes(),
                        now.ofAbout(),
                        now.directory());
            case DONE ->
                now.directory() + ", " + now.began() + ", up to recovery key " + now.recoveryKey() + " at least";
            case FAILED -> "FAILED " + now.began() + ": " + now.problem();
        };
    }

    private static long bytes(Path directory) {
        long bytes = 0;
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                bytes += Files.isRegularFile(file) ? Files.size(file) : 0;
            }
        } catch (IOException | java.io.UncheckedIOException e) {
            // It is being written, or has just got its name: what could be seen so far is as good as anything.
        }
        return bytes;
    }

    private static void force(Path directory) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(directory)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            if (Files.isDirectory(path)) {
                forceDirectory(path);
            } else {
                try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
                    file.force(true);
                }
            }
        }
    }

    private static void forceDirectory(Path directory) {
        try (FileChannel opened = FileChannel.open(directory, StandardOpenOption.READ)) {
            opened.force(true);
        } catch (IOException e) {
            LOG.debug("This file system does not force directories: {}", directory, e);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            LOG.warn("Cannot remove {}, which is an unfinished backup: remove it", directory, e);
        }
    }

    private static String reason(Exception e) {
        return e instanceof NoSuchFileException || e instanceof FileAlreadyExistsException
                ? e.getClass().getSimpleName() + " " + e.getMessage()
                : String.valueOf(e.getMessage() == null ? e : e.getMessage());
    }

    /** Waits for the copy that is being made; for a database that closes, and for tests. */
    synchronized void await() throws InterruptedException {
        while (last.state() == State.RUNNING) {
            wait();
        }
    }

    @Deactivate
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
    }
}
