package org.openrtd.sql;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Brings a schema up to date by numbered SQL files, and remembers in the table {@code Schema_Migration} which it has run
 * and what was in them.
 *
 * <p>The files are named {@code 0001-what-it-does.sql} and so on, without gaps. A file is run once, in one transaction with
 * its entry in the table. It is never edited after a release: the checksums find that out. {@code ${binary}},
 * {@code ${text:LENGTH}} and {@code ${double}} stand for the dialect's types.
 */
public final class Migrations {

    private static final Pattern NAME = Pattern.compile("(\\d{4})-[a-z0-9-]+\\.sql");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(\\w+)(?::(\\d+))?}");

    private final String schema;
    private final List<Script> scripts = new ArrayList<>();

    private record Script(int number, String name, String text, String checksum) {}

    /**
     * @param schema what is migrated, for messages: {@code central database}
     * @param beside the class beside which the files are
     * @param files their names, in order
     * @throws IllegalArgumentException when a file is missing, or a number is
     */
    public Migrations(String schema, Class<?> beside, String... files) {
        this.schema = schema;
        for (String file : files) {
            Matcher name = NAME.matcher(file);
            if (!name.matches() || Integer.parseInt(name.group(1)) != scripts.size() + 1) {
                throw new IllegalArgumentException(
                        "Migration " + (scripts.size() + 1) + " of the " + schema + " cannot be named " + file);
            }
            String text = read(beside, file);
            scripts.add(new Script(scripts.size() + 1, file, text, checksum(text)));
        }
    }

    /** The number of the newest migration that this program knows. */
    public int version() {
        return scripts.size();
    }

    /**
     * Runs what has not been run yet.
     *
     * @param connection gets its auto-commit switched off
     * @return how many migrations were run
     * @throws SQLException when one fails (the database then is as the one before left it), when the database is newer than
     *     this program, or when a file that was run has been changed since
     */
    public int migrate(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        Dialect dialect = Dialect.of(connection);
        List<Script> present = present(connection, dialect);
        if (present.size() > scripts.size()) {
            throw new SQLException("The " + schema + " has schema version " + present.size() + " ("
                    + present.get(present.size() - 1).name() + "), and this program knows versions up to " + version()
                    + ": install the newer program, or restore the backup made before the upgrade");
        }
        for (int i = 0; i < present.size(); i++) {
            Script was = present.get(i);
            Script is = scripts.get(i);
            if (was.number() != is.number() || !was.checksum().equals(is.checksum())) {
                throw new SQLException("Migration " + was.number() + " of the " + schema + " was run as " + was.name()
                        + " with checksum " + was.checksum() + ", and this program has " + is.name() + " with checksum "
                        + is.checksum() + ": install the program that made the database, or one released after it");
            }
        }
        for (Script script : scripts.subList(present.size(), scripts.size())) {
            run(connection, dialect, script);
        }
        return scripts.size() - present.size();
    }

    private List<Script> present(Connection connection, Dialect dialect) throws SQLException {
        try (ResultSet tables = connection
                .getMetaData()
                .getTables(null, connection.getSchema(), dialect.storedName("Schema_Migration"), null)) {
            if (!tables.next()) {
                return List.of();
            }
        }
        List<Script> present = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(
                        "SELECT MigrationNumber, Name, Checksum FROM Schema_Migration ORDER BY MigrationNumber")) {
            while (result.next()) {
                present.add(new Script(result.getInt(1), result.getString(2), null, result.getString(3)));
            }
        }
        connection.commit();
        return present;
    }

    private void run(Connection connection, Dialect dialect, Script script) throws SQLException {
        String doing = script.name();
        try (Statement statement = connection.createStatement()) {
            if (script.number() == 1) {
                statement.execute("CREATE TABLE Schema_Migration (MigrationNumber INTEGER NOT NULL PRIMARY KEY,"
                        + " Name VARCHAR(128) NOT NULL, Checksum VARCHAR(64) NOT NULL, RunAt BIGINT NOT NULL)");
            }
            for (String sql : statements(script.text())) {
                doing = sql;
                statement.execute(inDialect(dialect, sql));
            }
            try (PreparedStatement entry = connection.prepareStatement(
                    "INSERT INTO Schema_Migration (MigrationNumber, Name, Checksum, RunAt) VALUES (?, ?, ?, ?)")) {
                entry.setInt(1, script.number());
                entry.setString(2, script.name());
                entry.setString(3, script.checksum());
                entry.setLong(4, System.currentTimeMillis());
                entry.executeUpdate();
            }
            connection.commit();
        } catch (SQLException e) {
            connection.rollback();
            throw new SQLException(
                    "Migration " + script.name() + " of the " + schema + " failed and was undone, at: " + doing,
                    e.getSQLState(),
                    e);
        }
    }

    /** Statements end with a semicolon at the end of a line; lines that begin with {@code --} are comments. */
    private static List<String> statements(String text) {
        List<String> statements = new ArrayList<>();
        StringBuilder statement = new StringBuilder();
        for (String line : text.split("\n")) {
            String trimmed = line.strip();
            if (trimmed.startsWith("--") || trimmed.isEmpty() && statement.isEmpty()) {
                continue;
            }
            if (trimmed.endsWith(";")) {
                statement.append(line, 0, line.lastIndexOf(';'));
                statements.add(statement.toString().strip());
                statement.setLength(0);
            } else {
                statement.append(line).append('\n');
            }
        }
        if (!statement.toString().isBlank()) {
            throw new IllegalArgumentException("A statement does not end with a semicolon: " + statement);
        }
        return statements;
    }

    private static String inDialect(Dialect dialect, String sql) {
        return PLACEHOLDER.matcher(sql).replaceAll(placeholder -> switch (placeholder.group(1)) {
            case "binary" -> dialect.binaryType();
            case "text" -> dialect.textType(Integer.parseInt(placeholder.group(2)));
            case "double" -> dialect.doubleType();
            default -> throw new IllegalArgumentException("Nothing stands behind " + placeholder.group());
        });
    }

    private static String read(Class<?> beside, String file) {
        try (InputStream in = beside.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalArgumentException("There is no migration " + file + " beside " + beside.getName());
            }
            // Whatever the checkout did to line ends must not change the checksum.
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
        } catch (IOException e) {
            throw new IllegalArgumentException("Cannot read migration " + file, e);
        }
    }

    private static String checksum(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
