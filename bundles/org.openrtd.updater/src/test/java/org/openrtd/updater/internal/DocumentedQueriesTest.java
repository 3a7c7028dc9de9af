package org.openrtd.updater.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openrtd.catalog.Catalog;
import org.openrtd.feed.DurableHistory;
import org.openrtd.feed.FeedIdentity;
import org.openrtd.feed.Hop;
import org.openrtd.feed.Origin;
import org.openrtd.feed.Position;
import org.openrtd.feed.ReplyTo;
import org.openrtd.feed.Row;
import org.openrtd.feed.SourceSettings;
import org.openrtd.feed.SourceTransport;
import org.openrtd.feed.Table;
import org.openrtd.localdb.internal.SqlLocalDatabase;
import org.openrtd.sql.testing.Product;
import org.openrtd.sql.testing.TestDatabase;

/** What {@code docs/local-database.md} shows as queries works in a local database, and answers what it says. */
class DocumentedQueriesTest {

    private static final Table CALL_TYPE = Catalog.table("Call_Type").table();

    private static List<String> queries() throws IOException {
        Path path = Path.of("").toAbsolutePath();
        while (!Files.exists(path.resolve("docs/local-database.md"))) {
            path = path.getParent();
        }
        return Pattern.compile("```sql\n(.*?)\n```", Pattern.DOTALL)
                .matcher(Files.readString(path.resolve("docs/local-database.md")))
                .results()
                .map(match -> match.group(1))
                .filter(sql -> sql.contains("'config'") || sql.contains("RecoveryKey"))
                .toList();
    }

    private static Row callType(int id, String name, String deleted, long key) {
        Object[] values = new Object[CALL_TYPE.columns().size()];
        values[0] = id;
        values[CALL_TYPE.column("EnterpriseName")] = name;
        values[CALL_TYPE.column("Deleted")] = deleted;
        values[CALL_TYPE.column("RecoveryKey")] = key;
        return CALL_TYPE.row(values);
    }

    private static Origin centreWith(List<Row> rows) {
        return new Origin(
                Catalog.feed(Catalog.CONFIG),
                new FeedIdentity("one", 100),
                "central",
                SourceSettings.DEFAULT,
                System::currentTimeMillis,
                new SplittableRandom(1),
                new SourceTransport() {
                    @Override
                    public void publish(Hop hop, byte[] message) {}

                    @Override
                    public void reply(ReplyTo to, byte[] message) {}
                },
                new DurableHistory() {
                    @Override
                    public List<Epoch> epochs() {
                        return List.of(new Epoch(100, 0));
                    }

                    @Override
                    public List<Entry> after(long key, int limit) {
                        return List.of();
                    }
                },
                4713,
                rows);
    }

    @ParameterizedTest
    @EnumSource
    void answersWhatChangedSinceAKey(Product product) throws Exception {
        try (TestDatabase place = TestDatabase.fresh(product)) {
            SqlLocalDatabase database = new SqlLocalDatabase(place.dataSource(), List.of(Catalog.feed(Catalog.CONFIG)));
            ConfigurationCopy copy = new ConfigurationCopy(
                    "north-1",
                    () -> database.open(ConfigurationCopy.FEED),
                    System::currentTimeMillis,
                    Clock.systemUTC(),
                    UpdaterSettings.DEFAULT);
            Origin centre = centreWith(List.of(
                    callType(1, "Sales", "N", 4711),
                    callType(2, "Service", "N", 4713),
                    callType(3, "Gone", "Y", 4712)));
            copy.follow(centre.replica());
            centre.time();
            copy.step();
            assertEquals(new Position(100, 4713), copy.position());
            copy.close();

            List<String> answers = new ArrayList<>();
            try (Connection connection = place.dataSource().getConnection();
                    Statement statement = connection.createStatement()) {
                for (String query : queries()) {
                    try (ResultSet result = statement.executeQuery(query)) {
                        while (result.next()) {
                            StringBuilder row = new StringBuilder();
                            for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                                row.append(i > 1 ? " " : "").append(result.getString(i));
                            }
                            answers.add(row.toString());
                        }
                    }
                }
            }
            assertEquals(List.of("one 100 4713", "3 Gone Y 4712", "2 Service N 4713"), answers);
        }
    }
}
