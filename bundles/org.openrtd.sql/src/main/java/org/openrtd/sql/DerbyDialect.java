package org.openrtd.sql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.stream.Stream;

/** Apache Derby, embedded in the node. */
final class DerbyDialect implements Dialect {

    private static final int LONGEST_VARCHAR = 32_672;

    @Override
    public String name() {
        return "Derby";
    }

    @Override
    public String binaryType() {
        return "BLOB";
    }

    @Override
    public String textType(int length) {
        return length <= LONGEST_VARCHAR ? Dialect.super.textType(length) : "CLOB(" + length + ")";
    }

    @Override
    public String now() {
        return "CURRENT_TIMESTAMP";
    }

    @Override
    public String plusSeconds(String timestamp, String seconds) {
        return "{fn TIMESTAMPADD(SQL_TSI_SECOND, " + seconds + ", " + timestamp + ")}";
    }

    @Override
    public String secondsBetween(String from, String to) {
        return "{fn TIMESTAMPDIFF(SQL_TSI_SECOND, " + from + ", " + to + ")}";
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

    @Override
    public Path backup(Connection connection, Path directory) throws SQLException {
        try (CallableStatement backup = connection.prepareCall("CALL SYSCS_UTIL.SYSCS_BACKUP_DATABASE(?)")) {
            backup.setString(1, directory.toString());
            backup.execute();
        }
        try (Stream<Path> copy = Files.list(directory)) {
            return copy.findFirst().orElseThrow(() -> new SQLException("Derby has copied nothing to " + directory));
        } catch (IOException e) {
            throw new SQLException("Cannot look at the copy in " + directory, e);
        }
    }

    static String remedyFor(String state) {
        return switch (state) {
            case "XSDB6" ->
                "Another process has the database open: stop it, or give this node a directory of its own in the"
                        + " url of the data source.";
            case "XBM0J", "XBM0A" ->
                "The directory is there and holds no database, or one that lacks its main file: move it away, or name"
                        + " another directory in the url of the data source.";
            case "XBM0H", "XJ041" ->
                "Derby cannot make the database there: check that the directory in the url of"
                        + " the data source can be written and has space.";
            case "XJ004" ->
                "There is no database there that Derby can read: add ;create=true to the url of the data source,"
                        + " or correct the directory and who may write to it.";
            case "08001" ->
                "No driver takes the url of the data source: correct it, it begins with jdbc:derby: or jdbc:postgresql:.";
            case "08006" -> "Derby has shut the database down: the line before in derby.log says why.";
            case "08004" -> "The database refuses the user: correct user and password of the data source.";
            case "XSLAN", "XCW00" ->
                "The database was written by another release of Derby: add ;upgrade=true to the url of"
                        + " the data source once, after a backup.";
            case "XSDG1", "XSDG2", "XSDG3", "XSLA3", "XSLA7", "XJ040" ->
                "The database's files cannot be read: restore a"
                        + " backup, or move the directory away to begin with an empty database.";
            default -> null;
        };
    }
}
