package org.openrtd.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.stream.Stream;
import org.openrtd.benchmarks.Main.Settings;

/** A directory for the files of one benchmark, gone when it is closed; below the setting {@code directory}. */
record Workplace(Path path) implements AutoCloseable {

    static Workplace of(String benchmark, Settings settings) throws IOException {
        Path above = Files.createDirectories(Path.of(settings.text("directory", "benchmarks/target")));
        return new Workplace(Files.createTempDirectory(above, benchmark));
    }

    /** A file to be written to and forced: the peer of everything that has to be durable. */
    Forced forced() throws IOException {
        return new Forced(FileChannel.open(
                path.resolve("forced"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    @Override
    public void close() throws IOException {
        delete(path);
    }

    static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** What is written has its place before, as in a database's log, so that a force has no length of the file to write. */
    static final class Forced implements AutoCloseable {

        private static final int BYTES = 16 << 20;

        private final FileChannel file;

        private Forced(FileChannel file) throws IOException {
            this.file = file;
            ByteBuffer zeros = ByteBuffer.allocate(BYTES);
            while (zeros.hasRemaining()) {
                file.write(zeros);
            }
            file.force(true);
        }

        void write(ByteBuffer bytes) throws IOException {
            if (file.position() + bytes.remaining() > BYTES) {
                file.position(0);
            }
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.force(false);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
