package org.openrtd.realtimeserver.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openrtd.feed.Replica;
import org.openrtd.feed.RoleStatus;
import org.openrtd.feed.jms.NodeIdentity;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

@Timeout(20)
class RealTimeServerTest {

    private final MemoryDatabase database = new MemoryDatabase();
    private final MemoryDatabase.Session session = database.new Session(0, false);
    /** Names of the classes of services that are registered now. */
    private final List<String> services = new CopyOnWriteArrayList<>();

    private final BundleContext context = proxy(BundleContext.class, (method, arguments) -> {
        if (!method.equals("registerService")) {
            throw new UnsupportedOperationException(method);
        }
        String name = ((Class<?>) arguments[0]).getName();
        services.add(name);
        return proxy(ServiceRegistration.class, (inner, none) -> services.remove(name));
    });

    private interface Answer {
        Object to(String method, Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, Answer answer) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    Object result = answer.to(method.getName(), arguments);
                    return method.getReturnType() == void.class ? null : result;
                }));
    }

    private static RealTimeServerConfig config(Map<String, Object> values) {
        return (RealTimeServerConfig) Proxy.newProxyInstance(
                RealTimeServerConfig.class.getClassLoader(),
                new Class<?>[] {RealTimeServerConfig.class},
                (self, method, arguments) -> values.getOrDefault(method.getName(), method.getDefaultValue()));
    }

    private RealTimeServer server(Map<String, Object> values) {
        return new RealTimeServer(context, new NodeIdentity("node", ""), session, session, config(values), 10);
    }

    @Test
    void startsLaterWhenTheDatabaseFailsAtFirst() {
        session.failing(true);
        RealTimeServer server = server(Map.of());
        try {
            assertEquals("cannot start: the disk is full", server.summary());
            assertTrue(services.contains(RoleStatus.class.getName()), "it tells how it stands");
            assertFalse(services.contains(Replica.class.getName()), "no rows are shown");
            session.failing(false);
            while (server.summary().startsWith("cannot start")) {
                Thread.onSpinWait();
            }
            assertEquals(
                    3, services.stream().filter(Replica.class.getName()::equals).count());
            assertTrue(server.summary().startsWith("gateways cannot send"), server.summary());
        } finally {
            server.close();
        }
        assertEquals(List.of(), services);
    }

    @Test
    void closesWhileTheDatabaseStillFails() {
        session.failing(true);
        RealTimeServer server = server(Map.of());
        server.close();
        assertEquals(List.of(), services);
    }

    @Test
    void saysWhichSettingMakesNoSenseAndWhereToMendIt() {
        assertRefused(
                Map.of("zone", "Nowhere"),
                "zone is a time zone such as Europe/Berlin, not 'Nowhere': set it in"
                        + " etc/org.openrtd.realtimeserver.cfg");
        assertRefused(
                Map.of("clock", "sundial"),
                "clock is gateway or controller, not 'sundial': set it in" + " etc/org.openrtd.realtimeserver.cfg");
    }

    private void assertRefused(Map<String, Object> values, String line) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> server(values));
        assertEquals(line, refused.getMessage());
        assertEquals(List.of(), services);
    }
}
