package org.openrtd.feed.jms;

import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Offers the {@link NodeIdentity} of {@code etc/org.openrtd.node.cfg}. Another name or site is another identity, with which
 * the node's roles begin anew; what else stands there takes effect without that.
 */
@Component(
        service = {},
        immediate = true,
        configurationPid = "org.openrtd.node")
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"org.openrtd.feed.jms.NodeIdentity\"")
public final class NodeComponent {

    private static final Logger LOG = LoggerFactory.getLogger(NodeComponent.class);

    /** The keys of the file; their descriptions are the console's. */
    @interface Config {
        String name() default "";

        String site() default "";

        String configurationAt() default "";

        String historyAt() default "";
    }

    private final BundleContext context;
    private NodeIdentity identity;
    private ServiceRegistration<NodeIdentity> offered;

    /** @throws IllegalArgumentException when it has no name */
    @Activate
    public NodeComponent(BundleContext context, Config config) {
        this.context = context;
        offer(config);
    }

    private void offer(Config config) {
        identity = new NodeIdentity(config.name(), config.site(), config.configurationAt(), config.historyAt());
        offered = context.registerService(NodeIdentity.class, identity, null);
    }

    /** A name that is none changes nothing. */
    @Modified
    synchronized void modified(Config config) {
        String name;
        try {
            name = NodeName.of(config.name());
        } catch (IllegalArgumentException e) {
            LOG.error("{}; going on as {}", e.getMessage(), identity.name());
            return;
        }
        if (name.equals(identity.name()) && config.site().trim().equals(identity.site())) {
            identity.say(config.configurationAt(), config.historyAt());
            return;
        }
        LOG.info("This node, {} until now, is {}, and its roles begin anew", identity.name(), name);
        offered.unregister();
        offer(config);
    }

    @Deactivate
    synchronized void close() {
        try {
            offered.unregister();
        } catch (IllegalStateException bundleStopped) {
            // The framework has unregistered it with the bundle.
        }
    }
}
