package org.openrtd.sql;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;

/**
 * What a database product says in its own way. Everything else is written in the SQL that Derby and PostgreSQL share;
 * what they do not share goes here, and nowhere else.
 *
 * <p>Stateless; usable from any thread.
 */
public interface Dialect {

    /**
     * The dialect of the database behind a connection.
     *
     * @throws SQLException when OpenRTD does not know the product
     */
    static Dialect of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        if (product.equals("Apache Derby")) {
            return new DerbyDialect();
        }
        if (product.equals("PostgreSQL")) {
            return new PostgreSqlDialect();
        }
        throw new SQLException("OpenRTD does not know the database product " + product
                + "; use Apache Derby, the built-in default, or PostgreSQL in the url of the data source");
    }

    /** The product's name, for people. */
    String name();

    /** The type of a column that holds bytes, however many. */
    String binaryType();

    /**
     * The type of a column that holds text of at most {@code length} characters. Where it is longer than the longest VARCHAR,
     * it can be read and written as one, and cannot be compared or indexed.
     */
    default String textType(int length) {
        return "VARCHAR(" + length + ")";
    }

    /** The type of a column that holds a double. */
    default String doubleType() {
        return "DOUBLE PRECISION";
    }

    /** What ends a SELECT that returns at most {@code rows} rows. */
    default String firstRows(int rows) {
        return "FETCH FIRST " + rows + " ROWS ONLY";
    }

    /**
     * Now, by the database's clock, as a TIMESTAMP that every session of it reads alike; in Derby the local time of its
     * process, otherwise UTC.
     */
    String now();

    /** What adds seconds to a TIMESTAMP; both are expressions. */
    String plusSeconds(String timestamp, String seconds);

    /** The whole seconds from one TIMESTAMP to another; both are expressions. */
    String secondsBetween(String from, String to);

    /** The table's name as {@link java.sql.DatabaseMetaData} spells it when it was created without quotes. */
    String storedName(String identifier);

    /** How many bytes the database's tables and indexes take on disk, roughly and quickly; -1 when it cannot tell. */
    long size(Connection connection) throws SQLException;

    /**
     * Takes the database for this process, for as long as the connection is open. To be called for each connection, before
     * anything is done with it; ends the transaction. Derby does so by itself when it opens.
     *
     * @throws SQLException when another process has it, and does not give it up within ten seconds
     */
    default void claim(Connection connection) throws SQLException {}

    /** Throws when the database is set up so that a commit is not durable. */
    void requireDurable(Connection connection) throws SQLException;

    /** Why {@link #backup} cannot be had, and what to use instead; {@code null} when it can. */
    default String backupBy() {
        return null;
    }

    /**
     * Copies the whole database into a directory, which is there and empty, while it is used: the copy holds what had been
     * committed when this was called, and maybe more.
     *
     * @return the copy's own directory, below it
     */
    default Path backup(Connection connection, Path directory) throws SQLException {
        throw new SQLFeatureNotSupportedException(backupBy());
    }

    /**
     * What an operator can do about a database that does not open, as a sentence; never {@code null}. Static, because there
     * is no connection to ask for its dialect then.
     */
    static String remedy(SQLException whenOpening) {
        // Not by the state alone: what means that PostgreSQL is not reached, 08006, means that Derby was shut down.
        boolean postgreSql = PostgreSqlDialect.isOf(whenOpening);
        String remedy = postgreSql
                ? "See the server's log, and check url, user and password of the data source."
                : "See derby.log in the node's data directory, and check the url of the data source.";
        // The outermost says that the database did not open, and the last one why.
        for (SQLException e = whenOpening; e != null; e = e.getNextException()) {
            String state = e.getSQLState() == null ? "" : e.getSQLState();
            String known = postgreSql ? PostgreSqlDialect.remedyFor(state) : DerbyDialect.remedyFor(state);
            remedy = known == null ? remedy : known;
        }
        return remedy;
    }
}
