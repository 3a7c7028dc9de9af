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

        @AttributeDefinition(
                name = "Configuration at",
                description =
                        "What those who follow this node are told of where configuration is to be had and edited: an"
                                + " address, or a node's name. Empty: the centre's name; on a node that follows another, what"
                                + " that one says. Without user, password or token.")
        String configurationAt() default "";

        @AttributeDefinition(
                name = "History at",
                description = "The same of history, for example the address of a database or a page. Empty: as above.")
        String historyAt() default "";
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
