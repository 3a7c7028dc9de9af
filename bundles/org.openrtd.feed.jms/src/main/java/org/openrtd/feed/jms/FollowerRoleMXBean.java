package org.openrtd.feed.jms;

import java.util.List;

/** What a role that follows feeds shows over JMX. */
@Description("A role that follows feeds and keeps their replicas.")
public interface FollowerRoleMXBean {

    @Description("The brokers of the sources, in order of preference.")
    List<String> getSources();

    @Description("The user at the sources' brokers.")
    String getUser();

    @Description("One line: what the role does, or what is wrong.")
    String getSummary();

    @Description("Each feed: source, state and its reason, position, age in ms, rows; batches, row changes and bytes"
            + " received; gaps, snapshots and repairs. Counted since the role began. The source's health, 0 to 255, and"
            + " that of the one that is held ready; how long the last change to another source took. Where the source"
            + " stands, and where it says that configuration and history are to be had.")
    List<FeedLine> getFeeds();

    @Description("Has each feed followed from the source that is held ready for it. Answers which are.")
    List<String> failover();

    @Description(
            "After an intended new central database: drops the rows of each feed that is refused because they belong"
                    + " to another one, and follows anew. Answers which feeds these were.")
    List<String> forgetIdentity();
}
