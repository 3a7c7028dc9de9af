package org.openrtd.gateway;

import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import java.util.function.Supplier;
import javax.management.DynamicMBean;
import org.openrtd.feed.RoleStatus;
import org.openrtd.feed.jms.LocalBroker;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the component of a gateway does besides making its source: it runs the {@link Gateway}, publishes its MBean, takes
 * on new settings, and tells operators how it is, also when its settings are such that there is nothing to run.
 *
 * @param <S> what the source is made from
 */
public final class GatewayRole<S> implements RoleStatus, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(GatewayRole.class);

    /**
     * A gateway's settings, as they stand in its file.
     *
     * @param source what the source is made from; compared to see whether it has changed
     */
    public record Settings<S>(String gateway, String speed, String centreUrl, String user, String password, S source) {

        private boolean atAnotherSpeedOnly(Settings<S> other) {
            return equals(
                    new Settings<>(other.gateway, speed, other.centreUrl, other.user, other.password, other.source));
        }

        /** Without the password. */
        @Override
        public String toString() {
            return gateway + " " + source;
        }
    }

    /** Makes the source of a gateway. */
    @FunctionalInterface
    public interface Maker<S> {

        /**
         * @throws CannotGoOnException when the settings lead nowhere
         * @throws IllegalArgumentException when a setting is missing or wrong; both name the remedy
         */
        EventSource make(String gateway, S settings, Pace pace) throws CannotGoOnException;
    }

    private final String role;
    private final String file;
    private final BundleContext context;
    private final Supplier<LocalBroker> localBroker;
    private final Maker<S> maker;
    private final ServiceRegistration<RoleStatus> status;
    private Settings<S> settings;
    private Gateway gateway;
    private ServiceRegistration<DynamicMBean> control;
    private String problem;

    /**
     * Runs nothing yet.
     *
     * @param role as {@link RoleStatus#role}
     * @param pid where its settings are, for messages
     * @param localBroker gives the node's own broker, or {@code null} while there is none
     */
    public GatewayRole(
            String role, String pid, BundleContext context, Supplier<LocalBroker> localBroker, Maker<S> maker) {
        this.role = role;
        this.file = "etc/" + pid + ".cfg";
        this.context = context;
        this.localBroker = localBroker;
        this.maker = maker;
        this.status = context.registerService(RoleStatus.class, this, null);
    }

    /**
     * From now on with these. A new speed changes the pace of what runs; anything else is another gateway in place of the
     * one before. Settings that make no sense are said in one line, and what runs goes on.
     */
    public synchronized void settings(Supplier<Settings<S>> given) {
        try {
            Settings<S> next = given.get();
            double speed = Pace.parse(next.speed());
            if (gateway == null || !next.atAnotherSpeedOnly(settings)) {
                // Also when nothing has changed: what could not start may find now what it lacked.
                run(next, Pace.of(speed));
            } else if (!next.equals(settings)) {
                gateway.pace(pace -> pace.speed(speed));
                LOG.info("Gateway {} runs at speed {}", next.gateway(), next.speed());
            }
            settings = next;
            problem = null;
        } catch (CannotGoOnException | IllegalArgumentException wrong) {
            String message = String.valueOf(wrong.getMessage());
            problem = message.contains(file) ? message : message + " (in " + file + ")";
            LOG.error("{}: {}{}", role, problem, gateway == null ? "; it cannot start" : "; going on as before");
        }
    }

    private void run(Settings<S> next, Pace pace) throws CannotGoOnException {
        GatewaySettings link = GatewaySettings.of(next.gateway());
        Gateway.Centre centre = Gateway.Centre.of(next.centreUrl(), next.user(), next.password());
        EventSource source = maker.make(next.gateway(), next.source(), pace);
        // Only now, when nothing can be wrong any more.
        stop();
        gateway = Gateway.start(link, centre, localBroker, source, pace);
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put("jmx.objectname", Gateway.objectName(next.gateway()));
        control = context.registerService(DynamicMBean.class, gateway.control(), properties);
        LOG.info("{} started as gateway {}", role, next.gateway());
    }

    @Override
    public String role() {
        return role;
    }

    @Override
    public synchronized String summary() {
        if (gateway == null) {
            return problem == null ? "not started" : "cannot start: " + problem;
        }
        return problem == null ? gateway.summary() : gateway.summary() + "; new settings are not used: " + problem;
    }

    @Override
    public synchronized Map<String, String> details() {
        return gateway == null ? Map.of() : gateway.details();
    }

    private void stop() {
        if (control != null) {
            unregister(control);
            control = null;
        }
        if (gateway != null) {
            gateway.close();
            gateway = null;
        }
    }

    @Override
    public synchronized void close() {
        unregister(status);
        stop();
    }

    private static void unregister(ServiceRegistration<?> registration) {
        try {
            registration.unregister();
        } catch (IllegalStateException bundleStopped) {
            // The framework has unregistered it with the bundle.
        }
    }
}
