package org.openrtd.feed.jms;

import org.openrtd.feed.Whereabouts;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which node this is, from {@code etc/org.openrtd.node.cfg}; an OSGi service. */
@Component(service = NodeIdentity.class, configurationPid = "org.openrtd.node")
public final class NodeIdentity {

    private static final Logger LOG = LoggerFactory.getLogger(NodeIdentity.class);

    /** The keys of the file; their descriptions are the console's. */
    @interface Config {
        String name() default "";

        String site() default "";

        String configurationAt() default "";

        String historyAt() default "";
    }

    private final String name;
    private final String site;
    private final Whereabouts whereabouts;

    @Activate
    public NodeIdentity(Config config) {
        this(config.name(), config.site(), config.configurationAt(), config.historyAt());
    }

    /**
     * Of a node whose operator does not say where configuration and history are to be had.
     *
     * @throws IllegalArgumentException when it is no name
     */
    public NodeIdentity(String name, String site) {
        this(name, site, "", "");
    }

    private NodeIdentity(String name, String site, String configurationAt, String historyAt) {
        this.name = NodeName.of(name);
        this.site = site.trim();
        String configuration = configurationAt.trim();
        String history = historyAt.trim();
        this.whereabouts = Whereabouts.usable(this.site, configuration, history);
        if (!this.site.equals(whereabouts.site())
                || !configuration.equals(whereabouts.configuration())
                || !history.equals(whereabouts.history())) {
            LOG.error(
                    "Followers are told \"{}\" only: site, configurationAt and historyAt have at most {} characters, and"
                            + " name no user and no password; see etc/org.openrtd.node.cfg",
                    whereabouts,
                    Whereabouts.MOST_CHARACTERS);
        }
    }

    /** By which other nodes know this one; the host's name unless configured. */
    public String name() {
        return name;
    }

    /** Where it stands; may be empty. */
    public String site() {
        return site;
    }

    /** What the sources of this node tell their followers, as far as its operator says. */
    public Whereabouts whereabouts() {
        return whereabouts;
    }
}
