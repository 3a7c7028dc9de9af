package org.openrtd.clientfeed.internal;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.management.DynamicMBean;
import org.openrtd.feed.FollowerSettings;
import org.openrtd.feed.Followers;
import org.openrtd.feed.NumericSettings;
import org.openrtd.feed.Replica;
import org.openrtd.feed.RoleStatus;
import org.openrtd.feed.SourceSettings;
import org.openrtd.feed.jms.Addresses;
import org.openrtd.feed.jms.FollowedFeeds;
import org.openrtd.feed.jms.FollowerRole;
import org.openrtd.feed.jms.LocalBroker;
import org.openrtd.feed.jms.NodeIdentity;
import org.openrtd.feed.jms.OfferedSource;
import org.openrtd.feed.jms.RoleMBean;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
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

/** The role {@code client-feed}: passes on every replica of this node, as they come and go. */
@Component(
        service = {},
        immediate = true,
        configurationPid = ClientFeed.PID)
@Designate(ocd = ClientFeedConfig.class)
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"org.openrtd.feed.Replica\"")
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"org.openrtd.feed.RoleStatus\"")
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"org.openrtd.feed.Followers\"")
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"javax.management.DynamicMBean\"")
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"org.openrtd.feed.SourceChooser\"")
public final class ClientFeed {

    private static final Logger LOG = LoggerFactory.getLogger(ClientFeed.class);

    static final String PID = "org.openrtd.clientfeed";

    private final BundleContext context;
    private final NodeIdentity node;
    private final Relays relays;
    private final ServiceRegistration<RoleStatus> status;
    private final ServiceRegistration<Followers> followers;
    private final ServiceRegistration<DynamicMBean> bean;
    /** {@code null} until there were settings that make sense. */
    private String source;

    private ServiceRegistration<OfferedSource> offered;
    private FollowedFeeds followed;
    private LocalBroker broker;

    /** Settings that make no sense are said in one line, and nothing is passed on until they are mended. */
    @Activate
    public ClientFeed(BundleContext context, @Reference(name = "node") NodeIdentity node, ClientFeedConfig config) {
        this.context = context;
        this.node = node;
        this.relays = new Relays(node.name());
        modified(config);
        this.status = context.registerService(RoleStatus.class, relays, null);
        this.followers = context.registerService(Followers.class, relays, null);
        this.bean = new RoleMBean(relays, ClientFeedMXBean.class).publish(context, "ClientFeed");
    }

    /** Clients stay connected. */
    @Modified
    synchronized void modified(ClientFeedConfig config) {
        String nextSource;
        SourceSettings next;
        try {
            next = settings(config);
            nextSource = Addresses.word(config.source());
        } catch (IllegalArgumentException e) {
            LOG.error(
                    "client-feed: {}{}",
                    e.getMessage(),
                    source == null ? "; it is not running" : "; going on as before");
            relays.wrong(e.getMessage());
            return;
        }
        if (source == null) {
            source = nextSource;
            offered = context.registerService(
                    OfferedSource.class, new OfferedSource(source, Addresses.CLIENT_ROLE), null);
        } else if (!source.equals(nextSource)) {
            LOG.warn("A new source takes effect when the bundle is restarted, since it disconnects all clients:"
                    + " bundle:restart org.openrtd.clientfeed");
        }
        relays.settings(source, next);
        follow(config);
    }

    /**
     * Brings followers of its own where the container has no role that holds the feeds. Settings that make no sense
     * change nothing but what the role says of itself.
     */
    private void follow(ClientFeedConfig config) {
        if (String.join("", config.followUrls()).isBlank()) {
            if (followed != null) {
                followed.close();
                followed = null;
            }
            relays.following(false, null);
            return;
        }
        FollowerRole.Settings next;
        List<FollowerSettings> followers;
        try {
            next = following(config);
            followers = next.followers();
        } catch (IllegalArgumentException e) {
            LOG.error(
                    "client-feed: {}{}",
                    e.getMessage(),
                    followed == null ? "; it follows nobody" : "; going on as before");
            relays.following(true, e.getMessage());
            return;
        }
        if (followed != null && followed.follows(next.feedNames())) {
            followed.settings(followers, next.sources());
        } else {
            if (followed != null) {
                followed.close();
            }
            followed = new FollowedFeeds(context, "client-feed", followers, next.sources());
            if (broker != null) {
                followed.attach(broker);
            }
        }
        relays.following(true, null);
    }

    @Reference(
            name = "replicas",
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            // A client of this node may follow this very client feed.
            target = "(!(role=client))",
            updated = "replica",
            unbind = "replicaGone")
    void replica(Replica replica, Map<String, Object> properties) {
        relays.add(replica, properties.get(Constants.SERVICE_RANKING) instanceof Integer rank ? rank : 0);
    }

    void replicaGone(Replica replica) {
        relays.remove(replica);
    }

    @Reference(
            name = "broker",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "brokerGone")
    synchronized void broker(LocalBroker present) {
        broker = present;
        relays.attach(present);
        if (followed != null) {
            followed.attach(present);
        }
    }

    synchronized void brokerGone(LocalBroker gone) {
        if (broker == gone) {
            broker = null;
        }
        relays.detach(gone);
        if (followed != null) {
            followed.detach(gone);
        }
    }

    @Deactivate
    synchronized void close() {
        if (offered != null) {
            unregister(offered);
        }
        unregister(status);
        unregister(followers);
        unregister(bean);
        if (followed != null) {
            followed.close();
        }
        relays.close();
    }

    private static void unregister(ServiceRegistration<?> registration) {
        try {
            registration.unregister();
        } catch (IllegalStateException bundleStopped) {
            // The framework has unregistered it with the bundle.
        }
    }

    private SourceSettings settings(ClientFeedConfig config) {
        NumericSettings.check(ClientFeedConfig.class, config, PID);
        return new SourceSettings(
                Duration.ofMillis(config.heartbeatIntervalMillis()),
                config.ringBytes(),
                config.servingRingBytes(),
                Duration.ofMillis(config.snapshotLifeMillis()),
                config.primary(),
                node::whereabouts);
    }

    private static FollowerRole.Settings following(ClientFeedConfig config) {
        return new FollowerRole.Settings(
                PID,
                "followUrls",
                Addresses.CENTRE,
                config.followUrls(),
                config.user(),
                config.password(),
                config.feeds(),
                config.heartbeatIntervalMillis(),
                5000,
                config.staleAfterMillis(),
                5000,
                false);
    }
}
