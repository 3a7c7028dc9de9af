package org.openrtd.localdb.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.openrtd.derby.GuestDoor;
import org.openrtd.derby.GuestSettings;
import org.openrtd.derby.Guests;
import org.openrtd.feed.NumericSettings;
import org.openrtd.feed.RoleStatus;
import org.openrtd.localdb.LocalDatabase;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets outside JDBC clients read the local database; nobody, until it is configured. */
@Component(service = RoleStatus.class, immediate = true, configurationPid = LocalGuests.PID)
@Designate(ocd = LocalGuestsConfig.class)
public final class LocalGuests implements RoleStatus {

    private static final Logger LOG = LoggerFactory.getLogger(LocalGuests.class);
    private static final String DERBY = "jdbc:derby:";

    static final String PID = "org.openrtd.localdb.guests";

    private final LocalDatabase database;
    private final GuestDoor door;
    private Guests guests;
    private String now = "nobody is let in";

    @Activate
    public LocalGuests(
            @Reference(name = "database") LocalDatabase database,
            @Reference(name = "derby") GuestDoor door,
            LocalGuestsConfig config) {
        this.database = database;
        this.door = door;
        modified(config);
    }

    /** Settings that make no sense are said in one line, and nobody is let in by them. */
    @Modified
    synchronized void modified(LocalGuestsConfig config) {
        close();
        try {
            NumericSettings.check(LocalGuestsConfig.class, config, PID);
            if (config.port() == 0) {
                now = "nobody is let in";
                return;
            }
            if (!database.url().startsWith(DERBY)) {
                now = "nobody is let in here: the local database is not Derby's, and has users of its own";
                LOG.info("Guests: {}", now);
                return;
            }
            GuestSettings settings = new GuestSettings(
                    config.host(),
                    config.port(),
                    database.url().substring(DERBY.length()),
                    config.user(),
                    config.password(),
                    config.keyStorePath().isBlank() ? null : Path.of(config.keyStorePath()),
                    config.keyStorePassword(),
                    Duration.ofSeconds(config.guestLockSeconds()),
                    config.maxConnections());
            guests = door.open(settings);
            now = "lets guests in at " + settings;
            LOG.info("The local database {}", now);
        } catch (IllegalArgumentException | IllegalStateException | IOException | SQLException e) {
            now = "nobody is let in: " + e.getMessage();
            LOG.error("Guests of the local database: {}; see etc/{}.cfg", now, PID);
        }
    }

    @Deactivate
    synchronized void close() {
        if (guests != null) {
            guests.close();
            guests = null;
        }
    }

    @Override
    public String role() {
        return "local-db-guests";
    }

    @Override
    public synchronized String summary() {
        return now;
    }

    @Override
    public synchronized Map<String, String> details() {
        Map<String, String> details = new LinkedHashMap<>();
        if (guests != null) {
            details.put("connected", Integer.toString(guests.connected()));
            details.put("let in", Long.toString(guests.letIn()));
            details.put("refused", Long.toString(guests.refused()));
            details.put("disconnected", guests.disconnected() + " that kept a writer waiting");
        }
        return details;
    }
}
