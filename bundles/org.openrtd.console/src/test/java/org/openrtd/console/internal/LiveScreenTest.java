package org.openrtd.console.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.openrtd.feed.RoleStatus;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.ComponentException;

class LiveScreenTest {

    private final List<Object> statuses = new CopyOnWriteArrayList<>();
    private final CountDownLatch drawn = new CountDownLatch(1);

    @Test
    void drawsAgainAfterANumberThatIsNoneWasCorrected() throws Exception {
        Node node = new Node(settings(Node.Config.class, () -> 0L));
        LiveScreen.Config typo = settings(LiveScreen.Config.class, () -> {
            throw new ComponentException(new NumberFormatException("For input string: \"fast\""));
        });
        LiveScreen screen = new LiveScreen(container(), node, typo, new PrintStream(new OutputStream() {
            @Override
            public void write(int b) {
                drawn.countDown();
            }
        }));
        screen.replicas(List.of());
        screen.start();
        try {
            assertEquals(
                    "nothing is shown: periodMillis = fast is not a number that fits: correct it in"
                            + " etc/org.openrtd.screen.cfg",
                    ((RoleStatus) statuses.get(0)).summary());

            screen.modified(settings(LiveScreen.Config.class, () -> 10L));

            assertEquals(List.of(), statuses);
            assertTrue(drawn.await(30, TimeUnit.SECONDS));
        } finally {
            screen.close();
        }
    }

    /** Keeps what is registered. */
    private BundleContext container() {
        ClassLoader loader = getClass().getClassLoader();
        return (BundleContext)
                Proxy.newProxyInstance(loader, new Class<?>[] {BundleContext.class}, (proxy, method, arguments) -> {
                    statuses.add(arguments[1]);
                    return Proxy.newProxyInstance(
                            loader,
                            new Class<?>[] {ServiceRegistration.class},
                            (registration, called, none) -> statuses.remove(arguments[1]) ? null : null);
                });
    }

    /** Settings with that period, shown headless. */
    private static <T> T settings(Class<T> type, java.util.function.LongSupplier period) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "mode":
                            return "headless";
                        case "periodMillis":
                            return period.getAsLong();
                        case "equals":
                            return proxy == arguments[0];
                        default:
                            return method.getDefaultValue();
                    }
                }));
    }
}
