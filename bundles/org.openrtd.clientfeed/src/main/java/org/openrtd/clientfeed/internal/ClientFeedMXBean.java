package org.openrtd.clientfeed.internal;

import java.util.List;
import org.openrtd.feed.jms.Description;
import org.openrtd.feed.jms.FeedLine;
import org.openrtd.feed.jms.FollowerLine;

/** What the client feed shows over JMX. */
@Description("Passes the feeds of this node on to the site's clients.")
public interface ClientFeedMXBean {

    @Description("What this client feed is called in addresses.")
    String getSourceName();

    @Description("One line: what the role does, or what is wrong.")
    String getSummary();

    @Description("Each feed that is passed on: state, position and age of the replica; whether clients can reach it;"
            + " messages and bytes sent, messages dropped, requests taken and refused. Counted since the relay began.")
    List<FeedLine> getFeeds();

    @Description(
            "Who follows the feeds, by user, node and feed: what it said last of its state, position, lag and age and"
                    + " how long ago, its rates, what waits for it in the broker, and its connections.")
    List<FollowerLine> getFollowers();
}
