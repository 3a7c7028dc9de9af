package org.openrtd.feed.jms;

import org.openrtd.feed.Whereabouts;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which node this is, from {@code etc/org.openrtd.node.cfg}; an OSGi service, for as long as name and site are these. */
public final class NodeIdentity {

    private static final Logger LOG = LoggerFactory.getLogger(NodeIdentity.class);

    private final String name;
    private final String site;
    private volatile Whereabouts whereabouts;

    /**
     * Of a node whose operator does not say where configuration and history are to be had.
     *
     * @throws IllegalArgumentException when it is no name
     */
    public NodeIdentity(String name, String site) {
        this(name, site, "", "");
    }

    NodeIdentity(String name, String site, String configurationAt, String historyAt) {
        this.name = NodeName.of(name);
        this.site = site.trim();
        say(configurationAt, historyAt);
    }

    /** From now on followers are told that configuration and history are to be had there. */
    void say(String configurationAt, String historyAt) {
        String configuration = configurationAt.trim();
        String history = historyAt.trim();
        Whereabouts next = Whereabouts.usable(site, configuration, history);
        if (!site.equals(next.site())
                || !configuration.equals(next.configuration())
                || !history.equals(next.history())) {
            LOG.error(
                    "Followers are told \"{}\" only: site, configurationAt and historyAt have at most {} characters, and"
                            + " name no user, password or token; see etc/org.openrtd.node.cfg",
                    next,
                    Whereabouts.MOST_CHARACTERS);
        }
        whereabouts = next;
    }

    /** By which other nodes know this one; the host's name unless configured. */
    public String name() {
        return name;
    }

    /** Where it stands; may be empty. */
    public String site() {
        return site;
    }

    /** What the sources of this node tell their followers, as far as its operator says; it may change. */
    public Whereabouts whereabouts() {
        return whereabouts;
    }
}
