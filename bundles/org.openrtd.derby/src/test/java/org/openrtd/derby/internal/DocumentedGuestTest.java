package org.openrtd.derby.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openrtd.derby.GuestSettings;
import org.openrtd.derby.Guests;
import org.osgi.service.jdbc.DataSourceFactory;

/** The program in {@code docs/local-database.md}, compiled and run as it stands there. */
class DocumentedGuestTest {

    @TempDir
    Path home;

    @Test
    void theDocumentedProgramReadsTheDatabase() throws Exception {
        Path document = Path.of("").toAbsolutePath().getParent().getParent().resolve("docs/local-database.md");
        Matcher program = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(document));
        assertEquals(true, program.find(), "a program in " + document);
        Path source = Files.writeString(home.resolve("WaitingCalls.java"), program.group(1));
        assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, source.toString()));

        DerbyEngine engine = new DerbyEngine(home.resolve("derby"), 20);
        try {
            Properties properties = new Properties();
            properties.setProperty(DataSourceFactory.JDBC_URL, "jdbc:derby:local;create=true");
            DataSource local = engine.createDataSource(properties);
            try (Connection connection = local.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE Feed_State (FeedName VARCHAR(64), Stale CHAR(1))");
                statement.execute("INSERT INTO Feed_State VALUES ('calls', 'Y')");
                statement.execute("CREATE TABLE Call_Type_Real_Time (CallTypeID INT, RouterCallsQNow INT)");
                statement.execute("INSERT INTO Call_Type_Real_Time VALUES (5001, 3), (5000, 7)");
            }
            try (Guests guests = engine.open(new GuestSettings(
                    "127.0.0.1", 0, "local", "report", "secret", null, "", Duration.ofSeconds(5), 5))) {
                String url = "jdbc:derby://127.0.0.1:" + guests.port() + "/local";
                assertEquals("NOT CURRENT\n5000 7\n5001 3\n", run(url, "report", "secret"));
            }
        } finally {
            engine.shutDown();
        }
    }

    private String run(String... arguments) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try (URLClassLoader loader = new URLClassLoader(new URL[] {home.toUri().toURL()})) {
            loader.loadClass("WaitingCalls").getMethod("main", String[].class).invoke(null, (Object) arguments);
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
    }
}
