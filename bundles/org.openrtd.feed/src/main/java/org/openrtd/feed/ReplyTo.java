package org.openrtd.feed;

/**
 * Where a source's answers to one follower go. Made by the transport, never from an address that a message names.
 *
 * @param user the user that the broker validated
 * @param id what tells this user's connections apart
 */
public record ReplyTo(String user, String id) {

    public ReplyTo {
        if (user.isEmpty() || id.isEmpty()) {
            throw new IllegalArgumentException(
                    "An answer needs a user and an id, not \"" + user + "\", \"" + id + "\"");
        }
    }
}
