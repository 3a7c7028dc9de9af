package org.openrtd.centraldb.internal;

import java.time.Duration;
import java.util.Map;
import org.openrtd.feed.NumericSettings;
import org.openrtd.feed.RoleStatus;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The role's settings, a service once they make sense: until then event log and configuration wait for it, and one line,
 * in the log and in the role's status, says what is wrong. Later ones that make no sense change nothing.
 */
@Component(
        service = {},
        immediate = true,
        configurationPid = CentralDatabaseSettings.PID)
@Designate(ocd = CentralDatabaseConfig.class)
@Capability(
        namespace = "osgi.service",
        attribute = "objectClass:List<String>=\"org.openrtd.centraldb.internal.CentralDatabaseSettings\"")
public final class CentralDatabaseSettings implements RoleStatus {

    private static final Logger LOG = LoggerFactory.getLogger(CentralDatabaseSettings.class);

    static final String PID = "org.openrtd.centraldb";

    private record Values(
            Duration eventLogRetention,
            Duration changeLogRetention,
            long changeLogBytes,
            ConfigurationDefaults defaults) {

        static Values of(CentralDatabaseConfig config) {
            NumericSettings.check(CentralDatabaseConfig.class, config, PID);
            if (config.eventLogRetentionHours() < 0) {
                throw new IllegalArgumentException("eventLogRetentionHours (" + config.eventLogRetentionHours()
                        + ") must not be negative: correct it in etc/" + PID + ".cfg");
            }
            if (config.changeLogRetentionDays() < 0 || config.changeLogMaxMegabytes() < 1) {
                throw new IllegalArgumentException("changeLogRetentionDays (" + config.changeLogRetentionDays()
                        + ") must not be negative, and changeLogMaxMegabytes (" + config.changeLogMaxMegabytes()
                        + ") must be at least 1: correct it in etc/" + PID + ".cfg");
            }
            return new Values(
                    Duration.ofHours(config.eventLogRetentionHours()),
                    Duration.ofDays(config.changeLogRetentionDays()),
                    (long) config.changeLogMaxMegabytes() << 20,
                    new ConfigurationDefaults(
                            config.serviceLevelThresholdSeconds(),
                            config.serviceLevelType(),
                            config.abandonWaitSeconds()));
        }
    }

    private final BundleContext context;
    private volatile Values values;
    private volatile String problem;
    private ServiceRegistration<CentralDatabaseSettings> service;
    /** While the settings are wanting, and so nobody else tells the role's. */
    private ServiceRegistration<RoleStatus> status;

    @Activate
    public CentralDatabaseSettings(BundleContext context, CentralDatabaseConfig config) {
        this.context = context;
        modified(config);
    }

    @Modified
    synchronized void modified(CentralDatabaseConfig config) {
        try {
            values = Values.of(config);
        } catch (IllegalArgumentException e) {
            problem = e.getMessage();
            if (values != null) {
                LOG.error("The central database goes on with the settings before. {}", problem);
            } else {
                LOG.error("The central database is not running. {}", problem);
                if (status == null) {
                    status = context.registerService(RoleStatus.class, this, null);
                }
            }
            return;
        }
        problem = null;
        status = unregistered(status);
        if (service == null) {
            service = context.registerService(CentralDatabaseSettings.class, this, null);
        }
    }

    @Deactivate
    synchronized void close() {
        status = unregistered(status);
        service = unregistered(service);
    }

    private static <T> ServiceRegistration<T> unregistered(ServiceRegistration<T> registration) {
        if (registration != null) {
            try {
                registration.unregister();
            } catch (IllegalStateException bundleStopped) {
                // The framework has unregistered it with the bundle.
            }
        }
        return null;
    }

    /** How long an event is kept at least. */
    Duration eventLogRetention() {
        return values.eventLogRetention();
    }

    /** How long a configuration transaction is kept in the change log. */
    Duration changeLogRetention() {
        return values.changeLogRetention();
    }

    /** How much the change log holds at most. */
    long changeLogBytes() {
        return values.changeLogBytes();
    }

    ConfigurationDefaults defaults() {
        return values.defaults();
    }

    /** What is wrong with the newest settings, or {@code null} when they are in use. */
    String problem() {
        return problem;
    }

    @Override
    public String role() {
        return "central-database";
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
