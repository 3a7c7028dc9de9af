package org.openrtd.configuration.jms.internal;

import java.util.List;
import org.openrtd.feed.jms.Description;

/** What the way of edits and of reports on copies shows over JMX. */
@Description("The way that edits of the configuration take from this node, and reports on its copies.")
public interface ConfigurationPathMXBean {

    @Description("One line: where edits go, and who may bring some here.")
    String getSummary();

    @Description("Requests of this node, and of those below it, handed to the next source. Counted since the start.")
    long getEditsSent();

    @Description("Of these, how often one was handed on again, as no answer had come.")
    long getEditsRepeated();

    @Description("Requests that wait for an answer.")
    int getEditsWaiting();

    @Description("Requests of followers of this node that were taken.")
    long getEditsTaken();

    @Description("Messages of followers that could not be read.")
    long getEditsUnreadable();

    @Description(
            "All copies of the configuration, as the centre knows them; as known here, when it cannot be asked within"
                    + " three seconds. For each: node, kind, who passed it on, identity, position, lag in transactions and in ms"
                    + " (-1: not known), state, digests, last repair and why, alarm, schema version, age of the report in ms.")
    List<CopyLine> askCopies();

    @Description("Why the last answer of askCopies was not the centre's; empty when it was.")
    String getCopiesProblem();
}
