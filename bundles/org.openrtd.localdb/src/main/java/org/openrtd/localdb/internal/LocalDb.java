package org.openrtd.localdb.internal;

import javax.sql.DataSource;
import org.openrtd.feed.NumericSettings;
import org.openrtd.feed.RoleStatus;
import org.openrtd.localdb.LocalDatabase;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;

/** The role {@code local-db}: the rows of all feeds in SQL tables of this node. */
@Component(
        service = {},
        immediate = true,
        configurationPid = LocalDb.PID)
@Designate(ocd = LocalDbConfig.class)
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"org.openrtd.localdb.LocalDatabase\"")
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"org.openrtd.feed.RoleStatus\"")
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"javax.management.DynamicMBean\"")
public final class LocalDb {

    static final String PID = "org.openrtd.localdb";

    private final Keeper keeper;
    private final ServiceRegistration<RoleStatus> status;

    @Activate
    public LocalDb(
            BundleContext context,
            @Reference(name = "database", target = "(dataSourceName=local)") DataSource dataSource,
            LocalDbConfig config) {
        NumericSettings.check(LocalDbConfig.class, config, PID);
        keeper = new Keeper(dataSource, database -> {
            ServiceRegistration<LocalDatabase> registration =
                    context.registerService(LocalDatabase.class, database, null);
            return () -> unregister(registration);
        });
        status = context.registerService(RoleStatus.class, keeper, null);
        keeper.start();
    }

    @Modified
    void modified(LocalDbConfig config) {
        NumericSettings.check(LocalDbConfig.class, config, PID);
    }

    @Deactivate
    void close() {
        unregister(status);
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
