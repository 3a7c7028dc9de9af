package org.openrtd.localdb.internal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Calendar;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TimeZone;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.openrtd.feed.Cut;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.FeedState;
import org.openrtd.feed.Position;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.feed.View;
import org.openrtd.feed.Whereabouts;
import org.openrtd.localdb.CopyPosition;
import org.openrtd.localdb.FeedSession;
import org.openrtd.sql.SqlSession;

/** A connection by which one feed's rows are written. */
final class SqlFeedSession implements FeedSession {

    private static final int PATIENCE_SECONDS = 120;
    private static final int LONGEST_REASON = 1024;

    private final SqlLocalDatabase database;
    private final FeedSchema schema;
    private final Connection connection;
    private final Semaphore writing;
    private final OwnColumns own;
    private SqlSession sql;
    private boolean inTransaction;

    /** @param writing one permit of it is held while a transaction is at work */
    SqlFeedSession(SqlLocalDatabase database, FeedSchema schema, Connection connection, Semaphore writing) {
        this.database = database;
        this.schema = schema;
        this.connection = connection;
        this.writing = writing;
        this.own = new OwnColumns(schema, new LocalLayout(ZoneOffset.UTC));
    }

    @Override
    public String feed() {
        return schema.feed();
    }

    @Override
    public FeedSchema schema() {
        return schema;
    }

    @Override
    public Connection connection() {
        return connection;
    }

