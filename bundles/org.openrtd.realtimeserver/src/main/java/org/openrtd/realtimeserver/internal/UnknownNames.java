package org.openrtd.realtimeserver.internal;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.openrtd.centraldb.Provisioning;
import org.openrtd.events.Event;

/** Collects what one gateway's events name and nobody has looked up yet. */
final class UnknownNames {

    private final String gateway;
    private final Set<String> known;
    private final Set<String> seen = new HashSet<>();
    private final Set<String> callTypes = new LinkedHashSet<>();
    private final Set<String> skillGroups = new LinkedHashSet<>();
    private final Set<String> agents = new LinkedHashSet<>();
    private final List<Provisioning> wanted = new ArrayList<>();

    private final Event.Mentioned notes = new Event.Mentioned() {

        @Override
        public void callType(String name) {
            note("c", name, callTypes);
        }

        @Override
        public void agent(String name) {
            note("a", name, agents);
        }

        @Override
        public void skillGroup(String name) {
            note("g", name, skillGroups);
        }
    };

    /** @param known what was looked up before; added to by {@link #nowKnown} */
    UnknownNames(String gateway, Set<String> known) {
        this.gateway = gateway;
        this.known = known;
    }

    void look(Event event) {
        if (event instanceof Event.ConfigurationWanted e) {
            want(e);
        } else if (event instanceof Event.GatewayUp) {
            note("p", gateway, new HashSet<>());
        } else {
            event.mention(notes);
        }
    }

    private void note(String kind, String name, Set<String> to) {
        if (!known.contains(kind + name) && seen.add(kind + name)) {
            to.add(name);
        }
    }

    private void want(Event.ConfigurationWanted event) {
        wanted.add(Wanted.provisioning(gateway, event));
        event.callTypes().forEach(each -> seen.add("c" + each.callType()));
        event.skillGroups().forEach(each -> seen.add("g" + each.skillGroup()));
        event.agents().forEach(each -> seen.add("a" + each.agent()));
        event.callTypes().forEach(each -> callTypes.remove(each.callType()));
        event.skillGroups().forEach(each -> skillGroups.remove(each.skillGroup()));
        event.agents().forEach(each -> agents.remove(each.agent()));
        seen.add("p" + gateway);
    }

    /** In the order in which they are to be entered; empty when nothing is new. */
    List<Provisioning> provisionings(ZoneId zone) {
        List<Provisioning> all = new ArrayList<>(wanted);
        if (!callTypes.isEmpty() || !skillGroups.isEmpty() || !agents.isEmpty()) {
            all.add(Wanted.provisioning(gateway, zone, callTypes, skillGroups, agents));
        } else if (wanted.isEmpty() && seen.contains("p" + gateway)) {
            all.add(Wanted.provisioning(gateway, zone, Set.of(), Set.of(), Set.of()));
        }
        return all;
    }

    /** What was collected is configured now, or cannot be, however often it is tried. */
    void nowKnown() {
        known.addAll(seen);
    }
}
