package org.openrtd.broker.internal;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.activemq.artemis.core.security.CheckType;
import org.openrtd.feed.jms.Addresses;

/**
 * Who may do what at which address. What no rule allows is refused, the broker's own management addresses included.
 *
 * <ul>
 *   <li>An open topic: the node's user sends; the reader role subscribes.
 *   <li>An open queue: the sender role sends; the node's user reads.
 *   <li>{@code openrtd.reply.<user>.<id>}: only that user subscribes; only the node's user sends.
 *   <li>The node's user may also subscribe to topics and send to queues: a role here may follow another role here.
 * </ul>
 */
final class AddressRules {

    static final String REPLY = "openrtd.reply.";

    /** Of an authenticated user. */
    record User(String name, Set<String> roles, boolean node) {}

    private final Map<String, String> readers = new ConcurrentHashMap<>();
    private final Map<String, String> senders = new ConcurrentHashMap<>();

    void openTopic(String address, String readerRole) {
        readers.put(address, readerRole);
    }

    void openQueue(String address, String senderRole) {
        senders.put(address, senderRole);
    }

    void close(String address) {
        readers.remove(address);
        senders.remove(address);
    }

    boolean allows(User user, CheckType action, String address) {
        if (address.startsWith(REPLY)) {
            return allowsReply(user, action, address.substring(REPLY.length()));
        }
        String reader = readers.get(address);
        if (reader != null) {
            return switch (Action.of(action)) {
                case SUBSCRIBE -> user.node() || user.roles().contains(reader);
                case SEND -> user.node();
                default -> false;
            };
        }
        String sender = senders.get(address);
        if (sender != null) {
            return switch (Action.of(action)) {
                case SEND -> user.node() || user.roles().contains(sender);
                case SUBSCRIBE -> user.node() && action == CheckType.CONSUME;
                default -> false;
            };
        }
        return false;
    }

    private static boolean allowsReply(User user, CheckType action, String rest) {
        int dot = rest.indexOf('.');
        if (dot < 0) {
            return false;
        }
        try {
            Addresses.word(rest.substring(dot + 1));
        } catch (IllegalArgumentException wildcard) {
            return false;
        }
        boolean own = rest.substring(0, dot).equals(user.name());
        return switch (Action.of(action)) {
            case SUBSCRIBE, ADDRESS -> own;
            case SEND -> user.node();
            case OTHER -> false;
        };
    }

    /** What the broker distinguishes further than we do. */
    private enum Action {
        SEND,
        SUBSCRIBE,
        ADDRESS,
        OTHER;

        static Action of(CheckType type) {
            if (type == CheckType.SEND) {
                return SEND;
            }
            if (type == CheckType.CONSUME
                    || type == CheckType.CREATE_NON_DURABLE_QUEUE
                    || type == CheckType.DELETE_NON_DURABLE_QUEUE) {
                return SUBSCRIBE;
            }
            if (type == CheckType.CREATE_ADDRESS || type == CheckType.DELETE_ADDRESS) {
                return ADDRESS;
            }
            return OTHER;
        }
    }
}
