package org.openrtd.updater.internal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openrtd.localdb.CopyPosition;
import org.openrtd.localdb.FeedSession;

/** Stands between the updater and its database, notes what is done, and has it fail as a test wants. */
final class Faults {

    interface Fault {
        void happen() throws SQLException;
    }

    /** As {@link Fault}, for what is about to be written. */
    interface FaultAt<T> {
        void happen(T at) throws SQLException;
    }

    /** What is done instead of a call. */
    interface Instead {
        Object call(Method method, Object[] arguments) throws Exception;
    }

    private final Map<String, Fault> before = new HashMap<>();
    private final Map<String, Fault> after = new HashMap<>();
    private FaultAt<CopyPosition> onPosition = position -> {};
    private boolean noting = true;
    final List<String> done = new ArrayList<>();

    /** What happens before each call of that method. */
    void before(String method, Fault fault) {
        before.put(method, fault);
    }

    /** What happens after each call of that method. */
    void after(String method, Fault fault) {
        after.put(method, fault);
    }

    /** What happens before a position is written. */
    void onPosition(FaultAt<CopyPosition> fault) {
        onPosition = fault;
    }

    /** There will be too many calls to remember. */
    void noteNothing() {
        noting = false;
    }

    void none() {
        before.clear();
        after.clear();
    }

    long count(String method) {
        return done.stream().filter(method::equals).count();
    }

    FeedSession around(FeedSession session) {
        return replacing(session, (method, arguments) -> {
            Fault fault = before.get(method.getName());
            if (fault != null) {
                fault.happen();
            }
            if (method.getName().equals("position") && arguments != null) {
                onPosition.happen((CopyPosition) arguments[0]);
            }
            Object result = method.invoke(session, arguments);
            if (noting) {
                done.add(method.getName());
            }
            Fault then = after.get(method.getName());
            if (then != null) {
                then.happen();
            }
            return result;
        });
    }

    /** The session, with something done instead of each call. */
    static FeedSession replacing(FeedSession session, Instead instead) {
        return (FeedSession) Proxy.newProxyInstance(
                Faults.class.getClassLoader(), new Class<?>[] {FeedSession.class}, (proxy, method, arguments) -> {
                    try {
                        return instead.call(method, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
