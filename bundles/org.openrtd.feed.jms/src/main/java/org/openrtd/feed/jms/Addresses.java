package org.openrtd.feed.jms;

import java.util.regex.Pattern;

/** The addresses on a broker, and who may use them. */
public final class Addresses {

    /** May send events to a centre, and read the replies. */
    public static final String GATEWAY_ROLE = "rtd-gateway";
    /** May read the feeds of a centre. */
    public static final String DISTRIBUTOR_ROLE = "rtd-distributor";
    /** May read the feeds of a distributor. */
    public static final String CLIENT_ROLE = "rtd-client";
    /** May edit the configuration by way of a source, and read the replies. */
    public static final String EDITOR_ROLE = "rtd-editor";

    /** What a centre is called in addresses, unless configured: two sides that share a broker differ here. */
    public static final String CENTRE = "central";
    /** What a client feed is called in addresses, unless configured: two distributors that share a broker differ here. */
    public static final String DISTRIBUTOR = "distributor";

    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private Addresses() {}

    /** The topic on which a source publishes batches and heartbeats: {@code openrtd.<feed>.<source>}. */
    public static String topic(String feed, String source) {
        return "openrtd." + word(feed) + "." + word(source);
    }

    /** The queue on which a source takes requests: {@code openrtd.<feed>.<source>.resume}. */
    public static String resume(String feed, String source) {
        return topic(feed, source) + ".resume";
    }

    /** The queue on which a centre takes events: {@code openrtd.events.<centre>}. */
    public static String events(String centre) {
        return "openrtd.events." + word(centre);
    }

    /** The queue on which a source takes edits of the configuration: {@code openrtd.configuration.<source>}. */
    public static String configuration(String source) {
        return "openrtd.configuration." + word(source);
    }

    /** The queue on which a source is told of its followers' copies: {@code openrtd.status.<source>}. */
    public static String status(String source) {
        return "openrtd.status." + word(source);
    }

    /**
     * Where replies for a user go, {@code openrtd.reply.<user>.<id>}: a topic, as the subscription then ends with its
     * connection and leaves nothing behind. Only that user may read it; only the node sends to it.
     */
    public static String reply(String user, String id) {
        return replies(word(user)) + word(id);
    }

    /** What all addresses begin with where replies for a user go. */
    static String replies(String user) {
        return "openrtd.reply." + user + ".";
    }

    /**
     * Checks a name that becomes part of an address.
     *
     * @throws IllegalArgumentException when it is anything but 1 to 64 letters, digits, {@code _} and {@code -}: a dot or
     *     a wildcard would reach other addresses
     */
    public static String word(String name) {
        if (name == null || !WORD.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "A name in an address has 1 to 64 letters, digits, '-' or '_'; not '" + name + "'");
        }
        return name;
    }
}
