package org.openrtd.localdb.internal;

import java.util.List;
import org.openrtd.feed.jms.Description;

/** What the local database shows over JMX. */
@Description("Keeps the rows of all feeds in SQL tables of this node.")
public interface LocalDatabaseMXBean {

    @Description("One line: what the role does, or what is wrong.")
    String getSummary();

    @Description("Product and version of the database; empty until it is open.")
    String getDatabaseProduct();

    @Description("Where the database is, without user and password; empty until it is open.")
    String getDatabaseUrl();

    @Description("What tables and indexes take on disk, roughly, without the database's own log; -1 when unknown.")
    long getDatabaseBytes();

    @Description("In whose local time instants are written: the controller's time zone.")
    String getZone();

    @Description(
            "How many times the database was made anew since the role began, because its files were damaged or gone.")
    int getMadeAnew();

    @Description("Each real-time feed: position written and position of the replica, writings and rows since the role"
            + " began, how long the last one took, the seconds since the last, how many failed, and what fails now.")
    List<WrittenFeed> getFeeds();
}