    /** The first statement of a transaction: from here to its end nobody finds the rows still. */
    private SqlSession begin() throws SQLException {
        if (!inTransaction) {
            try {
                if (!writing.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    throw new SQLException(
                            "The rows of " + feed() + " were being compared for more than " + PATIENCE_SECONDS + " s");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SQLException("Interrupted before writing to " + feed(), e);
            }
            inTransaction = true;
        }
        // The zone may have become another one between two transactions.
        if (sql == null || sql.tables() != database.tables()) {
            sql = new SqlSession(connection, database.tables());
        }
        return sql;
    }

    private void end() {
        if (inTransaction) {
            inTransaction = false;
            writing.release();
        }
    }

    @Override
    public Optional<CopyPosition> position() throws SQLException {
        PreparedStatement select = begin().statement("SELECT FeedID, FeedEpoch, FeedSequence, FeedTick,"
                + " ControllerTimeUTC, ConfigurationKey, SchemaVersion, Complete, Progress"
                + " FROM Feed_Position WHERE FeedName = ?");
        select.setString(1, feed());
        try (ResultSet result = select.executeQuery()) {
            if (!result.next()) {
                return Optional.empty();
            }
            return Optional.of(new CopyPosition(
                    result.getString(1),
                    new Position(result.getLong(2), result.getLong(3)),
                    new Cut(result.getLong(4), result.getLong(5), result.getLong(6)),
                    result.getInt(7),
                    result.getString(8).equals("Y"),
                    result.getString(9)));
        }
    }

    @Override
    public void position(CopyPosition position) throws SQLException {
        String columns = "FeedID = ?, FeedEpoch = ?, FeedSequence = ?, FeedTick = ?, ControllerTime = ?,"
                + " ControllerTimeUTC = ?, ConfigurationKey = ?, SchemaVersion = ?, Complete = ?, Progress = ?";
        SqlSession in = begin();
        PreparedStatement update = in.statement("UPDATE Feed_Position SET " + columns + " WHERE FeedName = ?");
        set(update, position);
        if (update.executeUpdate() == 0) {
            // Epochs is a column that is not used any more.
            PreparedStatement insert = in.statement("INSERT INTO Feed_Position (" + columns.replace(" = ?", "")
                    + ", FeedName, Epochs) VALUES (" + "?, ".repeat(11) + "'')");
            set(insert, position);
            insert.executeUpdate();
        }
    }

    private void set(PreparedStatement statement, CopyPosition position) throws SQLException {
        statement.setString(1, position.feedId());
        statement.setLong(2, position.position().epoch());
        statement.setLong(3, position.position().sequence());
        statement.setLong(4, position.cut().tick());
        statement.setTimestamp(
                5, local(position.cut().controllerTime()), Calendar.getInstance(TimeZone.getTimeZone("UTC")));
        statement.setLong(6, position.cut().controllerTime());
        statement.setLong(7, position.cut().configurationKey());
        statement.setInt(8, position.schemaVersion());
        statement.setString(9, position.complete() ? "Y" : "N");
        statement.setString(10, position.progress());
        statement.setString(11, feed());
    }

    private Timestamp local(long utcMillis) {
        return utcMillis == 0
                ? null
                : new Timestamp(LocalDateTime.ofInstant(Instant.ofEpochMilli(utcMillis), database.zone())
                        .toInstant(ZoneOffset.UTC)
                        .toEpochMilli());
    }

    @Override
    public void forgetPosition() throws SQLException {
        PreparedStatement delete = begin().statement("DELETE FROM Feed_Position WHERE FeedName = ?");
        delete.setString(1, feed());
        delete.executeUpdate();
    }

    @Override
    public void state(
            FeedState state, String reason, boolean stale, Duration age, Duration lease, Whereabouts whereabouts)
            throws SQLException {
        SqlSession in = begin();
        String now = database.dialect().now();
        PreparedStatement update = in.statement("UPDATE Feed_Lease SET FeedState = ?, Reason = ?, NotCurrent = ?,"
                + " AgeMillis = ?, LeaseSeconds = ?, Site = ?, ConfigurationAt = ?, HistoryAt = ?, WrittenAt = " + now
                + " WHERE FeedName = ?");
        set(update, state, reason, stale, age, lease, whereabouts);
        if (update.executeUpdate() == 0) {
            PreparedStatement insert = in.statement("INSERT INTO Feed_Lease (FeedState, Reason, NotCurrent, AgeMillis,"
                    + " LeaseSeconds, Site, ConfigurationAt, HistoryAt, WrittenAt, FeedName)"
                    + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, " + now + ", ?)");
            set(insert, state, reason, stale, age, lease, whereabouts);
            insert.executeUpdate();
        }
    }

    private void set(
            PreparedStatement statement,
            FeedState state,
            String reason,
            boolean stale,
            Duration age,
            Duration lease,
            Whereabouts whereabouts)
            throws SQLException {
        statement.setString(1, state.name());
        statement.setString(2, reason.length() > LONGEST_REASON ? reason.substring(0, LONGEST_REASON) : reason);
        statement.setString(3, stale ? "Y" : "N");
        statement.setLong(4, age.toMillis());
        statement.setInt(5, (int) lease.toSeconds());
        statement.setString(6, whereabouts.site());
        statement.setString(7, whereabouts.configuration());
        statement.setString(8, whereabouts.history());
        statement.setString(9, feed());
    }

    /** How old the rows are by what their writer said last; the largest number when it said nothing. */
    long ageSeconds() throws SQLException {
        PreparedStatement select = begin().statement("SELECT AgeSeconds FROM Feed_State WHERE FeedName = ?");
        select.setString(1, feed());
        try (ResultSet result = select.executeQuery()) {
            long age = result.next() ? result.getLong(1) : Integer.MAX_VALUE;
            return result.wasNull() ? Integer.MAX_VALUE : age;
        }
    }

    @Override
    public Row own(Row row) {
        return own.row(row);
    }

    @Override
    public View own(View view) {
        return own.view(view);
    }

    @Override
    public Table feeds(FeedSchema feed, Table table) {
        return own.feeds(feed, table);
    }

    @Override
    public void insert(Table table, Collection<Row> rows) throws SQLException {
        SqlSession in = begin();
        Table known = own.table(table);
        if (known != null) {
            in.insertAll(known, kept(rows));
        }
    }

    @Override
    public void put(Table table, Collection<Row> rows) throws SQLException {
        SqlSession in = begin();
        Table known = own.table(table);
        if (known != null) {
            in.putAll(known, kept(rows));
        }
    }

    private List<Row> kept(Collection<Row> rows) {
        return rows.stream().map(own::row).filter(Objects::nonNull).toList();
    }

    @Override
    public void delete(Table table, Collection<List<Object>> keys) throws SQLException {
        SqlSession in = begin();
        Table known = own.table(table);
        if (known != null) {
            in.deleteAll(known, keys);
        }
    }

    @Override
    public void clear(Table table) throws SQLException {
        SqlSession in = begin();
        Table known = own.table(table);
        if (known != null) {
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("DELETE FROM " + in.tables().of(known).name());
            }
        }
    }

    @Override
    public void forEach(Table table, Consumer<Row> to) throws SQLException {
        SqlSession in = begin();
        Table known = own.table(table);
        if (known != null) {
            in.forEach(known, to);
        }
    }

    @Override
    public List<Row> after(Table table, List<Object> key, int limit) throws SQLException {
        SqlSession in = begin();
        Table known = own.table(table);
        return known == null ? List.of() : Keys.after(in, known, key, limit);
    }

    @Override
    public long count(Table table) throws SQLException {
        SqlSession in = begin();
        Table known = own.table(table);
        return known == null
                ? 0
                : in.number("SELECT COUNT(*) FROM " + in.tables().of(known).name());
    }

    @Override
    public void commit() throws SQLException {
        try {
            connection.commit();
        } finally {
            end();
        }
    }

    @Override
    public void rollback() throws SQLException {
        try {
            connection.rollback();
        } finally {
            end();
        }
    }

    @Override
    public void close() {
        try {
            SqlLocalDatabase.close(connection);
        } finally {
            end();
        }
    }
}
