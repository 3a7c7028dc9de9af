package org.openrtd.derby.internal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a guest may do in a database: SELECT from its owner's tables and views, by their plain names. Its schema, in which
 * those names are synonyms, is the owner's too, so that nothing can be made there.
 */
final class GuestRights {

    private static final String READ_ONLY_USERS = "derby.database.readOnlyAccessUsers";

    private final Connection connection;
    private final String guest;

    GuestRights(Connection connection, String user) {
        this.connection = connection;
        this.guest = user.toUpperCase(Locale.ROOT);
    }

    /** @throws SQLException when the database was made without protection */
    void protect() throws SQLException {
        if (!"true".equalsIgnoreCase(property("derby.database.sqlAuthorization"))) {
            // It takes effect when the database is opened the next time, and cannot be taken back.
            set("derby.database.sqlAuthorization", "true");
            throw new SQLException("The database was made before guests could be let in: restart the node");
        }
        // A second door behind the first: what is not granted is refused, and what writes is refused anyway.
        if (!guest.equals(property(READ_ONLY_USERS))) {
            set(READ_ONLY_USERS, guest);
        }
        grant();
    }

    /** Gives the right to read what was made since. */
    private void grant() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if (names("SELECT SCHEMANAME FROM SYS.SYSSCHEMAS WHERE SCHEMANAME = ?", guest)
                    .isEmpty()) {
                statement.execute("CREATE SCHEMA " + guest + " AUTHORIZATION " + Accounts.OWNER);
            }
            String ofOwner = "SELECT T.TABLENAME FROM SYS.SYSTABLES T JOIN SYS.SYSSCHEMAS S ON T.SCHEMAID = S.SCHEMAID"
                    + " WHERE S.SCHEMANAME = '" + Accounts.OWNER + "' AND T.TABLETYPE IN ('T', 'V')";
            for (String table : names(
                    ofOwner + " AND NOT EXISTS (SELECT 1 FROM SYS.SYSTABLEPERMS P WHERE P.TABLEID = T.TABLEID"
                            + " AND P.GRANTEE = ?)",
                    guest)) {
                statement.execute("GRANT SELECT ON " + Accounts.OWNER + ".\"" + table + "\" TO " + guest);
            }
            List<String> missing = names(ofOwner);
            missing.removeAll(names(
                    "SELECT T.TABLENAME FROM SYS.SYSTABLES T JOIN SYS.SYSSCHEMAS S ON T.SCHEMAID = S.SCHEMAID"
                            + " WHERE S.SCHEMANAME = ? AND T.TABLETYPE = 'A'",
                    guest));
            for (String table : missing) {
                statement.execute(
                        "CREATE SYNONYM " + guest + ".\"" + table + "\" FOR " + Accounts.OWNER + ".\"" + table + "\"");
            }
        }
    }

    private List<String> names(String sql, String... parameters) throws SQLException {
        List<String> names = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    names.add(result.getString(1));
                }
            }
        }
        return names;
    }

    private String property(String key) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("VALUES SYSCS_UTIL.SYSCS_GET_DATABASE_PROPERTY(?)")) {
            statement.setString(1, key);
            try (ResultSet result = statement.executeQuery()) {
                return result.next() ? result.getString(1) : null;
            }
        }
    }

    private void set(String key, String value) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("CALL SYSCS_UTIL.SYSCS_SET_DATABASE_PROPERTY(?, ?)")) {
            statement.setString(1, key);
            statement.setString(2, value);
            statement.execute();
        }
    }
}
