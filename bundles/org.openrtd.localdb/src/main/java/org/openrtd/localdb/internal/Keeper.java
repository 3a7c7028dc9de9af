package org.openrtd.localdb.internal;

import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import javax.sql.DataSource;
import org.openrtd.feed.RoleStatus;
import org.openrtd.localdb.LocalDatabase;
import org.openrtd.sql.Dialect;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the database, tries again until it opens, and has it offered to the node from then on. */
final class Keeper implements RoleStatus, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);
    private static final long FIRST_BACK_OFF_MILLIS = 500;
    private static final long LONGEST_BACK_OFF_MILLIS = 10_000;

    private final DataSource dataSource;
    private final Function<LocalDatabase, Runnable> offer;
    private final Thread thread = new Thread(this::run, "openrtd-localdb");
    private volatile SqlLocalDatabase database;
    private volatile String problem = "opens the database";
    private boolean closed;

    /** @param offer is told when the database is open, and answers what withdraws it */
    Keeper(DataSource dataSource, Function<LocalDatabase, Runnable> offer) {
        this.dataSource = dataSource;
        this.offer = offer;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        Runnable withdraw = () -> {};
        try {
            open();
            withdraw = offer.apply(database);
            synchronized (this) {
                while (!closed) {
                    wait();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            withdraw.run();
        }
    }

    private void open() throws InterruptedException {
        long backOff = FIRST_BACK_OFF_MILLIS;
        while (database == null) {
            try {
                database = new SqlLocalDatabase(dataSource);
                LOG.info("Local database {} is open: {}", database.url(), database.product());
                problem = null;
            } catch (SQLException e) {
                String now = "cannot open the local database that etc/org.ops4j.datasource-local.cfg names: "
                        + causes(e) + ". " + Dialect.remedy(e);
                if (!now.equals(problem)) {
                    LOG.error(Character.toUpperCase(now.charAt(0)) + now.substring(1));
                }
                problem = now;
                Thread.sleep(backOff);
                backOff = Math.min(backOff * 2, LONGEST_BACK_OFF_MILLIS);
            }
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        thread.interrupt();
        try {
            thread.join(5000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String role() {
        return "local-db";
    }

    @Override
    public String summary() {
        SqlLocalDatabase open = database;
        return open == null ? problem : "open, " + open.url();
    }

    @Override
    public Map<String, String> details() {
        Map<String, String> details = new LinkedHashMap<>();
        SqlLocalDatabase open = database;
        if (open != null) {
            details.put("database", open.product());
            details.put("instants", "local times of " + open.zone());
        }
        return details;
    }

    static String causes(SQLException e) {
        StringBuilder causes = new StringBuilder();
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage())
                    .replaceFirst("(, see the next exception for details)?\\.?\\s*$", "");
            if (causes.indexOf(message) < 0) {
                causes.append(causes.isEmpty() ? "" : "; ").append(message);
            }
        }
        return causes.toString();
    }
}
