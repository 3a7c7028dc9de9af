package org.openrtd.statistics;

import java.util.List;
import org.openrtd.events.Event;

/** What all kinds of events have in common: how durations are reckoned, and which names have to be configured. */
final class Rules {

    /** Calls in progress at one peripheral; more than any peripheral has. */
    static final int MOST_CALLS = 1_000_000;

    private Rules() {}

    /** Durations are differences of whole seconds, so that their parts add up; clocks that go back make none negative. */
    static long seconds(long from, long to) {
        return Math.max(0, Math.floorDiv(to, 1000L) - Math.floorDiv(from, 1000L));
    }

    /** What is wrong with an event's names, or {@code null}: what is wrong is the same however often it comes. */
    static String complaint(Centre centre, Gateway gateway, Event event) {
        if (event instanceof Event.CallOffered e) {
            return callType(centre, e.callType());
        } else if (event instanceof Event.CallQueued e) {
            return groups(gateway, e.skillGroups());
        } else if (event instanceof Event.CallRinging e) {
            String agent = agent(gateway, e.agent());
            return agent != null ? agent : group(gateway, e.skillGroup());
        } else if (event instanceof Event.CallAnswered e) {
            String agent = e.agent() == null ? null : agent(gateway, e.agent());
            return agent != null ? agent : group(gateway, e.skillGroup());
        } else if (event instanceof Event.CallTransferred e) {
            return callType(centre, e.callType());
        } else if (event instanceof Event.CallNotAnswered e) {
            return agent(gateway, e.agent());
        } else if (event instanceof Event.AgentLoggedIn e) {
            String agent = agent(gateway, e.agent());
            return agent != null ? agent : groups(gateway, e.skillGroups());
        } else if (event instanceof Event.AgentStateChanged e) {
            return agent(gateway, e.agent());
        } else if (event instanceof Event.AgentLoggedOut e) {
            return agent(gateway, e.agent());
        } else if (event instanceof Event.ConfigurationWanted) {
            // Entered before it comes here, or not allowed to be.
            boolean entered = Resolution.of(centre, gateway, event).complete();
            return entered ? null : "configuration that was not entered";
        }
        return null;
    }

    private static String callType(Centre centre, String name) {
        return centre.callTypesByName.containsKey(name) ? null : unknown("call type", name);
    }

    private static String agent(Gateway gateway, String name) {
        return gateway.agents.containsKey(name) ? null : unknown("agent", name);
    }

    private static String group(Gateway gateway, String name) {
        return name == null || gateway.groups.containsKey(name) ? null : unknown("skill group", name);
    }

    private static String groups(Gateway gateway, List<String> names) {
        for (String name : names) {
            if (!gateway.groups.containsKey(name)) {
                return unknown("skill group", name);
            }
        }
        return null;
    }

    private static String unknown(String what, String name) {
        return "unknown " + what + " " + Centre.shortened(name);
    }
}
