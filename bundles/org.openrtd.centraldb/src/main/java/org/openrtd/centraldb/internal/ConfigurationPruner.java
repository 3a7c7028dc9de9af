package org.openrtd.centraldb.internal;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the change log as long and as large as the settings say, once a minute. */
@Component(
        service = {},
        immediate = true)
public final class ConfigurationPruner implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ConfigurationPruner.class);

    private final SqlConfigurationStore store;
    private final CentralDatabaseSettings settings;
    private final ScheduledExecutorService thread;
    private String problem = "";

    @Activate
    public ConfigurationPruner(
            @Reference(name = "store") SqlConfigurationStore store,
            @Reference(name = "settings") CentralDatabaseSettings settings) {
        this.store = store;
        this.settings = settings;
        this.thread = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread made = new Thread(work, "configuration-pruner");
            made.setDaemon(true);
            return made;
        });
        thread.scheduleWithFixedDelay(this::prune, 1, 1, TimeUnit.MINUTES);
    }

    private void prune() {
        try {
            long pruned = store.prune(settings.changeLogRetention(), settings.changeLogBytes());
            if (pruned > 0) {
                LOG.debug("Pruned {} transactions of the change log", pruned);
            }
            problem = "";
        } catch (RuntimeException e) {
            String now = String.valueOf(e.getMessage());
            if (!now.equals(problem)) {
                LOG.warn("The change log of the configuration could not be pruned, and grows: {}", now);
                problem = now;
            }
        }
    }

    @Deactivate
    @Override
    public void close() {
        // Not interrupted: it may be at a commit.
        thread.shutdown();
    }
}
