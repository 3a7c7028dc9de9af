package org.openrtd.clientfeed.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

@ObjectClassDefinition(
        name = "Client feed",
        description = "Passes every feed that this node holds on to the site's clients, over this node's broker.")
@interface ClientFeedConfig {

    @AttributeDefinition(
            name = "Source",
            description = "What this client feed is called in addresses. Only distributors that share a broker need to"
                    + " differ here; clients then append #SOURCE to the broker's address.")
    String source() default "distributor";

    @AttributeDefinition(
            name = "Primary",
            description = "Whether clients that know several distributors are to follow this one rather than another of"
                    + " equal health. Of a site's distributors one is the primary.")
    boolean primary() default false;

    @AttributeDefinition(
            name = "Heartbeat interval",
            description = "Milliseconds between heartbeats to clients.",
            min = "10",
            max = "60000")
    long heartbeatIntervalMillis() default 1000;

    @AttributeDefinition(
            name = "Ring",
            description = "Bytes of recent batches kept of each feed, for clients that missed some.",
            min = "0")
    long ringBytes() default 8 << 20;

    @AttributeDefinition(
            name = "Ring while serving",
            description = "Bytes kept of each feed at most while a snapshot is being fetched; not below the ring's.",
            min = "0")
    long servingRingBytes() default 32 << 20;

    @AttributeDefinition(
            name = "Snapshot life",
            description = "Milliseconds for which an encoded snapshot is given to further clients.",
            min = "1")
    long snapshotLifeMillis() default 10_000;

    @AttributeDefinition(
            name = "Follow",
            description =
                    "Only in a container without the role distributor: the brokers to follow, as centreUrls there.")
    String[] followUrls() default {};

    @AttributeDefinition(name = "User", description = "The user there; only with followUrls.")
    String user() default "";

    @AttributeDefinition(name = "Password", description = "That user's password.", type = AttributeType.PASSWORD)
    String password() default "";

    @AttributeDefinition(name = "Feeds", description = "The feeds to follow there; only with followUrls.")
    String[] feeds() default {"calls", "agents", "config"};

    @AttributeDefinition(
            name = "Stale after",
            description = "Age in milliseconds at which numbers count as not current; only with followUrls.",
            min = "2")
    long staleAfterMillis() default 3000;
}
