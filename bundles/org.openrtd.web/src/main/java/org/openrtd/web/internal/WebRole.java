package org.openrtd.web.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.openrtd.feed.NumericSettings;
import org.openrtd.feed.Replica;
import org.openrtd.feed.RoleStatus;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The role {@code web}: serves the page, and this node's replicas, over HTTP. */
@Component(service = RoleStatus.class, immediate = true, configurationPid = WebRole.PID)
@Designate(ocd = WebConfig.class)
public final class WebRole implements RoleStatus {

    private static final Logger LOG = LoggerFactory.getLogger(WebRole.class);
    static final String PID = "org.openrtd.web";

    private final WebNode web;
    private final NodeName name;
    private final List<RoleStatus> roles = new CopyOnWriteArrayList<>();
    private String now = "nobody is served";

    @Activate
    public WebRole(BundleContext context, @Reference(name = "node") NodeName name, WebConfig config) {
        this.name = name;
        String data = context.getProperty("karaf.data");
        this.web = new WebNode(
                new JaasAccounts("karaf"),
                Pages.ofBundle(),
                Path.of(data == null ? "data" : data, "web", "sessions"),
                name::name,
                name::site,
                () -> roles);
        modified(config);
    }

    /** Settings that make no sense are said in one line, and are not served by. */
    @Modified
    synchronized void modified(WebConfig config) {
        try {
            NumericSettings.check(WebConfig.class, config, PID);
            WebSettings settings = new WebSettings(
                    config.host().strip(),
                    config.port(),
                    config.allowPlain(),
                    config.keyStorePath().isBlank()
                            ? null
                            : Path.of(config.keyStorePath().strip()),
                    config.keyStorePassword(),
                    config.maxConnections(),
                    config.maxStreams(),
                    config.maxStreamsOfUser(),
                    config.sessionHours());
            web.serve(settings);
            now = "serves " + settings;
            LOG.info("The page and the tables are at {}", settings);
        } catch (IllegalArgumentException e) {
            // What runs goes on.
            now = (web.port() == 0 ? "nobody is served: " : "serves as before: ") + e.getMessage();
            LOG.error("Web: {}", now);
        } catch (IOException e) {
            now = "nobody is served: " + e.getMessage() + "; see etc/" + PID + ".cfg";
            LOG.error("Web: {}", now);
        }
    }

    @Reference(
            name = "replicas",
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "replicaGone",
            updated = "replicaUpdated")
    void replica(Replica replica, Map<String, Object> properties) {
        web.add(replica, properties.get("role") instanceof String role ? role : null);
    }

    /** It has changed its source, which it says itself. */
    void replicaUpdated(Replica replica) {}

    void replicaGone(Replica replica) {
        web.remove(replica);
    }

    @Reference(
            name = "roles",
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            target = "(!(component.name=org.openrtd.web.internal.WebRole))",
            unbind = "roleGone")
    void role(RoleStatus role) {
        roles.add(role);
    }

    void roleGone(RoleStatus role) {
        roles.remove(role);
    }

    @Deactivate
    synchronized void close() {
        web.close();
    }

    @Override
    public String role() {
        return "web";
    }

    @Override
    public synchronized String summary() {
        return now;
    }

    @Override
    public Map<String, String> details() {
        return web.details();
    }
}
