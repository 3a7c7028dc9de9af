package org.openrtd.gateway;

import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import javax.management.DynamicMBean;
import org.openrtd.feed.RoleStatus;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the component of a gateway does besides making its source: it runs the {@link Gateway}, publishes its MBean, and
 * tells operators how it is, also when its settings are such that there is nothing to run.
 */
public final class GatewayRole implements RoleStatus, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(GatewayRole.class);

    private final String role;
    private final String pid;
    private final BundleContext context;
    private Gateway gateway;
    private ServiceRegistration<DynamicMBean> control;
    private String trouble = "not started";

    /**
     * @param role as {@link RoleStatus#role}
     * @param pid where its settings are, for messages
     */
    public GatewayRole(String role, String pid, BundleContext context) {
        this.role = role;
        this.pid = pid;
        this.context = context;
    }

    /** Makes and starts a gateway. */
    @FunctionalInterface
    public interface Starter {

        /**
         * @throws CannotGoOnException when the settings lead nowhere
         * @throws IllegalArgumentException when a setting is missing or wrong; both name the remedy
         */
        Gateway start() throws CannotGoOnException;
    }

    /** Runs this gateway in place of the one before. When it cannot start, says so and waits for other settings. */
    public synchronized void run(String name, Starter starter) {
        close();
        try {
            gateway = starter.start();
            Dictionary<String, Object> properties = new Hashtable<>();
            properties.put("jmx.objectname", Gateway.objectName(name));
            control = context.registerService(DynamicMBean.class, gateway.control(), properties);
            LOG.info("{} started as gateway {}", role, name);
        } catch (CannotGoOnException | IllegalArgumentException cannot) {
            trouble = "cannot start: " + cannot.getMessage() + " (in etc/" + pid + ".cfg)";
            LOG.error("{} {}", role, trouble);
        }
    }

    /** The gateway that runs, or {@code null}. */
    public synchronized Gateway gateway() {
        return gateway;
    }

    @Override
    public String role() {
        return role;
    }

    @Override
    public synchronized String summary() {
        return gateway == null ? trouble : gateway.summary();
    }

    @Override
    public synchronized Map<String, String> details() {
        return gateway == null ? Map.of() : gateway.details();
    }

    @Override
    public synchronized void close() {
        if (control != null) {
            control.unregister();
            control = null;
        }
        if (gateway != null) {
            gateway.close();
            gateway = null;
            trouble = "stopped";
        }
    }
}
