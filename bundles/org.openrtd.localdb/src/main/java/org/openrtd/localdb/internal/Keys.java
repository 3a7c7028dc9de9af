package org.openrtd.localdb.internal;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.sql.SqlSession;
import org.openrtd.sql.SqlTable;

/** Reads a table in portions, in the order of its keys. */
final class Keys {

    private Keys() {}

    /** The next rows after a key, or the first ones when it is {@code null}. */
    static List<Row> after(SqlSession session, Table table, List<Object> key, int limit) throws SQLException {
        SqlTable in = session.tables().of(table);
        List<String> names = table.columns().subList(0, table.keyColumns()).stream()
                .map(column -> column.name())
                .toList();
        StringBuilder sql = new StringBuilder(in.select());
        if (key != null) {
            sql.append(" WHERE ");
            for (int last = 0; last < names.size(); last++) {
                sql.append(last == 0 ? "(" : " OR ");
                for (int i = 0; i < last; i++) {
                    sql.append(names.get(i)).append(" = ? AND ");
                }
                sql.append(names.get(last)).append(" > ?");
            }
            sql.append(')');
        }
        sql.append(" ORDER BY ").append(String.join(", ", names));
        sql.append(' ').append(session.tables().dialect().firstRows(limit));
        PreparedStatement select = session.statement(sql.toString());
        if (key != null) {
            int parameter = 1;
            for (int last = 0; last < names.size(); last++) {
                for (int i = 0; i <= last; i++) {
                    in.set(select, parameter++, names.get(i), key.get(i));
                }
            }
        }
        List<Row> rows = new ArrayList<>();
        try (ResultSet result = select.executeQuery()) {
            while (result.next()) {
                rows.add(in.row(result));
            }
        }
        return rows;
    }
}
