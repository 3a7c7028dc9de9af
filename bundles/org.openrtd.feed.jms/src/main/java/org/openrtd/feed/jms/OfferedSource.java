package org.openrtd.feed.jms;

/**
 * A source that a role of this node offers on the node's broker: an OSGi service as long as the role does so. Who serves
 * the same followers, beside the feeds, opens addresses of that source.
 *
 * @param name in addresses
 * @param readerRole whose users may follow
 */
public record OfferedSource(String name, String readerRole) {

    public OfferedSource {
        Addresses.word(name);
    }

    /** Whether its followers are distributors, which have brokers of their own and vouch for the users there. */
    public boolean toDistributors() {
        return readerRole.equals(Addresses.DISTRIBUTOR_ROLE);
    }
}
