package org.openrtd.configuration.jms.internal;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.openrtd.configuration.ConfigurationEditor;
import org.openrtd.configuration.CopyStatus;
import org.openrtd.configuration.CopyStatusSource;
import org.openrtd.configuration.SyncStatus;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.Replica;
import org.openrtd.feed.RoleStatus;
import org.openrtd.feed.jms.Addresses;
import org.openrtd.feed.jms.FollowedFeeds;
import org.openrtd.feed.jms.JmsFollower;
import org.openrtd.feed.jms.LocalBroker;
import org.openrtd.feed.jms.NodeIdentity;
import org.openrtd.feed.jms.OfferedSource;
import org.openrtd.feed.jms.RoleMBean;
import org.openrtd.feed.jms.Upstream;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins edits and reports on copies to what this node is: the way up where a role follows a source, the other end where a
 * role offers one. Its parts come and go with the roles.
 */
@Component(
        service = {},
        immediate = true)
@Capability(
        namespace = "osgi.service",
        attribute = "objectClass:List<String>=\"org.openrtd.configuration.ConfigurationEditor\"")
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"org.openrtd.configuration.SyncStatus\"")
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"org.openrtd.feed.RoleStatus\"")
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"javax.management.DynamicMBean\"")
public final class ConfigurationPath implements SyncStatus, RoleStatus, ConfigurationPathMXBean {

    private static final Logger LOG = LoggerFactory.getLogger(ConfigurationPath.class);

    private static final long WAIT_MILLIS = 15_000;
    /** Of a node that others ask: they wait longer, and so hear the reason. */
    private static final long WAIT_BETWEEN_MILLIS = 10_000;

    private static final String ORIGIN = "real-time-server";

    private record Services(EditService edits, StatusService status) {}

    private final BundleContext context;
    private final String node;
    private final AtomicReference<LocalBroker> local = new AtomicReference<>();
    private final Map<Replica, String> replicas = new ConcurrentHashMap<>();
    private final List<CopyStatusSource> sources = new CopyOnWriteArrayList<>();
    private final OwnCopies own;
    private final Copies copies;
    private final EditLink editLink;
    private final StatusLink statusLink;
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
    private final AtomicReference<ConfigurationEditor> centre = new AtomicReference<>();
    private volatile String copiesProblem = "";
    private volatile Upstream upstream;
    /** The names of the sources that this node offers; the links' threads read it. */
    private volatile Set<String> offers = Set.of();
    // Guarded by this.
    private final List<Upstream> upstreams = new ArrayList<>();
    private final Map<OfferedSource, Services> offered = new LinkedHashMap<>();

    @Activate
    public ConfigurationPath(BundleContext context, @Reference(name = "node") NodeIdentity node) {
        this.context = context;
        this.node = node.name();
        this.own = new OwnCopies(node.name(), Clock.systemUTC());
        this.copies = new Copies(this.node, MonotonicClock.SYSTEM, this::ownCopies);
        this.editLink = new EditLink(local::get, this::offers, MonotonicClock.SYSTEM, this::waitMillis);
        this.statusLink = new StatusLink(this.node, copies, local::get, this::offers, MonotonicClock.SYSTEM);
        Hashtable<String, Object> properties = new Hashtable<>();
        properties.put(ConfigurationEditor.HOP, ConfigurationEditor.UPSTREAM);
        // The configuration itself is nearer, where it is in this node.
        properties.put(Constants.SERVICE_RANKING, -1);
        // Also while nothing is followed: it says so, and a role that is updated restarts nobody else.
        registrations.add(context.registerService(ConfigurationEditor.class, editLink, properties));
        registrations.add(context.registerService(SyncStatus.class, this, null));
        registrations.add(context.registerService(RoleStatus.class, this, null));
        registrations.add(new RoleMBean(this, ConfigurationPathMXBean.class).publish(context, "Configuration"));
    }

    // ---------------------------------------------------------------- what this node is

    @Reference(
            name = "broker",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "brokerGone")
    synchronized void broker(LocalBroker broker) {
        local.set(broker);
        offered.values().forEach(each -> {
            each.edits.attach(broker);
            each.status.attach(broker);
        });
    }

    synchronized void brokerGone(LocalBroker broker) {
        local.compareAndSet(broker, null);
        offered.values().forEach(each -> {
            each.edits.detach(broker);
            each.status.detach(broker);
        });
    }

    @Reference(
            name = "upstream",
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            updated = "upstreamChanged",
            unbind = "upstreamGone")
    synchronized void upstream(Upstream present) {
        upstreams.add(present);
        choose();
    }

    /** Its settings are others. */
    synchronized void upstreamChanged(Upstream present) {
        choose();
    }

    synchronized void upstreamGone(Upstream gone) {
        upstreams.remove(gone);
        choose();
    }

    /** Of the roles that follow somebody, one that leads away from this node; one that follows a centre, if there is one. */
    private void choose() {
        Upstream best = upstreams.stream()
                .filter(each -> leadsOn(each.sources()))
                .min(Comparator.comparing(each -> !each.sources().usualSource().equals(Addresses.CENTRE)))
                .orElse(null);
        if (best != upstream) {
            upstream = best;
            editLink.upstream(best);
            statusLink.upstream(best);
        }
    }

    /** Whether any of them is not a source that this node offers itself: what is sent there would come back for ever. */
    private boolean leadsOn(JmsFollower.Sources sources) {
        return sources.sources().stream()
                .anyMatch(address -> !address.isLocal()
                        || !offers(address.source() == null ? sources.usualSource() : address.source()));
    }

