package org.openrtd.derby.internal;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.derby.iapi.jdbc.EngineConnection;
import org.apache.derby.iapi.sql.conn.LanguageConnectionContext;
import org.apache.derby.iapi.sql.conn.StatementContext;
import org.apache.derby.impl.jdbc.EmbedConnection;

/**
 * Derby's network server without its port. Its own port could not be kept from other processes of the host, from which it
 * takes commands without a password, and it knows neither a bound for connections nor which of them holds which lock. So
 * sockets are handed to its inside, which Derby keeps to itself; the build has one version of it, the last, and the tests
 * find out if another is different.
 */
final class NetworkServer {

    private final Object server;
    private final Method addSession;
    private final Map<?, ?> sessions;
    private final Collection<?> threads;

    /** What one session is doing. */
    record Session(Object session, Socket socket, EngineConnection connection) {}

    NetworkServer() {
        try {
            Class<?> type = Class.forName("org.apache.derby.impl.drda.NetworkServerControlImpl");
            Constructor<?> constructor = type.getConstructor(InetAddress.class, int.class);
            // It is given a port because it wants one; it never listens.
            server = constructor.newInstance(InetAddress.getLoopbackAddress(), 1527);
            call(method(type, "startNetworkServer"), server);
            addSession = method(type, "addSession", Socket.class);
            sessions = (Map<?, ?>) field(type, "sessionTable").get(server);
            threads = (Collection<?>) field(type, "threadList").get(server);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("This is not the version of Derby that guests can be let into", e);
        }
    }

    private static Method method(Class<?> type, String name, Class<?>... parameters)
            throws ReflectiveOperationException {
        Method method = type.getDeclaredMethod(name, parameters);
        method.setAccessible(true);
        return method;
    }

    private static Field field(Class<?> type, String name) throws ReflectiveOperationException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    private static Object call(Method method, Object on, Object... arguments) throws ReflectiveOperationException {
        try {
            return method.invoke(on, arguments);
        } catch (InvocationTargetException e) {
            throw new ReflectiveOperationException(e.getCause());
        }
    }

    /** Serves a client, on a thread of its own. */
    void serve(Socket socket) {
        try {
            call(addSession, server, socket);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Derby does not take a connection", e);
        }
    }

    List<Session> sessions() {
        try {
            List<?> present;
            synchronized (sessions) {
                present = new ArrayList<>(sessions.values());
            }
            List<Session> known = new ArrayList<>();
            for (Object session : present) {
                Socket socket =
                        (Socket) field(session.getClass(), "clientSocket").get(session);
                Object database = field(session.getClass(), "database").get(session);
                EngineConnection connection = database == null
                        ? null
                        : (EngineConnection) call(method(database.getClass(), "getConnection"), database);
                known.add(new Session(session, socket, connection));
            }
            return known;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("This is not the version of Derby that guests can be let into", e);
        }
    }

    /** By which SYSCS_DIAG.LOCK_TABLE knows the session's transaction; empty when it has none. */
    static List<String> transactions(Session session) {
        LanguageConnectionContext context = context(session);
        if (context == null) {
            return List.of();
        }
        List<String> ids = new ArrayList<>();
        for (String id : new String[] {
            context.getTransactionExecute().getActiveStateTxIdString(),
            context.getTransactionExecute().getTransactionIdString()
        }) {
            if (id != null) {
                ids.add(id);
            }
        }
        return ids;
    }

    private static LanguageConnectionContext context(Session session) {
        try {
            return session.connection() instanceof EmbedConnection embedded && !embedded.isClosed()
                    ? embedded.getLanguageConnection()
                    : null;
        } catch (RuntimeException e) {
            // It has just ended.
            return null;
        }
    }

    /** Ends what the session does, so that its thread finds the connection closed, and rolls back. */
    void end(Session session, boolean waitsForLock) {
        LanguageConnectionContext context = context(session);
        StatementContext statement = context == null ? null : context.getStatementContext();
        if (statement != null) {
            statement.cancel();
        }
        try {
            session.socket().close();
        } catch (java.io.IOException e) {
            // Then it is closed.
        }
        if (waitsForLock) {
            // A cancelled statement notices when it comes to the next row, and this one waits for it.
            thread(session).ifPresent(Thread::interrupt);
        }
    }

    private java.util.Optional<Thread> thread(Session session) {
        synchronized (threads) {
            for (Object thread : threads) {
                try {
                    if (call(method(thread.getClass(), "getSession"), thread) == session.session()) {
                        return java.util.Optional.of((Thread) thread);
                    }
                } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
        return java.util.Optional.empty();
    }

    /** Ends all sessions and their threads. */
    void close() {
        try {
            Class<?> type = server.getClass();
            field(type, "shutdown").setBoolean(server, true);
            sessions().forEach(session -> end(session, false));
            List<?> ending;
            synchronized (threads) {
                ending = new ArrayList<>(threads);
            }
            for (Object thread : ending) {
                call(method(thread.getClass(), "close"), thread);
            }
            Object queue = field(type, "runQueue").get(server);
            synchronized (queue) {
                queue.notifyAll();
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
