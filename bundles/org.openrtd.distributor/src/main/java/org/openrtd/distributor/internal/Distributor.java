package org.openrtd.distributor.internal;

import java.time.Duration;
import java.util.Locale;
import org.openrtd.feed.NumericSettings;
import org.openrtd.feed.jms.Addresses;
import org.openrtd.feed.jms.FollowerRole;
import org.openrtd.feed.jms.LocalBroker;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;

/** The role {@code distributor}: follows the centre's feeds and holds the site's replica, for all readers of this node. */
@Component(
        service = {},
        immediate = true,
        configurationPid = Distributor.PID)
@Designate(ocd = DistributorConfig.class)
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"org.openrtd.feed.Replica\"")
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"org.openrtd.feed.RoleStatus\"")
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"javax.management.DynamicMBean\"")
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"org.openrtd.feed.jms.Upstream\"")
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"org.openrtd.feed.SourceChooser\"")
public final class Distributor {

    static final String PID = "org.openrtd.distributor";

    private final FollowerRole role;

    @Activate
    public Distributor(BundleContext context, DistributorConfig config) {
        role = new FollowerRole(context, "distributor", "Distributor", () -> settings(config));
    }

    /** Only connections are made anew; restarting would empty the site's replica. */
    @Modified
    void modified(DistributorConfig config) {
        role.settings(() -> settings(config));
    }

    @Reference(
            name = "broker",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "brokerGone")
    void broker(LocalBroker broker) {
        role.attach(broker);
    }

    void brokerGone(LocalBroker broker) {
        role.detach(broker);
    }

    @Deactivate
    void close() {
        role.close();
    }

    private static FollowerRole.Settings settings(DistributorConfig config) {
        NumericSettings.check(DistributorConfig.class, config, PID);
        String standby = config.standby().trim().toLowerCase(Locale.ROOT);
        if (!standby.equals("live") && !standby.equals("idle")) {
            throw new IllegalArgumentException(
                    "standby is live or idle, not '" + config.standby() + "': set it in etc/" + PID + ".cfg");
        }
        if (config.idleAfterSeconds() < 10) {
            throw new IllegalArgumentException("idleAfterSeconds = " + config.idleAfterSeconds()
                    + " is too little: at least 10: correct it in etc/" + PID + ".cfg");
        }
        return new FollowerRole.Settings(
                PID,
                "centreUrls",
                Addresses.CENTRE,
                config.centreUrls(),
                config.user(),
                config.password(),
                config.feeds(),
                config.heartbeatIntervalMillis(),
                config.resumeTimeoutMillis(),
                config.staleAfterMillis(),
                config.maxBackOffMillis(),
                false,
                standby.equals("idle") ? Duration.ofSeconds(config.idleAfterSeconds()) : null);
    }
}
