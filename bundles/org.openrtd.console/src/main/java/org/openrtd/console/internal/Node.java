package org.openrtd.console.internal;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;

/** What this node is called, from {@code etc/org.openrtd.node.cfg}. */
@Component(service = Node.class, configurationPid = "org.openrtd.node")
public final class Node {

    @interface Config {
        String name() default "";

        String site() default "";
    }

    private volatile Config config;

    @Activate
    public Node(Config config) {
        this.config = config;
    }

    @Modified
    void modified(Config config) {
        this.config = config;
    }

    String name() {
        return config.name();
    }

    String site() {
        return config.site();
    }
}
