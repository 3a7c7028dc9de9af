package org.openrtd.console.internal;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** What this node is called, from {@code etc/org.openrtd.node.cfg}. */
@Component(service = Node.class, configurationPid = "org.openrtd.node")
@Designate(ocd = Node.Config.class)
public final class Node {

    @ObjectClassDefinition(name = "Node", description = "What this node is called and where it stands.")
    @interface Config {

        @AttributeDefinition(
                name = "Name",
                description = "Differs from the names of the other nodes of the system. Empty: the host's name.")
        String name() default "";

        @AttributeDefinition(name = "Site", description = "The site it stands at, for example north.")
        String site() default "";
    }

    private record Identity(String name, String site) {}

    private volatile Identity identity;

    @Activate
    public Node(Config config) {
        modified(config);
    }

    @Modified
    void modified(Config config) {
        identity = new Identity(
                config.name().isBlank() ? host() : config.name().strip(),
                config.site().strip());
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException unnamed) {
            return "localhost";
        }
    }

    String name() {
        return identity.name();
    }

    String site() {
        return identity.site();
    }
}
