package org.openrtd.sql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;

/** Apache Derby, embedded in the node. */
final class DerbyDialect implements Dialect {

    @Override
    public String name() {
        return "Derby";
    }

    @Override
    public String binaryType() {
        return "BLOB";
    }

    @Override
    public String storedName(String identifier) {
        return identifier.toUpperCase(Locale.ROOT);
    }

    @Override
    public long size(Connection connection) throws SQLException {
        // Only the pages that each file has allocated: the exact figure of SPACE_TABLE would visit them.
        String sql = "SELECT SUM(S.NUMALLOCATEDPAGES * S.PAGESIZE) FROM SYS.SYSTABLES T,"
                + " TABLE (SYSCS_DIAG.SPACE_TABLE(T.TABLENAME)) S WHERE T.TABLETYPE = 'T'";
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            return result.next() ? result.getLong(1) : -1;
        }
    }

    @Override
    public void requireDurable(Connection connection) throws SQLException {
        String durability = System.getProperty("derby.system.durability");
        if (durability == null) {
            try (Statement statement = connection.createStatement();
                    ResultSet result = statement.executeQuery(
                            "VALUES SYSCS_UTIL.SYSCS_GET_DATABASE_PROPERTY('derby.system.durability')")) {
                result.next();
                durability = result.getString(1);
            }
        }
        if ("test".equals(durability)) {
            throw new SQLException(
                    "derby.system.durability is 'test', so that Derby does not force its log to disk and a"
                            + " crash would lose what was acknowledged; remove that property");
        }
    }

    static String remedy(SQLException whenOpening) {
        for (SQLException e = whenOpening; e != null; e = e.getNextException()) {
            String state = e.getSQLState() == null ? "" : e.getSQLState();
            switch (state) {
                case "XSDB6":
                    return "Another process has the database open: stop it, or give this node a directory of its own in"
                            + " the url of the data source.";
                case "XBM0H", "XBM0A", "XJ041":
                    return "Derby cannot make the database there: check that the directory in the url of the data source"
                            + " can be written and has space.";
                case "XJ004", "XBM0J":
                    return "There is no database there: add ;create=true to the url of the data source, or correct the"
                            + " directory.";
                case "08004":
                    return "The database refuses the user: correct user and password of the data source.";
                case "XSLAN", "XCW00":
                    return "The database was written by another release of Derby: add ;upgrade=true to the url of the data"
                            + " source once, after a backup.";
                case "XSDG1", "XSDG2", "XSDG3", "XSLA3", "XSLA7", "XJ040":
                    // XJ040 is the frame around most of the others; the chain says more further down.
                    if (state.equals("XJ040") && e.getNextException() != null) {
                        break;
                    }
                    return "The database's files cannot be read: restore a backup, or move the directory away to begin"
                            + " with an empty database.";
                default:
                    break;
            }
        }
        return "See derby.log in the node's data directory, and check the url of the data source.";
    }
}
