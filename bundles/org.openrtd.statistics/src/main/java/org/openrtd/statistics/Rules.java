package org.openrtd.statistics;

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
        FirstUnknown unknown = new FirstUnknown(centre, gateway);
        event.mention(unknown);
        if (unknown.what == null) {
            return null;
        }
        // Entered before it comes here, or not allowed to be.
        return event instanceof Event.ConfigurationWanted
                ? "configuration that was not entered"
                : "unknown " + unknown.what + " " + Centre.shortened(unknown.name);
    }

    /** The first name that the configuration does not have. */
    private static final class FirstUnknown implements Event.Mentioned {

        private final Centre centre;
        private final Gateway gateway;
        private String what;
        private String name;

        FirstUnknown(Centre centre, Gateway gateway) {
            this.centre = centre;
            this.gateway = gateway;
        }

        @Override
        public void callType(String mentioned) {
            look(centre.callTypesByName.containsKey(mentioned), "call type", mentioned);
        }

        @Override
        public void agent(String mentioned) {
            look(gateway.agents.containsKey(mentioned), "agent", mentioned);
        }

        @Override
        public void skillGroup(String mentioned) {
            look(gateway.groups.containsKey(mentioned), "skill group", mentioned);
        }

        private void look(boolean known, String kind, String mentioned) {
            if (!known && what == null) {
                what = kind;
                name = mentioned;
            }
        }
    }
}
