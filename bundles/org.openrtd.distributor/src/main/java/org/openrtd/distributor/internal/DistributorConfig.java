package org.openrtd.distributor.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

@ObjectClassDefinition(
        name = "Distributor",
        description = "Follows the central controller and holds the site's replica. A change keeps what it holds.")
@interface DistributorConfig {

    @AttributeDefinition(
            name = "Centre",
            description =
                    "The brokers of the centre, in order of preference, separated by commas: tcp://host:port, with"
                            + " TLS tcp://host:port?sslEnabled=true&trustStorePath=FILE&trustStorePassword=PASSWORD, or local for"
                            + " a centre in this node. Append #NAME for a centre that is not called central in addresses.")
    String[] centreUrls() default {};

    @AttributeDefinition(name = "User", description = "This distributor's user at the centre.")
    String user() default "";

    @AttributeDefinition(name = "Password", description = "That user's password.", type = AttributeType.PASSWORD)
    String password() default "";

    @AttributeDefinition(name = "Feeds", description = "The feeds to follow, separated by commas.")
    String[] feeds() default {"calls", "agents", "config"};

    @AttributeDefinition(
            name = "Heartbeat interval",
            description = "Milliseconds within which the centre sends a heartbeat, as set there.",
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
            name = "Standby",
            description =
                    "live: always follows the centre, so that its rows are at hand when clients change over to it,"
                            + " for the traffic of another distributor. idle: only holds a connection to the centre; follows calls"
                            + " and agents while clients ask for them. The configuration it follows always.")
    String standby() default "live";

    @AttributeDefinition(
            name = "Idle after",
            description =
                    "Seconds after which it is idle again when no client asks any more; only with standby = idle.",
            min = "10")
    int idleAfterSeconds() default 600;
}
