package org.openrtd.localdb.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Derby's files of the local database. All in them is a copy, so files that are damaged are set aside, and the database is
 * made anew.
 */
final class DerbyFiles {

    private static final String URL = "jdbc:derby:";

    /**
     * What Derby says only of files that are missing, or that hold what they should not: pages and containers, the log and
     * recovery from it, the main file of the database, a table's file. That recovery cannot write a page (XSDFI) is such a
     * page's fault where the disk does not say otherwise.
     */
    private static final Pattern DAMAGE = Pattern.compile(
            "XSDG[0234]|XSDB[12459B]|XSDF[6I]|XSLA[3678BDO]|XBM0[AJQ]" + "|40XD2|XSAI2|XSAM3|XSCB1|XSCH1");
    /**
     * What it says of files that are right: somebody else has them, they are another release's, they may not be written, the
     * disk is full. It opens them again when that is over.
     */
    private static final Pattern SOUND = Pattern.compile("XSDB6|XSLAN|XCW00|XBM0H|08004|XJ004|XSDG9"
            + "|XSLA[04ACEFHJKLPQ]|XSDG1|XSDF[13]|XSDBC|XBM0[67BC]|XSTB2|XSDFB");
    /** As operating system and Java say it, in what Derby hands on. */
    private static final Pattern PASSES = Pattern.compile(
            "(?i)no space left|not enough space|file too large|too many open files|quota exceeded|read-only file system"
                    + "|permission denied|access is denied|OutOfMemoryError");

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

    /** Whether that says for certain that files are damaged or missing. All else may pass, and is waited for. */
    static boolean isDamage(Throwable failure) {
        boolean damage = false;
        for (Throwable e : chain(failure)) {
            String state = e instanceof SQLException sql ? String.valueOf(sql.getSQLState()) : "";
            if (SOUND.matcher(state).matches() || PASSES.matcher(e.toString()).find()) {
                return false;
            }
            damage |= DAMAGE.matcher(state).matches();
        }
        return damage;
    }

    /** Whether a database answers that has not the tables: one that was emptied, or made a moment ago. */
    static boolean isWithoutTables(Throwable failure) {
        return chain(failure).stream()
                .anyMatch(e -> e instanceof SQLException sql
                        && ("42X05".equals(sql.getSQLState())
                                || "42Y07".equals(sql.getSQLState())
                                || "42P01".equals(sql.getSQLState())));
    }

    private static List<Throwable> chain(Throwable failure) {
        return Stream.iterate(
                        failure,
                        e -> e != null,
                        e -> e instanceof SQLException sql && sql.getNextException() != null
                                ? sql.getNextException()
                                : e.getCause())
                .limit(20)
                .toList();
    }

    /** Moves the directory away, in the place of what was moved away before; answers where it is now. */
    static Path setAside(Path directory) {
        Path aside = directory.resolveSibling(directory.getFileName() + ".damaged");
        Path before = directory.resolveSibling(directory.getFileName() + ".damaged-before");
        try {
            delete(before);
            if (Files.exists(directory)) {
                if (Files.exists(aside)) {
                    Files.move(aside, before);
                }
                Files.move(directory, aside);
                delete(before);
            }
            return aside;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot move " + directory + " to " + aside, e);
        }
    }

    /** Removes what was begun and never was a database with tables. */
    static void remove(Path directory) {
        try {
            delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot remove " + directory, e);
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
