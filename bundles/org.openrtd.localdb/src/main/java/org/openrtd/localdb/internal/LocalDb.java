package org.openrtd.localdb.internal;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import javax.management.DynamicMBean;
import javax.sql.DataSource;
import org.openrtd.feed.FeedCopy;
import org.openrtd.feed.MonotonicClock;
import org.openrtd.feed.NumericSettings;
import org.openrtd.feed.Replica;
import org.openrtd.feed.RoleStatus;
import org.openrtd.feed.jms.RoleMBean;
import org.openrtd.localdb.LocalDatabase;
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
import org.osgi.service.jdbc.DataSourceFactory;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The role {@code local-db}: the rows of all feeds in SQL tables of this node. */
@Component(
        service = {},
        immediate = true,
        configurationPid = LocalDb.PID)
@Designate(ocd = LocalDbConfig.class)
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"org.openrtd.localdb.LocalDatabase\"")
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"org.openrtd.feed.FeedCopy\"")
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"org.openrtd.feed.RoleStatus\"")
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"javax.management.DynamicMBean\"")
public final class LocalDb implements Keeper.Node {

    private static final Logger LOG = LoggerFactory.getLogger(LocalDb.class);

    static final String PID = "org.openrtd.localdb";

    private final BundleContext context;
    private final Keeper keeper;
    private final ServiceRegistration<RoleStatus> status;
    private final ServiceRegistration<DynamicMBean> bean;
    private volatile DataSourceFactory derby;

    @Activate
    public LocalDb(
            BundleContext context,
            @Reference(name = "database", target = "(dataSourceName=local)") DataSource dataSource,
            LocalDbConfig config) {
        this.context = context;
        WriterSettings usual =
                new WriterSettings(Duration.ofMillis(500), Duration.ofSeconds(300), Duration.ofSeconds(15));
        keeper = new Keeper(dataSource, this, MonotonicClock.SYSTEM, usual, Keeper.LOOK);
        modified(config);
        status = context.registerService(RoleStatus.class, keeper, null);
        bean = new RoleMBean(keeper, LocalDatabaseMXBean.class).publish(context, "LocalDatabase");
        keeper.start();
    }

    /** Settings that make no sense are said in one line; it goes on with those before. */
    @Modified
    void modified(LocalDbConfig config) {
        try {
            NumericSettings.check(LocalDbConfig.class, config, PID);
            keeper.settings(new WriterSettings(
                    Duration.ofMillis(config.minIntervalMillis()),
                    Duration.ofSeconds(config.emptyAfterSeconds()),
                    Duration.ofSeconds(config.leaseSeconds())));
        } catch (IllegalArgumentException e) {
            LOG.error("local-db: {}; going on as before", e.getMessage());
            keeper.wrong(e.getMessage());
        }
    }

    @Reference(
            name = "replicas",
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            updated = "replica",
            unbind = "replicaGone")
    void replica(Replica replica, Map<String, Object> properties) {
        keeper.add(replica, properties.get(Constants.SERVICE_RANKING) instanceof Integer rank ? rank : 0);
    }

    void replicaGone(Replica replica) {
        keeper.remove(replica);
    }

    /** Needed only to end a database whose files are damaged. */
    @Reference(
            name = "derby",
            target = "(osgi.jdbc.driver.name=derby)",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "derbyGone")
    void derby(DataSourceFactory engine) {
        derby = engine;
    }

    void derbyGone(DataSourceFactory gone) {
        if (derby == gone) {
            derby = null;
        }
    }

    @Override
    public Runnable offer(LocalDatabase database, List<FeedCopy> copies) {
        List<ServiceRegistration<?>> registrations = new ArrayList<>();
        for (FeedCopy copy : copies) {
            Hashtable<String, Object> properties = new Hashtable<>();
            properties.put(Replica.FEED, copy.feed());
            registrations.add(context.registerService(FeedCopy.class, copy, properties));
        }
        registrations.add(context.registerService(LocalDatabase.class, database, null));
        return () -> registrations.forEach(LocalDb::unregister);
    }

    @Override
    public void shutDown(String url) throws SQLException {
        DataSourceFactory engine = derby;
        if (engine != null) {
            Properties properties = new Properties();
            properties.setProperty(DataSourceFactory.JDBC_URL, url + ";shutdown=true");
            engine.createDataSource(properties).getConnection().close();
        }
    }

    @Deactivate
    void close() {
        unregister(status);
        unregister(bean);
        keeper.close();
    }

    private static void unregister(ServiceRegistration<?> registration) {
        try {
            registration.unregister();
        } catch (IllegalStateException bundleStopped) {
            // The framework has unregistered it with the bundle.
        }
    }
}
