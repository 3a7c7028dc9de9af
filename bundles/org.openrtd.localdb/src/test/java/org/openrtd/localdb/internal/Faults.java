package org.openrtd.localdb.internal;

import java.io.PrintWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** A database that is gone from some call on, or whose statements are counted. */
final class Faults implements DataSource {

    private final DataSource database;
    /** How many calls that write are let through before the database is gone; negative for all. */
    volatile int left = -1;
    /** What it fails by then; {@code null} for an SQLException. */
    volatile Error error;

    volatile String said = "the database is gone";
    /** The SQL state of what it says then. */
    volatile String state;
    /** Whether a commit that fails takes effect all the same. */
    volatile boolean commitsAnyway;
    /** A broken twin: every statement is a transaction of its own. */
    volatile boolean committingAtOnce;

    Faults(DataSource database) {
        this.database = database;
    }

    @Override
    public Connection getConnection() throws SQLException {
        if (left == 0) {
            if (error != null) {
                throw error;
            }
            throw new SQLException(said, state);
        }
        return proxy(Connection.class, database.getConnection());
    }

    private <T> T proxy(Class<T> type, T target) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            if (counts(method)) {
                synchronized (this) {
                    if (left == 0) {
                        if (method.getName().equals("commit") && commitsAnyway) {
                            invoke(target, method, arguments);
                        }
                        throw new SQLException("the database is gone");
                    }
                    left = left > 0 ? left - 1 : left;
                }
            }
            if (committingAtOnce && method.getName().equals("setAutoCommit")) {
                return null;
            }
            if (committingAtOnce
                    && (method.getName().equals("commit") || method.getName().equals("rollback"))) {
                return null;
            }
            Object result = invoke(target, method, arguments);
            return result instanceof PreparedStatement statement ? proxy(PreparedStatement.class, statement) : result;
        };
        return type.cast(Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static boolean counts(Method method) {
        return switch (method.getName()) {
            case "executeUpdate", "executeBatch", "commit" -> true;
            default -> false;
        };
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @Override
    public Connection getConnection(String user, String password) {
        throw new UnsupportedOperationException();
    }

    @Override
    public PrintWriter getLogWriter() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setLogWriter(PrintWriter out) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setLoginTimeout(int seconds) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int getLoginTimeout() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Logger getParentLogger() {
        throw new UnsupportedOperationException();
    }

    @Override
    public <T> T unwrap(Class<T> type) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
