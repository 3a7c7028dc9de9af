package org.openrtd.sql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;

/** PostgreSQL, a server beside the node or elsewhere. */
final class PostgreSqlDialect implements Dialect {

    private static final int LONGEST_VARCHAR = 10_485_760;

    @Override
    public String name() {
        return "PostgreSQL";
    }

    @Override
    public String binaryType() {
        return "BYTEA";
    }

    @Override
    public String textType(int length) {
        return length <= LONGEST_VARCHAR ? Dialect.super.textType(length) : "TEXT";
    }

    @Override
    public String now() {
        return "(statement_timestamp() AT TIME ZONE 'UTC')";
    }

    @Override
    public String plusSeconds(String timestamp, String seconds) {
        return "(" + timestamp + " + (" + seconds + ") * INTERVAL '1 second')";
    }

    @Override
    public String secondsBetween(String from, String to) {
        return "CAST(TRUNC(EXTRACT(EPOCH FROM (" + to + ") - (" + from + "))) AS INTEGER)";
    }

    @Override
    public String storedName(String identifier) {
        return identifier.toLowerCase(Locale.ROOT);
    }

    @Override
    public long size(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT pg_database_size(current_database())")) {
            return result.next() ? result.getLong(1) : -1;
        }
    }

    @Override
    public void requireDurable(Connection connection) throws SQLException {
        requireOn(connection, "fsync", "in postgresql.conf");
        requireOn(connection, "synchronous_commit", "for the server, the database, the user and the data source's url");
    }

    private static void requireOn(Connection connection, String setting, String where) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SHOW " + setting)) {
            result.next();
            // "local", "remote_write" and the like force the server's own log as well.
            if ("off".equals(result.getString(1))) {
                throw new SQLException(
                        "PostgreSQL's " + setting + " is off, so that a commit is not forced to disk and a"
                                + " crash would lose what was acknowledged; set it on " + where);
            }
        }
    }

    static boolean isOf(SQLException e) {
        return e.getClass().getName().startsWith("org.postgresql.");
    }

    static String remedyFor(String state) {
        return switch (state) {
            case "08001", "08006" ->
                "PostgreSQL cannot be reached there: check host and port in the url of the data source, that the server"
                        + " runs, and that it listens on that address.";
            case "28P01" -> "The database refuses the user: correct user and password of the data source.";
            case "28000" ->
                "PostgreSQL lets this user not in from here: add a line to its pg_hba.conf, with scram-sha-256, and correct"
                        + " user and password of the data source.";
            case "3D000" ->
                "That database does not exist: make it on the server (CREATE DATABASE … OWNER …), or correct the url of the"
                        + " data source.";
            case "53300" -> "The server has no connection left: raise its max_connections.";
            case "57P03" -> "PostgreSQL is starting or stopping: wait until it answers.";
            default -> null;
        };
    }
}
