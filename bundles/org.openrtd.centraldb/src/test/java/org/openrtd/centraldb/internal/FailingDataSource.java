package org.openrtd.centraldb.internal;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** A database whose next commit is told to have failed, before or after it took effect, or is looked at. */
final class FailingDataSource implements DataSource {

    enum Fail {
        NEVER,
        BEFORE_COMMIT,
        AFTER_COMMIT
    }

    private final DataSource database;
    private volatile Fail next = Fail.NEVER;
    private volatile Runnable before;
    private final AtomicInteger commits = new AtomicInteger();

    FailingDataSource(DataSource database) {
        this.database = database;
    }

    /** How many commits there were, failed ones included. */
    int commits() {
        return commits.get();
    }

    void nextCommit(Fail how) {
        next = how;
    }

    /** Runs on the thread that commits next. */
    void beforeNextCommit(Runnable what) {
        before = what;
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = database.getConnection();
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("commit")) {
                        commits.incrementAndGet();
                    }
                    Runnable first = before;
                    if (method.getName().equals("commit") && first != null) {
                        before = null;
                        first.run();
                    }
                    Fail how = method.getName().equals("commit") ? next : Fail.NEVER;
                    if (how != Fail.NEVER) {
                        next = Fail.NEVER;
                    }
                    if (how == Fail.BEFORE_COMMIT) {
                        throw new SQLException("the disk is full");
                    }
                    try {
                        Object result = method.invoke(connection, arguments);
                        if (how == Fail.AFTER_COMMIT) {
                            throw new SQLException("the connection was lost");
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
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
