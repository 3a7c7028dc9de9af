package org.openrtd.web.internal;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;

/** What this node is called, from {@code etc/org.openrtd.node.cfg}, which the console describes. */
@Component(service = NodeName.class, configurationPid = "org.openrtd.node")
public final class NodeName {

    /** The settings. */
    @interface Config {
        String name() default "";

        String site() default "";
    }

    private volatile String name;
    private volatile String site;

    @Activate
    public NodeName(Config config) {
        modified(config);
    }

    @Modified
    void modified(Config config) {
        name = config.name().isBlank() ? host() : config.name().strip();
        site = config.site().strip();
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException unnamed) {
            return "localhost";
        }
    }

    String name() {
        return name;
    }

    String site() {
        return site;
    }
}
