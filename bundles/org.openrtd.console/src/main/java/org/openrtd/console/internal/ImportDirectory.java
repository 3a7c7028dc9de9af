package org.openrtd.console.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.karaf.shell.support.CommandException;

/**
 * The directory {@code data/import} of the node, from which commands read files. From no other: whoever edits the
 * configuration would read all that the node's process may, its passwords among it.
 */
final class ImportDirectory {

    private ImportDirectory() {}

    /** The text of a file there; {@code file} is a path below the directory, or a full one. */
    static String read(String file, long maxBytes) throws CommandException {
        try {
            Path directory = Files.createDirectories(Path.of(System.getProperty("karaf.data", "data"), "import"))
                    .toRealPath();
            Path path = directory.resolve(file);
            // A link may lead out of it.
            if (!path.normalize().startsWith(directory) || !path.toRealPath().startsWith(directory)) {
                throw new CommandException(
                        Text.harmless(file + " is not in " + directory + ": files are read from there; copy it there"));
            }
            if (Files.size(path) > maxBytes) {
                throw new CommandException(Text.harmless(file) + " is larger than " + (maxBytes >> 10) + " KiB");
            }
            return Files.readString(path, StandardCharsets.UTF_8);
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandException("Cannot read " + Text.harmless(file + ": " + e));
        }
    }
}
