package org.openrtd.web.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;

/** What the role does with its settings. */
class WebRoleTest {

    @TempDir
    Path directory;

    private final Map<String, Object> settings = new ConcurrentHashMap<>(Map.of("port", 0));

    @SuppressWarnings("unchecked")
    private static <T> T as(Class<T> type, Map<String, Object> answers) {
        return (T) Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> answers.getOrDefault(method.getName(), method.getDefaultValue()));
    }

    private WebRole role(long againMillis) {
        return new WebRole(
                as(BundleContext.class, Map.of("getProperty", directory.toString())),
                new NodeName(as(NodeName.Config.class, Map.of("name", "n1"))),
                as(WebConfig.class, settings),
                againMillis);
    }

    /** As a host that starts may not know names yet. */
    @Test
    void triesAgainWhileItsHostOrItsProxyIsNotKnown() throws Exception {
        // No name, and yet none that anybody is asked for.
        for (String key : new String[] {"host", "proxy"}) {
            settings.put(key, "1:2");
            WebRole role = role(20);
            try {
                assertTrue(
                        role.summary().startsWith("nobody is served: " + key + " = 1:2 is no address"), role::summary);
                assertTrue(role.summary().contains("tried again"), role::summary);
                settings.remove(key);
                TestNode.await("it serves", () -> role.summary().startsWith("serves http://127.0.0.1:"));
                assertEquals("0", role.details().get("streams"));
            } finally {
                role.close();
            }
        }
    }

    @Test
    void doesNotTryAgainWhatIsWrongUntilItIsCorrected() {
        settings.put("host", "0.0.0.0");
        WebRole role = role(20);
        try {
            assertTrue(role.summary().startsWith("nobody is served: host = 0.0.0.0"), role::summary);
            assertFalse(role.summary().contains("tried again"), role::summary);
        } finally {
            role.close();
        }
    }
}
