package org.openrtd.sql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.UUID;

/** PostgreSQL, a server beside the node or elsewhere. */
final class PostgreSqlDialect implements Dialect {

    private static final int LONGEST_VARCHAR = 10_485_760;

    /** "ORTD": what the advisory locks of this program are called. */
    private static final int LOCKS = 0x4f525444;

    private static final int WHILE_CLAIMING = 0;
    private static final int CLAIM = 1;
    private static final int CLAIM_ATTEMPTS = 100;
    private static final String THIS_PROCESS = "openrtd-" + UUID.randomUUID();

    private final String process;

    PostgreSqlDialect() {
        this(THIS_PROCESS);
    }

    /** @param process by what the server knows the sessions of one process */
    PostgreSqlDialect(String process) {
        this.process = process;
    }

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

    /**
     * Each session holds a lock that it shares with those of its own process. So a database is free only when the last session
     * of the process before has ended: until then the server may still be committing what a killed process had sent.
     */
    @Override
    public void claim(Connection connection) throws SQLException {
        String holder = null;
        for (int attempt = 0; attempt < CLAIM_ATTEMPTS; attempt++) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET application_name = '" + process + "'");
                connection.setAutoCommit(false);
                statement.execute("SELECT pg_advisory_xact_lock(" + LOCKS + ", " + WHILE_CLAIMING + ")");
                holder = otherHolder(statement);
                if (holder == null) {
                    statement.execute("SELECT pg_advisory_lock_shared(" + LOCKS + ", " + CLAIM + ")");
                }
                connection.commit();
                if (holder == null) {
                    return;
                }
                statement.execute("SELECT pg_sleep(0.1)");
                connection.commit();
            }
        }
        throw new SQLException(
                "another process has the database open (" + holder
                        + "): stop it, or give this node a database of its own in the url of the data source",
                "55P03");
    }

    private String otherHolder(Statement statement) throws SQLException {
        try (ResultSet others = statement.executeQuery("SELECT A.application_name, A.client_addr, A.pid FROM pg_locks L"
                + " JOIN pg_stat_activity A ON A.pid = L.pid WHERE L.locktype = 'advisory' AND L.classid = " + LOCKS
                + " AND L.objid = " + CLAIM + " AND L.database = (SELECT oid FROM pg_database WHERE datname ="
                + " current_database()) AND A.application_name IS DISTINCT FROM '" + process + "'")) {
            return others.next()
                    ? others.getString(1) + " at " + others.getString(2) + ", server process " + others.getInt(3)
                    : null;
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

    @Override
    public String backupBy() {
        return "PostgreSQL is copied by its own program: pg_dump --format=custom --file=FILE DATABASE; see"
                + " docs/central-database.md";
    }

    /** Whether its driver says so, whoever hands it on. */
    static boolean isOf(SQLException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause.getClass().getName().startsWith("org.postgresql.")) {
                return true;
            }
        }
        return e.getNextException() != null && isOf(e.getNextException());
    }

    static String remedyFor(String state) {
        return switch (state) {
            case "08001", "08006" ->
                "PostgreSQL cannot be reached there: check host and port in the url of the data source, that the server"
                        + " runs, and that it listens on that address.";
            case "28P01", "08004" -> "The database refuses the user: correct user and password of the data source.";
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
