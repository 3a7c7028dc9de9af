package org.openrtd.itests;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import javax.management.JMException;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.remote.JMXConnector;
import org.openrtd.itests.FreshnessCheck.Look;

/** Looks at the feeds of a node again and again, whether it answers or not. */
final class Watch extends Thread {

    private static final long PAUSE_MILLIS = 150;

    private final KarafNode node;
    private final String role;
    private final BiConsumer<String, Look> seen;
    private volatile boolean enough;

    /** @param seen is told of each look at a feed, by name; of none while the node does not answer */
    Watch(KarafNode node, String role, BiConsumer<String, Look> seen) {
        super("watch of " + node.name());
        this.node = node;
        this.role = role;
        this.seen = seen;
        setDaemon(true);
    }

    void end() {
        enough = true;
        interrupt();
    }

    @Override
    public void run() {
        JMXConnector connector = null;
        while (!enough) {
            try {
                if (connector == null) {
                    connector = node.connectJmx();
                }
                long begun = System.nanoTime();
                CompositeData[] feeds = (CompositeData[]) connector
                        .getMBeanServerConnection()
                        .getAttribute(new ObjectName("org.openrtd:type=" + role), "Feeds");
                long ended = System.nanoTime();
                for (CompositeData feed : feeds) {
                    seen.accept(
                            (String) feed.get("feed"),
                            new Look(
                                    begun,
                                    ended,
                                    (Long) feed.get("epoch"),
                                    (Long) feed.get("sequence"),
                                    feed.get("state").equals("LIVE")
                                            && feed.get("stale").equals(false)));
                }
            } catch (IOException | SecurityException gone) {
                close(connector);
                connector = null;
            } catch (JMException notYet) {
                // The role is not there at the moment.
            }
            try {
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                break;
            }
        }
        close(connector);
    }

    private static void close(JMXConnector connector) {
        if (connector != null) {
            try {
                connector.close();
            } catch (IOException gone) {
                // Nothing is left to close.
            }
        }
    }
}
