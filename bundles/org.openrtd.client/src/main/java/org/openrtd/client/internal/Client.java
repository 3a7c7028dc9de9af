package org.openrtd.client.internal;

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

/** The role {@code client}: follows a distributor of the site, and changes to the next one when it has to. */
@Component(
        service = {},
        immediate = true,
        configurationPid = Client.PID)
@Designate(ocd = ClientConfig.class)
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"org.openrtd.feed.Replica\"")
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"org.openrtd.feed.RoleStatus\"")
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"javax.management.DynamicMBean\"")
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"org.openrtd.feed.jms.Upstream\"")
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"org.openrtd.feed.SourceChooser\"")
public final class Client {

    static final String PID = "org.openrtd.client";

    private final FollowerRole role;

    @Activate
    public Client(BundleContext context, ClientConfig config) {
        role = new FollowerRole(context, "client", "Client", () -> settings(config));
    }

    /** Only connections are made anew; restarting would empty what readers see. */
    @Modified
    void modified(ClientConfig config) {
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

    private static FollowerRole.Settings settings(ClientConfig config) {
        NumericSettings.check(ClientConfig.class, config, PID);
        return new FollowerRole.Settings(
                PID,
                "distributorUrls",
                Addresses.DISTRIBUTOR,
                config.distributorUrls(),
                config.user(),
                config.password(),
                config.feeds(),
                config.heartbeatIntervalMillis(),
                config.resumeTimeoutMillis(),
                config.staleAfterMillis(),
                config.maxBackOffMillis(),
                config.returnToPrimary());
    }
}
