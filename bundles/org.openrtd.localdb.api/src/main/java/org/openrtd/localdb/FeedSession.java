package org.openrtd.localdb;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;
import org.openrtd.feed.Whereabouts;
import org.osgi.annotation.versioning.ProviderType;

/**
 * One writer's connection to the rows of one feed in the {@link LocalDatabase}. What it does from one {@link #commit} to the
 * next is one transaction: rows and {@link #position} belong into the same, so that a crash cannot separate them.
 *
 * <p>Rows may be of another version of the feed than the catalog's. Tables and columns that the database does not know are
 * left out; columns that they lack are NULL.
 *
 * <p>For one thread at a time. After an exception it is to be closed: what the transaction did is undone, unless it was
 * {@link #commit} that threw, whose outcome is not known then.
 */
@ProviderType
public interface FeedSession extends AutoCloseable {

    /** The feed's name. */
    String feed();

    /** The tables that are written, as the database has them. */
    FeedSchema schema();

    /** Its connection, without auto-commit. */
    Connection connection();

    /** What the rows are, as of the last commit; empty when none were ever written. */
    Optional<CopyPosition> position() throws SQLException;

    /** From this transaction's commit on, the rows are at that position. */
    void position(CopyPosition position) throws SQLException;

    /** What the rows are is not known any more: the next {@link #position()} is empty. */
    void forgetPosition() throws SQLException;

    /**
     * How the feed stands, for readers in SQL: they see it as stale from {@code lease} on after the commit, unless it is
     * said again. A writer that is gone thus shows by itself.
     *
     * @param stale whether the rows count as not current already
     * @param age how old they are
     * @param whereabouts what the followed source says of itself
     */
    void state(FeedState state, String reason, boolean stale, Duration age, Duration lease, Whereabouts whereabouts)
            throws SQLException;

    /**
     * A row of a table that the database has, as {@link #put} keeps it: without the columns that it does not know, and with
     * texts that are too long cut. The same object when nothing is lost; {@code null} when it is not kept at all, because
     * its key is longer than the database can have it.
     */
    Row own(Row row);

    /** All rows of a feed of whatever version as the database keeps them; the same object when nothing is lost. */
    View own(View view);

    /** A feed's table whose rows are kept in that one of the database; {@code null} when the feed has none. */
    Table feeds(FeedSchema feed, Table own);

    /** Adds rows whose keys are not there. */
    void insert(Table table, Collection<Row> rows) throws SQLException;

    /** Writes rows, whether their keys are there or not. */
    void put(Table table, Collection<Row> rows) throws SQLException;

    /** Deletes the rows with those keys; those that are not there are no error. */
    void delete(Table table, Collection<List<Object>> keys) throws SQLException;

    /** Deletes all rows of a table. */
    void clear(Table table) throws SQLException;

    /**
     * Hands over every row of a table, in no particular order, with the columns of {@link #schema()}. Instants of
     * configuration are exact; those of real-time tables are what local time tells of them.
     */
    void forEach(Table table, Consumer<Row> to) throws SQLException;

    /** As {@link #forEach}: the next rows in the order of their keys, at most {@code limit} of them. */
    List<Row> after(Table table, List<Object> key, int limit) throws SQLException;

    /** How many rows a table has. */
    long count(Table table) throws SQLException;

    void commit() throws SQLException;

    void rollback() throws SQLException;

    /** Undoes what was not committed. */
    @Override
    void close();
}
