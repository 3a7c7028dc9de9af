package org.openrtd.localdb.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Derby's files of the local database. All in them is a copy, so files that are damaged are set aside, and the database is
 * made anew.
 */
final class DerbyFiles {

    private static final String URL = "jdbc:derby:";

    private DerbyFiles() {}

    /** Where the database of that URL lies; empty when it is not Derby's, or lies in no directory. */
    static Optional<Path> directory(String url) {
        if (url == null || !url.startsWith(URL) || url.startsWith(URL + "//")) {
            return Optional.empty();
        }
        String name = url.substring(URL.length()).replaceFirst(";.*", "").replaceFirst("^directory:", "");
        if (name.isBlank() || name.contains(":") && !name.matches("[A-Za-z]:[/\\\\].*")) {
            return Optional.empty();
        }
        return Optional.of(Path.of(System.getProperty("derby.system.home", "."))
                .resolve(name)
                .toAbsolutePath());
    }

    /** Whether a database lies there that was removed under the program. */
    static boolean isGone(Path directory) {
        return !Files.exists(directory.resolve("service.properties"));
    }

    /** Whether that says that files are damaged or missing, and not that somebody else has the database or that it may not. */
    static boolean isDamage(Throwable failure) {
        boolean damage = false;
        for (SQLException e : chain(failure)) {
            String state = String.valueOf(e.getSQLState());
            switch (state) {
                // Another process has it; it is another release's; it cannot be made there; wrong user; interrupted.
                case "XSDB6", "XSLAN", "XCW00", "XBM0H", "08004", "XJ004", "XSDG9":
                    return false;
                default:
                    // XBM0A, XBM0J: the directory is there and is no database, as its main file is missing.
                    damage |= state.matches("XS.*|XBM.*|XJ040|XJ001|40XD.");
            }
        }
        return damage;
    }

    private static List<SQLException> chain(Throwable failure) {
        return Stream.iterate(
                        failure,
                        e -> e != null,
                        e -> e instanceof SQLException sql && sql.getNextException() != null
                                ? sql.getNextException()
                                : e.getCause())
                .limit(20)
                .filter(SQLException.class::isInstance)
                .map(SQLException.class::cast)
                .toList();
    }

    /** Moves the directory away, in the place of what was moved away before; answers where it is now. */
    static Path setAside(Path directory) {
        Path aside = directory.resolveSibling(directory.getFileName() + ".damaged");
        try {
            delete(aside);
            if (Files.exists(directory)) {
                Files.move(directory, aside);
            }
            return aside;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot move " + directory + " to " + aside, e);
        }
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> files = Files.walk(directory)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            Files.delete(each);
        }
    }
}
