package org.openrtd.clientfeed.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;
import org.openrtd.feed.jms.LocalBroker;
import org.openrtd.feed.jms.NodeIdentity;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class ClientFeedTest {

    private final BundleContext context = fake(BundleContext.class, Map.of("registerService", registration()));

    @Test
    void passesOnWhatAnyRoleHoldsButTheClientWhichMayFollowThisClientFeed() throws Exception {
        NodeList references;
        try (InputStream described =
                ClientFeed.class.getResourceAsStream("/OSGI-INF/" + ClientFeed.class.getName() + ".xml")) {
            references = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(described)
                    .getElementsByTagName("reference");
        }
        Map<String, String> targets = new HashMap<>();
        for (int i = 0; i < references.getLength(); i++) {
            Element reference = (Element) references.item(i);
            targets.put(reference.getAttribute("name"), reference.getAttribute("target"));
        }
        assertEquals("(!(role=client))", targets.get("replicas"));
    }

    @Test
    void followsOverTheBrokerOfThisNodeWhenThatComesLater() throws Exception {
        ClientFeed clientFeed = clientFeed("calls");
        Asked broker = new Asked();
        try {
            clientFeed.broker(broker.fake);
            assertTrue(broker.asked.await(20, TimeUnit.SECONDS), "nobody connected");
        } finally {
            clientFeed.close();
        }
    }

    @Test
    void followsOtherFeedsOverTheBrokerThatIsThere() throws Exception {
        ClientFeed clientFeed = clientFeed("calls");
        Asked first = new Asked();
        Asked second = new Asked();
        try {
            clientFeed.broker(first.fake);
            clientFeed.broker(second.fake);
            clientFeed.brokerGone(first.fake);
            clientFeed.modified(config("agents"));
            assertTrue(second.asked.await(20, TimeUnit.SECONDS), "nobody connected");
        } finally {
            clientFeed.close();
        }
    }

    private ClientFeed clientFeed(String feed) {
        return new ClientFeed(context, new NodeIdentity("north", "north"), config(feed));
    }

    private static ClientFeedConfig config(String feed) {
        return fake(ClientFeedConfig.class, Map.of("followUrls", new String[] {"local"}, "feeds", new String[] {feed}));
    }

    /** A broker that counts who wants to connect, and has no connections. */
    private static final class Asked {
        final CountDownLatch asked = new CountDownLatch(1);
        final LocalBroker fake = (LocalBroker) Proxy.newProxyInstance(
                ClientFeedTest.class.getClassLoader(),
                new Class<?>[] {LocalBroker.class},
                (self, method, arguments) -> {
                    if (method.getName().equals("connections")) {
                        asked.countDown();
                        return new ActiveMQConnectionFactory("tcp://localhost:1?initialConnectAttempts=1");
                    }
                    return switch (method.getName()) {
                        case "equals" -> self == arguments[0];
                        case "hashCode" -> System.identityHashCode(self);
                        default -> method.getReturnType() == String.class ? "fake" : null;
                    };
                });
    }

    private static ServiceRegistration<?> registration() {
        return fake(ServiceRegistration.class, Map.of());
    }

    /** Answers with these values, else with an annotation's defaults, else with nothing. */
    private static <T> T fake(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                ClientFeedTest.class.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> answers.getOrDefault(method.getName(), method.getDefaultValue())));
    }
}
