package org.openrtd.centraldb.internal;

import java.io.PrintWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** A database in whose use this process comes to a named point, to be killed there. */
final class CrashPoints implements DataSource {

    /** Where. */
    enum Point {
        /** Some rows are written, or all, or the entry, or the key. */
        INSIDE_A_TRANSACTION,
        BEFORE_THE_COMMIT,
        INSIDE_THE_COMMIT,
        /** It is committed, and nobody has been told. */
        AFTER_THE_COMMIT,
        /** The ids are kept, or the entries are deleted too. */
        INSIDE_A_PRUNE,
        BEFORE_A_PRUNES_COMMIT,
        INSIDE_A_PRUNES_COMMIT,
        AFTER_A_PRUNES_COMMIT,
        /** Killed from outside, whenever that is. */
        ANYWHERE;

        boolean isOfPrune() {
            return name().contains("PRUNE");
        }
    }

    /**
     * The end of this process, when each of its databases has come to its point. One that has waits there, with all that it
     * has locked and not committed: killed there, it has come no further.
     */
    static final class End {

        /** As a process that was killed. */
        static final int KILLED = 128 + 9;

        private final CountDownLatch going;
        private final boolean someoneGoesOn;

        End(List<Point> points) {
            going = new CountDownLatch(points.size());
            someoneGoesOn = points.contains(Point.INSIDE_THE_COMMIT) || points.contains(Point.INSIDE_A_PRUNES_COMMIT);
        }

        static void now() {
            Runtime.getRuntime().halt(KILLED);
        }

        private void here() {
            going.countDown();
            if (going.getCount() == 0 && !someoneGoesOn) {
                now();
            }
            while (true) {
                LockSupport.park();
            }
        }

        /** Goes on, and ends so many nanoseconds later; not before the others are at their points. */
        private void soonAfter(long moment) throws InterruptedException {
            going.countDown();
            going.await();
            new Thread(() -> {
                        long end = System.nanoTime() + moment;
                        while (System.nanoTime() < end) {
                            Thread.onSpinWait();
                        }
                        now();
                    })
                    .start();
        }
    }

    private final DataSource database;
    private final Point point;
    private final AtomicInteger left;
    private final Random random;
    private final End end;

    /** @param occurrence how often the point is passed, the time that ends it included */
    CrashPoints(DataSource database, Point point, int occurrence, Random random, End end) {
        this.end = end;
        this.database = database;
        this.point = point;
        this.left = new AtomicInteger(occurrence);
        this.random = random;
    }

    @Override
    public Connection getConnection() throws SQLException {
        return (Connection) proxy(Connection.class, new OfConnection(database.getConnection()));
    }

    /** What a connection's transaction is, by what was executed in it. */
    private final class OfConnection implements InvocationHandler {

        private final Connection connection;
        private boolean edits;
        private boolean prunes;

        OfConnection(Connection connection) {
            this.connection = connection;
        }

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
            switch (method.getName()) {
                case "commit" -> {
                    boolean meant = point.isOfPrune() ? prunes : edits;
                    before(meant);
                    Object result = call(method, connection, arguments);
                    if (meant && isAt(Point.AFTER_THE_COMMIT, Point.AFTER_A_PRUNES_COMMIT)) {
                        pass();
                    }
                    edits = false;
                    prunes = false;
                    return result;
                }
                case "prepareStatement" -> {
                    Object statement = call(method, connection, arguments);
                    return proxy(PreparedStatement.class, new OfStatement(this, statement, (String) arguments[0]));
                }
                default -> {
                    return call(method, connection, arguments);
                }
            }
        }

        private void before(boolean meant) throws InterruptedException {
            if (meant && isAt(Point.BEFORE_THE_COMMIT, Point.BEFORE_A_PRUNES_COMMIT)) {
                pass();
            } else if (meant && isAt(Point.INSIDE_THE_COMMIT, Point.INSIDE_A_PRUNES_COMMIT)) {
                if (left.decrementAndGet() == 0) {
                    end.soonAfter(random.nextLong(1_500_000));
                }
            }
        }
    }

    private final class OfStatement implements InvocationHandler {

        private final OfConnection connection;
        private final Object statement;
        private final String sql;

        OfStatement(OfConnection connection, Object statement, String sql) {
            this.connection = connection;
            this.statement = statement;
            this.sql = sql;
        }

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
            Object result = call(method, statement, arguments);
            if (method.getName().equals("executeUpdate") || method.getName().equals("executeBatch")) {
                boolean prune = sql.startsWith("INSERT INTO Config_Old_Transaction")
                        || sql.startsWith("DELETE FROM Config_Message_Log");
                boolean edit = sql.contains(" Call_Type ")
                        || sql.startsWith("INSERT INTO Config_Message_Log")
                        || sql.startsWith("UPDATE Config_Identity");
                connection.prunes |= prune;
                connection.edits |= edit;
                if (edit && point == Point.INSIDE_A_TRANSACTION || prune && point == Point.INSIDE_A_PRUNE) {
                    pass();
                }
            }
            return result;
        }
    }

    private boolean isAt(Point one, Point other) {
        return point == one || point == other;
    }

    private void pass() {
        if (left.decrementAndGet() == 0) {
            end.here();
        }
    }

    private static Object call(Method method, Object target, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static Object proxy(Class<?> type, InvocationHandler handler) {
        return Proxy.newProxyInstance(CrashPoints.class.getClassLoader(), new Class<?>[] {type}, handler);
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
