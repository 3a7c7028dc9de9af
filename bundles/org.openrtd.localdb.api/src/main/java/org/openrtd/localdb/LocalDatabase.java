package org.openrtd.localdb;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.ZoneId;
import org.openrtd.feed.FeedSchema;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The local database: a copy of the centre's configuration, and beside it the rows of the real-time feeds. An OSGi service
 * from when the database is open and its schema is that of this program's catalog. It stays registered while the database
 * is gone for a time, and when it had to be made anew: its methods then throw, or what they answer is empty.
 *
 * <p>Each table of the catalog is there as {@code t_X}, and as the view {@code X} of the catalog's columns. Instants are the
 * controller's local time; in configuration tables the exact UTC ms stand beside them, in {@code t_X}, in a column named as
 * the first with {@code UTC} after it.
 *
 * <p>Usable from any thread.
 */
@ProviderType
public interface LocalDatabase {

    /**
     * A new session by which one writer keeps the rows of one feed. Its owner closes it, also after every failure.
     *
     * @throws SQLException when the database cannot be reached
     */
    FeedSession open(String feed) throws SQLException;

    /** A feed's tables as this database has them: those of this program's catalog. */
    FeedSchema schema(String feed);

    /** A connection without auto-commit, for what sessions do not do; its owner closes it. */
    Connection connect() throws SQLException;

    /** In whose local time instants are written: the controller's, kept in the database; UTC until it is known. */
    ZoneId zone();

    /** Product and version. */
    String product();

    /** Where it is, without user and password. */
    String url();
}
