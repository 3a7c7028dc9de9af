package org.openrtd.feed.jms;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** The name of a node, by which people know what comes from it. */
public final class NodeName {

    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}._ -]{1,64}");

    private NodeName() {}

    /**
     * The name as configured, or the host's when it is empty.
     *
     * @throws IllegalArgumentException when it is no name
     */
    public static String of(String configured) {
        if (configured != null && !configured.isBlank()) {
            return check(configured.trim());
        }
        try {
            return check(InetAddress.getLocalHost().getHostName());
        } catch (UnknownHostException | IllegalArgumentException unnamed) {
            return "unnamed";
        }
    }

    /** @throws IllegalArgumentException when it is no name */
    public static String check(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "A node's name has 1 to 64 letters, digits, '.', '_', '-' and spaces; set name, of a node in"
                            + " etc/org.openrtd.node.cfg");
        }
        return name;
    }
}
