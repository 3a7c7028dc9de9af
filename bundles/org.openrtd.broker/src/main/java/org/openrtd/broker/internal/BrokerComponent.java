package org.openrtd.broker.internal;

import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import javax.management.DynamicMBean;
import org.openrtd.access.JaasAccounts;
import org.openrtd.feed.NumericSettings;
import org.openrtd.feed.RoleStatus;
import org.openrtd.feed.jms.LocalBroker;
import org.openrtd.feed.jms.NodeIdentity;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's broker, from its settings.
 *
 * <p>Its services are registered by hand, when it is up: as a component's own services they would be there before it has
 * started, and each that asks for one would try again to start what cannot start.
 */
@Component(
        service = {},
        immediate = true,
        configurationPid = BrokerComponent.PID)
@Designate(ocd = BrokerConfig.class)
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"org.openrtd.feed.jms.LocalBroker\"")
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"org.openrtd.feed.RoleStatus\"")
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"javax.management.DynamicMBean\"")
public final class BrokerComponent {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerComponent.class);

    static final String PID = "org.openrtd.broker";

    private final BundleContext context;
    private final String node;
    private final ServiceRegistration<RoleStatus> status;
    /** Of the broker that runs. */
    private final List<ServiceRegistration<?>> services = new ArrayList<>();
    /** {@code null} while none runs; then {@link #problem} says why. */
    private NodeBroker broker;

    private String problem;

    /** Settings that make no sense are said in one line, and no broker runs until they are mended. */
    @Activate
    public BrokerComponent(BundleContext context, @Reference(name = "node") NodeIdentity node, BrokerConfig config) {
        this.context = context;
        this.node = node.name();
        modified(config);
        this.status = context.registerService(RoleStatus.class, new Status(), null);
    }

    /** The broker starts again with other settings; with such as make no sense it goes on with those before. */
    @Modified
    synchronized void modified(BrokerConfig config) {
        BrokerSettings next;
        try {
            NumericSettings.check(BrokerConfig.class, config, PID);
            next = BrokerSettings.of(config, node);
        } catch (IllegalArgumentException e) {
            problem = e.getMessage();
            if (broker == null) {
                LOG.error("The broker of this node is not running. {}", problem);
            } else {
                LOG.error("The broker goes on with the settings before. {}", problem);
            }
            return;
        }
        problem = null;
        if (broker != null && broker.settings().equals(next)) {
            return;
        }
        stopBroker();
        try {
            broker = new NodeBroker(next, JaasAccounts.ofContainer());
        } catch (IllegalArgumentException | IllegalStateException e) {
            problem = e.getMessage();
            LOG.error("The broker of this node is not running. {}", problem);
            return;
        }
        Dictionary<String, Object> name = new Hashtable<>();
        // Karaf's whiteboard registers it under this name.
        name.put("jmx.objectname", "org.openrtd:type=Broker");
        services.add(context.registerService(DynamicMBean.class, new BrokerControl(broker), name));
        services.add(context.registerService(LocalBroker.class, broker, null));
    }

    @Deactivate
    synchronized void stop() {
        unregister(status);
        stopBroker();
    }

    private void stopBroker() {
        // The roles first: they close what they have opened while the broker still runs.
        for (int i = services.size() - 1; i >= 0; i--) {
            unregister(services.get(i));
        }
        services.clear();
        if (broker != null) {
            broker.stop();
            broker = null;
        }
    }

    private static void unregister(ServiceRegistration<?> service) {
        try {
            service.unregister();
        } catch (IllegalStateException bundleStopped) {
            // The framework has unregistered it with the bundle; the broker still has to stop.
        }
    }

    /** For operators, whether or not a broker runs. */
    private final class Status implements RoleStatus {

        @Override
        public String role() {
            return "broker";
        }

        @Override
        public String summary() {
            synchronized (BrokerComponent.this) {
                if (broker == null) {
                    return "not running: " + problem;
                }
                String up = "up, " + broker.settings().url();
                return problem == null ? up : up + "; new settings are not used: " + problem;
            }
        }

        @Override
        public Map<String, String> details() {
            synchronized (BrokerComponent.this) {
                return broker == null ? Map.of() : broker.details();
            }
        }
    }
}
