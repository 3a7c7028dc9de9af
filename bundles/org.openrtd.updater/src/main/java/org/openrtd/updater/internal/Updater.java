package org.openrtd.updater.internal;

import java.time.Clock;
import java.time.Duration;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import javax.management.DynamicMBean;
import org.openrtd.configuration.CopyStatus;
import org.openrtd.configuration.CopyStatusSource;
import org.openrtd.feed.IdentityKeeper;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.NumericSettings;
import org.openrtd.feed.Replica;
import org.openrtd.feed.RoleStatus;
import org.openrtd.feed.StoredFeed;
import org.openrtd.feed.jms.NodeIdentity;
import org.openrtd.feed.jms.RoleMBean;
import org.openrtd.localdb.LocalDatabase;
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

/** The role {@code updater}: the configuration in the local database, in step with this node's replica of it. */
@Component(
        service = {},
        immediate = true,
        configurationPid = Updater.PID)
@Designate(ocd = UpdaterConfig.class)
// With the feed, so that a follower knows that there is something to wait for, whichever of the two starts first.
@Capability(
        namespace = "osgi.service",
        attribute = {"objectClass:List<String>=\"org.openrtd.feed.StoredFeed\"", "feed=config"})
@Capability(
        namespace = "osgi.service",
        attribute = "objectClass:List<String>=\"org.openrtd.configuration.CopyStatusSource\"")
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"org.openrtd.feed.RoleStatus\"")
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"org.openrtd.feed.IdentityKeeper\"")
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"javax.management.DynamicMBean\"")
public final class Updater implements RoleStatus, IdentityKeeper, UpdaterMXBean {

    static final String PID = "org.openrtd.updater";

    private static final Logger LOG = LoggerFactory.getLogger(Updater.class);

    private static final long AFTER_ERROR_MILLIS = 10_000;

    private final ConfigurationCopy copy;
    private final Thread thread;
    private final ServiceRegistration<StoredFeed> storedFeed;
    private final ServiceRegistration<CopyStatusSource> copyStatus;
    private final ServiceRegistration<RoleStatus> status;
    private final ServiceRegistration<IdentityKeeper> keeper;
    private final ServiceRegistration<DynamicMBean> bean;
    private volatile String wrongSettings;
    private volatile boolean closed;
    private final Object signal = new Object();
    private boolean work;
    private Replica replica;
    private AutoCloseable following = () -> {};

    @Activate
    public Updater(
            BundleContext context,
            @Reference(name = "node") NodeIdentity node,
            @Reference(name = "database") LocalDatabase database,
            UpdaterConfig config) {
        copy = new ConfigurationCopy(
                node.name(),
                () -> database.open(ConfigurationCopy.FEED),
                MonotonicClock.SYSTEM,
                Clock.systemUTC(),
                UpdaterSettings.DEFAULT);
        copy.onWork(this::wake);
        modified(config);
        thread = new Thread(this::run, "openrtd-updater");
        thread.setDaemon(true);
        thread.start();
        Hashtable<String, Object> feed = new Hashtable<>(Map.of(Replica.FEED, ConfigurationCopy.FEED));
        storedFeed = context.registerService(StoredFeed.class, copy, feed);
        copyStatus = context.registerService(CopyStatusSource.class, copy::status, null);
        status = context.registerService(RoleStatus.class, this, null);
        keeper = context.registerService(IdentityKeeper.class, this, null);
        bean = new RoleMBean(this, UpdaterMXBean.class).publish(context, "Updater");
    }

    /** Takes effect at once. */
    @Modified
    void modified(UpdaterConfig config) {
        try {
            NumericSettings.check(UpdaterConfig.class, config, PID);
            copy.settings(new UpdaterSettings(
                    config.partRows(),
                    Duration.ofMillis(config.scrubIntervalMillis()),
                    Duration.ofSeconds(config.leaseSeconds())));
            wrongSettings = null;
        } catch (IllegalArgumentException e) {
            wrongSettings = e.getMessage();
            LOG.error("updater: {}; going on as before", wrongSettings);
        }
        wake();
    }

