package org.openrtd.derby;

import java.io.IOException;
import java.sql.SQLException;
import org.osgi.annotation.versioning.ProviderType;

/** An OSGi service of the Derby engine: lets outside JDBC clients read one of its databases. */
@ProviderType
public interface GuestDoor {

    /**
     * Opens a port. One at a time.
     *
     * @throws IllegalArgumentException when the settings would let in more than they should; the message says what to change
     * @throws IOException when the port cannot be opened
     * @throws SQLException when the database cannot be read, or was made without protection
     */
    Guests open(GuestSettings settings) throws IOException, SQLException;
}
