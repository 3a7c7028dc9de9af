package org.openrtd.broker.internal;

import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import javax.management.DynamicMBean;
import org.openrtd.feed.RoleStatus;
import org.openrtd.feed.jms.LocalBroker;
import org.openrtd.feed.jms.NodeIdentity;
import org.openrtd.feed.jms.NumericSettings;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
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

    private final NodeBroker broker;
    private final List<ServiceRegistration<?>> services = new ArrayList<>();

    @Activate
    public BrokerComponent(BundleContext context, @Reference(name = "node") NodeIdentity node, BrokerConfig config) {
        try {
            NumericSettings.check(BrokerConfig.class, config, PID);
            broker = new NodeBroker(BrokerSettings.of(config, node.name()), new JaasAccounts("karaf"));
        } catch (IllegalArgumentException | IllegalStateException e) {
            // SCR logs it too, beneath a stack trace; this line is for the operator.
            LOG.error("The broker of this node is not running. {}", e.getMessage());
            throw e;
        }
        Dictionary<String, Object> name = new Hashtable<>();
        // Karaf's whiteboard registers it under this name.
        name.put("jmx.objectname", "org.openrtd:type=Broker");
        services.add(context.registerService(DynamicMBean.class, new BrokerControl(broker), name));
        services.add(context.registerService(RoleStatus.class, broker, null));
        services.add(context.registerService(LocalBroker.class, broker, null));
    }

    @Deactivate
    void stop() {
        // The roles first: they close what they have opened while the broker still runs.
        for (int i = services.size() - 1; i >= 0; i--) {
            try {
                services.get(i).unregister();
            } catch (IllegalStateException bundleStopped) {
                // The framework has unregistered it with the bundle; the broker still has to stop.
            }
        }
        broker.stop();
    }
}
