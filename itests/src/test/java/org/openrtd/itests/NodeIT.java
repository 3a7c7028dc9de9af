package org.openrtd.itests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.util.Set;
import org.junit.After;
import org.junit.Test;

/** What one node does: with a role and without, and when it cannot do what it is told to. */
public class NodeIT {

    private KarafNode node;

    @After
    public void end() {
        if (node != null) {
            node.close();
        }
    }

    @Test
    public void isANodeWithoutARoleAgainWhenAllAreTakenAway() throws Exception {
        node = KarafNode.unpack(NodeIT.class, "emptied").start().awaitUp();
        Set<String> threads = node.threads();
        Framework before = Framework.of(node);
        assertEquals(Set.of(), node.mbeans());

        node.install("openrtd-central-controller");
        node.await("the broker", () -> ChainIT.listens(node.brokerPort()));
        node.await("the role", () -> node.mbeans().contains("org.openrtd:type=RealTimeServer"));
        assertEquals(Set.of(), before.changedIn(Framework.of(node)));
        node.uninstall("openrtd-central-controller");

        assertEquals(Set.of(), node.mbeans());
        assertFalse("the broker listens", ChainIT.listens(node.brokerPort()));
        assertEquals(before.names(), Framework.of(node).names());
        node.awaitNoThreadsBut(threads);
    }

    @Test
    public void saysWhatToDoWhenTheBrokersPortIsInUse() throws Exception {
        try (java.net.ServerSocket taken = new java.net.ServerSocket(0)) {
            node = KarafNode.unpack(NodeIT.class, "taken")
                    .set("org.openrtd.broker", "port", taken.getLocalPort())
                    .features("openrtd-client-feed")
                    .start()
                    .awaitUp();
            assertTrue(
                    node.log(),
                    node.log()
                            .contains("Cannot listen on 127.0.0.1:" + taken.getLocalPort() + ": Address already in"
                                    + " use. Set another port (or host) in etc/org.openrtd.broker.cfg"));
            assertFalse(node.mbeans().contains("org.openrtd:type=Broker"));
        }
        // The operator does as told; the file is read again.
        int port = KarafNode.freePort();
        node.set("org.openrtd.broker", "port", port);
        node.await("the broker", () -> ChainIT.listens(port));
    }

    @Test
    public void doesNotListenBeyondLoopbackInPlainUnlessThatIsAllowed() throws Exception {
        node = KarafNode.unpack(NodeIT.class, "exposed")
                .set("org.openrtd.broker", "host", "0.0.0.0")
                .features("openrtd-client-feed")
                .start()
                .awaitUp();
        assertTrue(node.log(), node.log().contains("set keyStorePath and keyStorePassword for TLS, or allowPlain"));
        assertFalse(ChainIT.listens(node.brokerPort()));

        node.set("org.openrtd.broker", "allowPlain", true);
        node.await("the broker", () -> ChainIT.listens(node.brokerPort()));
        node.await("the warning", () -> node.log().contains("without TLS (allowPlain = true)"));
    }
}