    @Reference(
            name = "replica",
            target = "(feed=" + ConfigurationCopy.FEED + ")",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "replicaGone")
    synchronized void replica(Replica present) {
        unfollow();
        replica = present;
        following = copy.follow(present);
    }

    synchronized void replicaGone(Replica gone) {
        if (replica == gone) {
            replica = null;
            unfollow();
        }
    }

    private void unfollow() {
        try {
            following.close();
        } catch (Exception e) {
            LOG.debug("A replica that is gone cannot be left", e);
        }
        following = () -> {};
    }

    /** Called by whoever tells of work, under locks of its own: so this one is taken last, and held for nothing else. */
    private void wake() {
        synchronized (signal) {
            work = true;
            signal.notifyAll();
        }
    }

    private void run() {
        while (!closed) {
            synchronized (signal) {
                work = false;
            }
            await(step());
        }
        // Here, as whoever stops it does not wait for the end of a long load.
        copy.close();
    }

    private long step() {
        try {
            return copy.step();
        } catch (Throwable error) {
            // The copy deals with its failures; if even that fails, this thread is still the only one that writes.
            LOG.error("Error on the updater's thread; going on", error);
            return AFTER_ERROR_MILLIS;
        }
    }

    private void await(long millis) {
        long until = System.nanoTime() + millis * 1_000_000;
        synchronized (signal) {
            for (long left = millis; left > 0 && !work && !closed; left = (until - System.nanoTime()) / 1_000_000) {
                try {
                    signal.wait(left);
                } catch (InterruptedException derbyEndsADatabase) {
                    // Derby interrupts whoever is at work in a database that is shut down; only close() ends this
                    // thread.
                }
            }
        }
    }

    @Deactivate
    void close() {
        closed = true;
        wake();
        unregister(storedFeed);
        unregister(copyStatus);
        unregister(status);
        unregister(keeper);
        unregister(bean);
        synchronized (this) {
            unfollow();
        }
        try {
            // A transaction under way is brought to its end; an interrupt would hurt the database's files.
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            LOG.warn("The updater is still writing after 10 s; it ends by itself");
        }
    }

    private static void unregister(ServiceRegistration<?> registration) {
        try {
            registration.unregister();
        } catch (IllegalStateException bundleStopped) {
            // The framework has unregistered it with the bundle.
        }
    }

    @Override
    public String role() {
        return "updater";
    }

    @Override
    public String summary() {
        String wrong = wrongSettings;
        return (wrong == null ? "" : wrong + "; ") + copy.summary();
    }

    @Override
    public Map<String, String> details() {
        return copy.details();
    }

    @Override
    public List<String> forgetIdentity() {
        return copy.forgetIdentity() ? List.of(ConfigurationCopy.FEED) : List.of();
    }

    @Override
    public String getSummary() {
        return summary();
    }

    @Override
    public String getAlarm() {
        return copy.status().alarm();
    }

    @Override
    public String getFeedId() {
        return copy.status().feedId();
    }

    @Override
    public String getPosition() {
        return copy.status().position().toString();
    }

    @Override
    public long getRecoveryKey() {
        return copy.status().position().sequence();
    }

    @Override
    public String getDigests() {
        return copy.status().digests().name();
    }

    @Override
    public int getWaiting() {
        return copy.waiting();
    }

    @Override
    public long getTransactions() {
        return copy.transactions();
    }

    @Override
    public long getChangedRows() {
        return copy.changedRows();
    }

    @Override
    public long getRepairs() {
        return copy.repairs();
    }

    @Override
    public String getLastRepair() {
        CopyStatus.Repair repair = copy.status().lastRepair();
        return repair == null ? "" : repair.time() + " " + repair.reason();
    }

    @Override
    public long getScrubs() {
        return copy.scrubs();
    }

    @Override
    public long getFailures() {
        return copy.failures();
    }

    @Override
    public long getCommitMillis() {
        return copy.commitMillis();
    }

    @Override
    public void scrub() {
        copy.scrubNow();
        wake();
    }
}
