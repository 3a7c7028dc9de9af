package org.openrtd.web.internal;

import java.io.IOException;
import java.net.BindException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.openrtd.access.JaasAccounts;
import org.openrtd.access.KeyStoreFile;
import org.openrtd.feed.Followers;
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
    private static final long AGAIN_MILLIS = 10_000;

    private final WebNode web;
    private final NodeName name;
    private final List<RoleStatus> roles = new CopyOnWriteArrayList<>();
    private final List<Followers> followers = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService again = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "openrtd-web-again");
        thread.setDaemon(true);
        return thread;
    });
    private final long againMillis;
    /** Written with the lock held; read without, as a server that ends takes its time. */
    private volatile String now = "nobody is served";

    private Future<?> retry;

    @Activate
    public WebRole(BundleContext context, @Reference(name = "node") NodeName name, WebConfig config) {
        this(context, name, config, AGAIN_MILLIS);
    }

    WebRole(BundleContext context, NodeName name, WebConfig config, long againMillis) {
        this.name = name;
        this.againMillis = againMillis;
        String data = context.getProperty("karaf.data");
        this.web = new WebNode(
                JaasAccounts.watchingContainer(),
                Pages.ofBundle(),
                Path.of(data == null ? "data" : data, "web", "sessions"),
                name::name,
                name::site,
                () -> roles,
                () -> followers);
        modified(config);
    }

    /** Settings that make no sense are said in one line, and are not served by. */
    @Modified
    synchronized void modified(WebConfig config) {
        if (retry != null) {
            retry.cancel(false);
            retry = null;
        }
        try {
            NumericSettings.check(WebConfig.class, config, PID);
            WebSettings settings = new WebSettings(
                    config.host().strip(),
                    config.port(),
                    config.allowPlain(),
                    new KeyStoreFile(config.keyStorePath(), config.keyStorePassword()),
                    config.proxy(),
                    config.maxConnections(),
                    config.maxStreams(),
                    config.maxStreamsOfUser(),
                    config.sessionHours());
            web.serve(settings);
            now = "serves " + settings;
            LOG.info("The page and the tables are at {}", settings);
        } catch (IllegalArgumentException e) {
            // What runs goes on. A host that has just started may not know names yet.
            failed(
                    config,
                    (web.port() == 0 ? "nobody is served: " : "serves as before: ") + e.getMessage(),
                    e.getCause() instanceof UnknownHostException);
        } catch (IOException e) {
            // A node that is started anew may be there before the one that ends has left the port.
            failed(
                    config,
                    "nobody is served: " + e.getMessage() + "; see etc/" + PID + ".cfg",
                    e instanceof BindException);
        }
    }

    private void failed(WebConfig config, String why, boolean passing) {
        String before = now;
        now = why + (passing ? "; it is tried again each " + againMillis / 1000 + " s" : "");
        if (!now.equals(before)) {
            LOG.error("Web: {}", now);
        }
        if (passing && !again.isShutdown()) {
            retry = again.schedule(() -> again(config), againMillis, TimeUnit.MILLISECONDS);
        }
    }

    private synchronized void again(WebConfig config) {
        // Another configuration, or the end, may have come while this waited for the lock.
        if (retry != null && !again.isShutdown()) {
            modified(config);
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

    @Reference(
            name = "followers",
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            unbind = "followersGone")
    void followers(Followers of) {
        followers.add(of);
    }

    void followersGone(Followers of) {
        followers.remove(of);
    }

    @Deactivate
    synchronized void close() {
        again.shutdownNow();
        web.close();
    }

    @Override
    public String role() {
        return "web";
    }

    @Override
    public String summary() {
        return now;
    }

    @Override
    public Map<String, String> details() {
        return web.details();
    }
}
