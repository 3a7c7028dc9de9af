package org.openrtd.updater.internal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openrtd.localdb.FeedSession;

/** Stands between the updater and its database, notes what is done, and has it fail as a test wants. */
final class Faults {

    interface Fault {
        void happen() throws SQLException;
    }

    private final Map<String, Fault> before = new HashMap<>();
    private final Map<String, Fault> after = new HashMap<>();
    final List<String> done = new ArrayList<>();

    /** What happens before each call of that method. */
    void before(String method, Fault fault) {
        before.put(method, fault);
    }

    /** What happens after each call of that method. */
    void after(String method, Fault fault) {
        after.put(method, fault);
    }

    void none() {
        before.clear();
        after.clear();
    }

    long count(String method) {
        return done.stream().filter(method::equals).count();
    }

    FeedSession around(FeedSession session) {
        return (FeedSession) Proxy.newProxyInstance(
                Faults.class.getClassLoader(), new Class<?>[] {FeedSession.class}, (proxy, method, arguments) -> {
                    Fault fault = before.get(method.getName());
                    if (fault != null) {
                        fault.happen();
                    }
                    try {
                        Object result = method.invoke(session, arguments);
                        done.add(method.getName());
                        Fault then = after.get(method.getName());
                        if (then != null) {
                            then.happen();
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
