package org.openrtd.centraldb.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openrtd.catalog.Catalog;
import org.openrtd.centraldb.CentralDatabaseException;
import org.openrtd.configuration.ConfigurationResult.Committed;
import org.openrtd.sql.testing.PostgreSql;
import org.openrtd.sql.testing.TestDatabase;

/** The server of a PostgreSQL database ends and comes back while the centre runs. */
class ServerRestartTest {

    @Test
    void costsWhatWasUnderWayAndNothingElse() {
        try (PostgreSql server = PostgreSql.start();
                TestDatabase database = TestDatabase.on(server)) {
            CentralDatabase central = new CentralDatabase(database.dataSource());
            SqlEventLog log = new SqlEventLog(central, Duration.ofHours(1), new SettableClock());
            SqlConfigurationStore store = new SqlConfigurationStore(
                    central, Catalog.feed(Catalog.CONFIG), ConfigurationDefaults.USUAL, new SettableClock());
            log.append(EventLogTest.events("bank", 7, 1, 5));
            store.commit(CrashingWriter.transaction(1));
            assertEquals(1, store.history().after(0, 10).size());

            server.crash();

            assertThrows(CentralDatabaseException.class, () -> log.append(EventLogTest.events("bank", 7, 6, 9)));
            assertThrows(CentralDatabaseException.class, () -> store.commit(CrashingWriter.transaction(2)));
            assertEquals(4, log.append(EventLogTest.events("bank", 7, 6, 9)).size());
            assertEquals(new Committed(2), store.commit(CrashingWriter.transaction(2)));
            assertThrows(CentralDatabaseException.class, () -> store.history().after(0, 10));
            assertEquals(2, store.history().after(0, 10).size());
            assertEquals(List.of(6L, 7L, 8L, 9L), sequencesAfter(log, 5));
            store.close();
            log.close();
        }
    }

    private static List<Long> sequencesAfter(SqlEventLog log, long sequence) {
        List<Long> sequences = new java.util.ArrayList<>();
        log.read(sequence, logged -> sequences.add(logged.sequence()));
        return sequences;
    }
}
