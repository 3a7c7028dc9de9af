package org.openrtd.console.internal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.osgi.service.component.ComponentException;

class LiveScreenTest {

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch drawn = new CountDownLatch(1);

    @Test
    void drawsAgainAfterANumberThatIsNoneWasCorrected() throws Exception {
        Node node = new Node(settings(Node.Config.class, () -> 0L));
        LiveScreen.Config typo = settings(LiveScreen.Config.class, () -> {
            asked.countDown();
            throw new ComponentException(new NumberFormatException("For input string: \"fast\""));
        });
        LiveScreen screen = new LiveScreen(null, node, typo, new PrintStream(new OutputStream() {
            @Override
            public void write(int b) {
                drawn.countDown();
            }
        }));
        screen.replicas(List.of());
        screen.start();
        try {
            assertTrue(asked.await(30, TimeUnit.SECONDS));

            screen.modified(settings(LiveScreen.Config.class, () -> 10L));

            assertTrue(drawn.await(30, TimeUnit.SECONDS));
        } finally {
            screen.close();
        }
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
