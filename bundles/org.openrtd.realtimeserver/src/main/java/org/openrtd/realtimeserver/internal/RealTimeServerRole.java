package org.openrtd.realtimeserver.internal;

import java.util.Map;
import org.openrtd.centraldb.ConfigurationStore;
import org.openrtd.centraldb.EventLog;
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
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the real-time server once there are settings that make sense; says in one line, in the log and to whoever asks for
 * the role's status, what is wrong with such as make none.
 */
@Component(
        service = {},
        immediate = true,
        configurationPid = RealTimeServer.PID)
@Designate(ocd = RealTimeServerConfig.class)
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"org.openrtd.feed.Replica\"")
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"org.openrtd.feed.RoleStatus\"")
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"org.openrtd.feed.Followers\"")
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"javax.management.DynamicMBean\"")
public final class RealTimeServerRole {

    private static final Logger LOG = LoggerFactory.getLogger(RealTimeServerRole.class);

    private final BundleContext context;
    private final NodeIdentity node;
    private final EventLog log;
    private final ConfigurationStore store;
    private LocalBroker broker;
    private RealTimeServer server;
    /** While there is no server, which has a status of its own. */
    private ServiceRegistration<RoleStatus> status;

    private volatile String problem;

    @Activate
    public RealTimeServerRole(
            BundleContext context,
            @Reference(name = "node") NodeIdentity node,
            @Reference(name = "eventLog") EventLog log,
            @Reference(name = "configuration") ConfigurationStore store,
            RealTimeServerConfig config) {
        this.context = context;
        this.node = node;
        this.log = log;
        this.store = store;
        modified(config);
    }

    @Modified
    synchronized void modified(RealTimeServerConfig config) {
        if (server != null) {
            server.modified(config);
            return;
        }
        try {
            server = new RealTimeServer(context, node, log, store, config);
        } catch (IllegalArgumentException e) {
            problem = e.getMessage();
            LOG.error("The real-time server is not running. {}", problem);
            if (status == null) {
                status = context.registerService(RoleStatus.class, new NotRunning(), null);
            }
            return;
        }
        unregisterStatus();
        if (broker != null) {
            server.broker(broker);
        }
    }

    @Reference(
            name = "broker",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "brokerGone")
    synchronized void broker(LocalBroker present) {
        broker = present;
        if (server != null) {
            server.broker(present);
        }
    }

    synchronized void brokerGone(LocalBroker gone) {
        if (broker == gone) {
            broker = null;
        }
        if (server != null) {
            server.brokerGone(gone);
        }
    }

    @Deactivate
    synchronized void close() {
        unregisterStatus();
        if (server != null) {
            server.close();
        }
    }

    private void unregisterStatus() {
        if (status != null) {
            try {
                status.unregister();
            } catch (IllegalStateException bundleStopped) {
                // The framework has unregistered it with the bundle.
            }
            status = null;
        }
    }

    private final class NotRunning implements RoleStatus {

        @Override
        public String role() {
            return "real-time-server";
        }

        @Override
        public String summary() {
            return "not running: " + problem;
        }

        @Override
        public Map<String, String> details() {
            return Map.of();
        }
    }
}
