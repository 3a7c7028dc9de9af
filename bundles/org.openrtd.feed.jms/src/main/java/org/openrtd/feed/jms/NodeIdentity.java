package org.openrtd.feed.jms;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Which node this is, from {@code etc/org.openrtd.node.cfg}; an OSGi service. */
@Component(service = NodeIdentity.class, configurationPid = "org.openrtd.node")
public final class NodeIdentity {

    /** The keys of the file; their descriptions are the console's. */
    @interface Config {
        String name() default "";

        String site() default "";
    }

    private final String name;
    private final String site;

    @Activate
    public NodeIdentity(Config config) {
        this(config.name(), config.site());
    }

    /** @throws IllegalArgumentException when it is no name */
    public NodeIdentity(String name, String site) {
        this.name = NodeName.of(name);
        this.site = site.trim();
    }

    /** By which other nodes know this one; the host's name unless configured. */
    public String name() {
        return name;
    }

    /** Where it stands; may be empty. */
    public String site() {
        return site;
    }
}
