package org.openrtd.feed.jms;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

class FollowerRoleTest {

    @Test
    void tellsWhatIsWrongWhileItHasNoSettingsThatMakeSense() {
        try (FollowerRole role = new FollowerRole(container(), "distributor", "Distributor", () -> {
            throw new IllegalArgumentException("Nobody to follow: set centreUrls");
        })) {
            assertEquals("Nobody to follow: set centreUrls", role.summary());
            assertEquals(Map.of(), role.details());
            assertEquals(List.of(), role.getSources());
            assertEquals("", role.getUser());
            assertEquals(List.of(), role.getFeeds());
        }
    }

    /** A container that takes every service and forgets it. */
    private static BundleContext container() {
        ClassLoader loader = FollowerRoleTest.class.getClassLoader();
        return (BundleContext) Proxy.newProxyInstance(
                loader,
                new Class<?>[] {BundleContext.class},
                (proxy, method, arguments) -> Proxy.newProxyInstance(
                        loader, new Class<?>[] {ServiceRegistration.class}, (registration, called, given) -> null));
    }
}
