package org.openrtd.centraldb.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The highest epoch that a centre of this node ever began, in a file beside the database: who puts the database back to a
 * backup does not put this back. Without it, an epoch that began while the clock was ahead would be forgotten with the
 * database, and followers that know it would take what comes after for older.
 */
final class EpochFile {

    private static final Logger LOG = LoggerFactory.getLogger(EpochFile.class);

    /** No clock comes so far, and one more is one more. */
    private static final long MOST = 1L << 62;

    /** Of a process without a data directory: keeps nothing. */
    static final EpochFile NONE = new EpochFile(null);

    private final Path file;
    private boolean absent;
    private long highest;

    EpochFile(Path file) {
        this.file = file;
        this.absent = file != null && Files.notExists(file);
        this.highest = file == null || absent ? 0 : read(file);
    }

    /** That of this node. */
    static EpochFile ofNode() {
        String data = System.getProperty("karaf.data");
        return data == null ? NONE : new EpochFile(Path.of(data, "centraldb", "epoch"));
    }

    /** What is wrong with it is said; then the database alone knows which epochs there were, and the clock. */
    private static long read(Path file) {
        try {
            long read = Long.parseLong(
                    Files.readString(file, StandardCharsets.US_ASCII).strip());
            if (read > 0 && read < MOST) {
                return read;
            }
            LOG.error("{} holds {}, which is no epoch; it is made anew", file, read);
        } catch (IOException | NumberFormatException e) {
            LOG.error("The highest epoch that began here cannot be read from {}; it is made anew", file, e);
        }
        return 0;
    }

    /** The epoch that begins now: higher than {@code last} and than all that are kept here. On disk when this returns. */
    synchronized long begin(long last, long utcMillis) {
        long next = Math.max(Math.max(last, highest) + 1, utcMillis);
        if (file != null) {
            if (lacks(last)) {
                LOG.warn(
                        "There is no {}, although the central database knows epoch {}; it is made anew, and this one is {}. If"
                                + " the database was put back to a backup, see that this is higher than the epoch that"
                                + " followers show (rtd:status); else write a higher number into that file, and restart the"
                                + " centre",
                        file,
                        last,
                        next);
            }
            absent = false;
            highest = next;
            try {
                write(next);
            } catch (IOException e) {
                // The centre has its database; only one that is put back later would lack this.
                LOG.error(
                        "Epoch {} cannot be written to {}: should a backup be restored that was made before now, and the"
                                + " clock have been ahead, followers would have to be started without their stored rows;"
                                + " make room, or give the node the right to write there",
                        next,
                        file,
                        e);
            }
        }
        return next;
    }

    /** Whether the file is not there, though a centre began before. */
    synchronized boolean lacks(long last) {
        return absent && last > 0;
    }

    private void write(long epoch) throws IOException {
        Path directory = Files.createDirectories(file.toAbsolutePath().getParent());
        Path written = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(
                written, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = StandardCharsets.US_ASCII.encode(epoch + "\n");
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel opened = FileChannel.open(directory)) {
            opened.force(true);
        }
    }
}
