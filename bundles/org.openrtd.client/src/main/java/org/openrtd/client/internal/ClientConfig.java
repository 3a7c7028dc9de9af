package org.openrtd.client.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

@ObjectClassDefinition(
        name = "Client",
        description = "Follows a distributor of the site. A change keeps what it holds.")
@interface ClientConfig {

    @AttributeDefinition(
            name = "Distributors",
            description =
                    "The brokers of the distributors, in order of preference, separated by commas: tcp://host:port, with"
                            + " TLS tcp://host:port?sslEnabled=true&trustStorePath=FILE&trustStorePassword=PASSWORD, or local for"
                            + " a distributor in this node. Append #NAME for one that is not called distributor in addresses.")
    String[] distributorUrls() default {};

    @AttributeDefinition(name = "User", description = "This client's user at the distributors.")
    String user() default "";

    @AttributeDefinition(name = "Password", description = "That user's password.", type = AttributeType.PASSWORD)
    String password() default "";

    @AttributeDefinition(name = "Feeds", description = "The feeds to follow, separated by commas.")
    String[] feeds() default {"calls", "agents", "config"};

    @AttributeDefinition(
            name = "Heartbeat interval",
            description = "Milliseconds within which distributors send a heartbeat, as set there.",
            min = "1")
    long heartbeatIntervalMillis() default 1000;

    @AttributeDefinition(
            name = "Resume timeout",
            description = "Milliseconds without progress after which the next broker is tried.",
            min = "1")
    long resumeTimeoutMillis() default 5000;

    @AttributeDefinition(
            name = "Stale after",
            description =
                    "Age in milliseconds at which numbers count as not current; longer than a heartbeat interval.",
            min = "2")
    long staleAfterMillis() default 3000;

    @AttributeDefinition(
            name = "Longest back-off",
            description = "Milliseconds between attempts to connect, at most.",
            min = "200")
    long maxBackOffMillis() default 5000;

    @AttributeDefinition(
            name = "Return to the primary",
            description =
                    "Whether to go back to the primary by itself when it has been well again for ten heartbeats; else"
                            + " rtd:failover does.")
    boolean returnToPrimary() default false;
}
