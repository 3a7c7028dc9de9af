package org.openrtd.derby.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Properties;
import javax.sql.DataSource;
import org.openrtd.derby.GuestSettings;
import org.openrtd.derby.Guests;
import org.osgi.service.jdbc.DataSourceFactory;

/** A Derby engine as a node has it, without a container. */
public final class Engines implements AutoCloseable {

    private final DerbyEngine engine;

    public Engines(Path home) throws IOException {
        engine = new DerbyEngine(home.toAbsolutePath(), 20);
    }

    /** The database of that name, made when it is not there. */
    public DataSource database(String name) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty(DataSourceFactory.JDBC_URL, "jdbc:derby:" + name + ";create=true");
        return engine.createDataSource(properties);
    }

    public Guests open(GuestSettings settings) throws IOException, SQLException {
        return engine.open(settings);
    }

    @Override
    public void close() {
        engine.shutDown();
    }
}