    private boolean offers(String source) {
        return offers.contains(source);
    }

    private void offersChanged() {
        offers = offered.keySet().stream().map(OfferedSource::name).collect(Collectors.toUnmodifiableSet());
        choose();
    }

    @Reference(
            name = "offered",
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "offeredGone")
    synchronized void offered(OfferedSource source) {
        Services services = new Services(
                new EditService(source, node, this::nearest), new StatusService(source, node, copies, this::picture));
        offered.put(source, services);
        offersChanged();
        LocalBroker broker = local.get();
        if (broker != null) {
            services.edits.attach(broker);
            services.status.attach(broker);
        }
    }

    synchronized void offeredGone(OfferedSource source) {
        Services services = offered.remove(source);
        offersChanged();
        if (services != null) {
            services.edits.close();
            services.status.close();
        }
    }

    @Reference(
            name = "centre",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            target = "(" + ConfigurationEditor.HOP + "=" + ConfigurationEditor.CENTRAL + ")",
            unbind = "centreGone")
    void centre(ConfigurationEditor present) {
        centre.set(present);
    }

    void centreGone(ConfigurationEditor gone) {
        centre.compareAndSet(gone, null);
    }

    @Reference(
            name = "replicas",
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            target = "(" + Replica.FEED + "=config)",
            unbind = "replicaGone")
    void replica(Replica replica, Map<String, Object> properties) {
        replicas.put(replica, String.valueOf(properties.get(FollowedFeeds.ROLE)));
    }

    void replicaGone(Replica replica) {
        replicas.remove(replica);
    }

    @Reference(
            name = "copies",
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "copyGone")
    void copy(CopyStatusSource source) {
        sources.add(source);
    }

    void copyGone(CopyStatusSource source) {
        sources.remove(source);
    }

    @Deactivate
    synchronized void close() {
        registrations.forEach(ConfigurationPath::unregister);
        offered.values().forEach(each -> {
            each.edits.close();
            each.status.close();
        });
        offered.clear();
        editLink.close();
        statusLink.close();
    }

    private static void unregister(ServiceRegistration<?> registration) {
        try {
            registration.unregister();
        } catch (IllegalStateException bundleStopped) {
            // The framework has unregistered it with the bundle.
        }
    }

    private long waitMillis() {
        return !offers.isEmpty() ? WAIT_BETWEEN_MILLIS : WAIT_MILLIS;
    }

    private ConfigurationEditor nearest() {
        ConfigurationEditor here = centre.get();
        return here != null ? here : upstream != null ? editLink : null;
    }

    private List<CopyStatus> ownCopies() {
        List<Replica> origins = new ArrayList<>();
        List<Replica> followed = new ArrayList<>();
        replicas.forEach((replica, role) -> (role.equals(ORIGIN) ? origins : followed).add(replica));
        List<CopyStatus> all = new ArrayList<>(own.of(CopyStatus.Kind.CENTRE, origins));
        all.addAll(own.of(CopyStatus.Kind.REPLICA, followed));
        for (CopyStatusSource source : sources) {
            try {
                all.add(source.status());
            } catch (RuntimeException e) {
                LOG.debug("A copy does not say how it is", e);
            }
        }
        return all;
    }

    @Override
    public CompletableFuture<Picture> picture() {
        boolean here = replicas.containsValue(ORIGIN);
        return here
                ? CompletableFuture.completedFuture(new Picture(node, "", Copies.sorted(copies.known())))
                : statusLink.picture();
    }

    // ---------------------------------------------------------------- for operators

    @Override
    public String role() {
        return "configuration";
    }

    @Override
    public String summary() {
        List<String> said = new ArrayList<>();
        if (centre.get() != null) {
            said.add("edits are committed here");
        } else if (upstream != null) {
            said.add("edits go up: " + editLink.state());
        } else {
            said.add("edits have nowhere to go");
        }
        synchronized (this) {
            offered.forEach(
                    (source, services) -> said.add("takes edits as " + source.name() + ": " + services.edits.state()));
        }
        return String.join("; ", said);
    }

    @Override
    public Map<String, String> details() {
        Map<String, String> details = new LinkedHashMap<>();
        details.put(
                "edits sent",
                getEditsSent() + ", " + getEditsRepeated() + " repeated, " + getEditsWaiting() + " waiting");
        details.put("edits taken", getEditsTaken() + ", " + getEditsUnreadable() + " unreadable");
        return details;
    }

    @Override
    public String getSummary() {
        return summary();
    }

    @Override
    public long getEditsSent() {
        return editLink.edits();
    }

    @Override
    public long getEditsRepeated() {
        return editLink.repeated();
    }

    @Override
    public int getEditsWaiting() {
        return editLink.waiting();
    }

    @Override
    public synchronized long getEditsTaken() {
        return offered.values().stream().mapToLong(each -> each.edits.taken()).sum();
    }

    @Override
    public synchronized long getEditsUnreadable() {
        return offered.values().stream()
                .mapToLong(each -> each.edits.unreadable())
                .sum();
    }

    @Override
    public List<CopyLine> askCopies() {
        try {
            Picture picture = picture().get(5, TimeUnit.SECONDS);
            copiesProblem = picture.problem();
            return picture.copies().stream().map(CopyLine::new).toList();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            copiesProblem = "interrupted";
        } catch (ExecutionException | TimeoutException e) {
            copiesProblem = "no answer: " + e;
        }
        return Copies.sorted(copies.known()).stream().map(CopyLine::new).toList();
    }

    @Override
    public String getCopiesProblem() {
        return copiesProblem;
    }
}
