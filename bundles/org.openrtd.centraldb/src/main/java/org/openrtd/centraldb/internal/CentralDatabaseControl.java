package org.openrtd.centraldb.internal;

import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import javax.management.DynamicMBean;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.StandardMBean;
import org.openrtd.feed.RoleStatus;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * Shows the central database to operators: over JMX, where Karaf's whiteboard registers it under the object name below, and
 * at the console.
 */
@Component(
        service = {DynamicMBean.class, RoleStatus.class},
        property = "jmx.objectname=org.openrtd:type=CentralDatabase")
public final class CentralDatabaseControl extends StandardMBean implements CentralDatabaseMXBean, RoleStatus {

    private static final Map<String, String> DESCRIPTIONS = Map.ofEntries(
            Map.entry("LogSequence", "How many events the event log has held so far: the sequence of the last one."),
            Map.entry("AppendedPerSecond", "Events stored per second, over the last ten seconds."),
            Map.entry("LastCheckpointSequence", "The log sequence of the last checkpoint; 0 when there is none."),
            Map.entry(
                    "LastCheckpointTime", "When the last checkpoint was written; a start folds what was logged since."),
            Map.entry("LastCheckpointBytes", "The size of the last checkpoint."),
            Map.entry("RecoveryKey", "The key of the last configuration transaction."),
            Map.entry(
                    "CommittedPerSecond",
                    "Configuration transactions committed per second, over the last ten seconds."),
            Map.entry("RefusedTransactions", "Configuration transactions refused since the start."),
            Map.entry(
                    "ChangeLogFirstKey",
                    "The oldest transaction in the change log; who was behind it gets a snapshot. 0 when it is empty."),
            Map.entry("ChangeLogEntries", "How many transactions the change log holds."),
            Map.entry("ChangeLogBytes", "What the transactions in the change log take, roughly."),
            Map.entry("FeedId", "The identity of this configuration, made with the database."),
            Map.entry("Epoch", "The epoch of the config feed that this start began."),
            Map.entry("DatabaseProduct", "Product and version of the database."),
            Map.entry("DatabaseUrl", "Where the database is, without user and password."),
            Map.entry("Backup", "The last backup since the start: how far it has come, or where it is."),
            Map.entry("startBackup", "Begins to copy the database into a new directory of the one that is named."),
            Map.entry(
                    "DatabaseBytes",
                    "What tables and indexes take on disk, roughly, without the database's own log; -1 when unknown."));

    private final CentralDatabase database;
    private final SqlEventLog log;
    private final SqlConfigurationStore configuration;
    private final CentralDatabaseSettings settings;
    private final DatabaseBackup backup;

    @Activate
    public CentralDatabaseControl(
            @Reference(name = "database") CentralDatabase database,
            @Reference(name = "log") SqlEventLog log,
            @Reference(name = "configuration") SqlConfigurationStore configuration,
            @Reference(name = "settings") CentralDatabaseSettings settings,
            @Reference(name = "backup") DatabaseBackup backup) {
        super(CentralDatabaseMXBean.class, true);
        this.database = database;
        this.log = log;
        this.configuration = configuration;
        this.settings = settings;
        this.backup = backup;
    }

    @Override
    public long getLogSequence() {
        return log.lastSequence();
    }

    @Override
    public double getAppendedPerSecond() {
        return log.appendedPerSecond();
    }

    @Override
    public long getLastCheckpointSequence() {
        return log.lastCheckpoint()
                .map(SqlEventLog.CheckpointFacts::logSequence)
                .orElse(0L);
    }

    @Override
    public Date getLastCheckpointTime() {
        return log.lastCheckpoint()
                .map(checkpoint -> Date.from(checkpoint.writtenAt()))
                .orElse(null);
    }

    @Override
    public long getLastCheckpointBytes() {
        return log.lastCheckpoint().map(SqlEventLog.CheckpointFacts::bytes).orElse(0L);
    }

    @Override
    public long getRecoveryKey() {
        return configuration.recoveryKey();
    }

    @Override
    public double getCommittedPerSecond() {
        return configuration.committedPerSecond();
    }

    @Override
    public long getRefusedTransactions() {
        return configuration.refused();
    }

    @Override
    public long getChangeLogFirstKey() {
        return configuration.logged().firstKey();
    }

    @Override
    public long getChangeLogEntries() {
        return configuration.logged().entries();
    }

    @Override
    public long getChangeLogBytes() {
        return configuration.logged().bytes();
    }

    @Override
    public String getFeedId() {
        return configuration.feedId();
    }

    @Override
    public long getEpoch() {
        return configuration.epoch();
    }

    @Override
    public String getDatabaseProduct() {
        return database.product();
    }

    @Override
    public String getDatabaseUrl() {
        return database.url();
    }

    @Override
    public long getDatabaseBytes() {
        return database.size();
    }

    @Override
    public String getBackup() {
        return backup.summary();
    }

    @Override
    public void startBackup(String directory) {
        backup.start(Path.of(directory));
    }

    @Override
    public String role() {
        return "central-database";
    }

    @Override
    public String summary() {
        String unusable = settings.problem();
        return "open, " + database.url() + (unusable == null ? "" : "; new settings are not used: " + unusable);
    }

    @Override
    public Map<String, String> details() {
        Map<String, String> details = new LinkedHashMap<>();
        details.put("database", database.product());
        details.put(
                "event log", String.format(Locale.ROOT, "at %d, %.1f/s", log.lastSequence(), log.appendedPerSecond()));
        details.put(
                "checkpoint",
                log.lastCheckpoint()
                        .map(checkpoint -> "at " + checkpoint.logSequence() + ", "
                                + checkpoint.writtenAt().truncatedTo(ChronoUnit.SECONDS))
                        .orElse("none"));
        details.put("recovery key", Long.toString(configuration.recoveryKey()));
        ConfigurationLog.Extent changes = configuration.logged();
        details.put(
                "change log",
                changes.entries() == 0
                        ? "empty"
                        : String.format(
                                Locale.ROOT,
                                "from key %d, %d transactions, %.1f MB, %.1f/s, %d refused",
                                changes.firstKey(),
                                changes.entries(),
                                changes.bytes() / 1e6,
                                configuration.committedPerSecond(),
                                configuration.refused()));
        details.put("backup", backup.summary());
        return details;
    }

    @Override
    protected String getDescription(MBeanInfo info) {
        return "The centre's event log, checkpoints and configuration.";
    }

    @Override
    protected String getDescription(MBeanAttributeInfo attribute) {
        return DESCRIPTIONS.get(attribute.getName());
    }

    @Override
    protected String getDescription(MBeanOperationInfo operation) {
        return DESCRIPTIONS.get(operation.getName());
    }
}
