package org.openrtd.realtimeserver.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

@ObjectClassDefinition(
        name = "Real-time server",
        description =
                "Takes events from gateways, keeps them in the central database, and makes the feeds. Changes take"
                        + " effect at once, those of source, clock and zone when the bundle is restarted.")
@interface RealTimeServerConfig {

    @AttributeDefinition(
            name = "Source",
            description =
                    "What this centre is called in addresses. Only centres that share a broker need to differ here;"
                            + " gateways and distributors then append #SOURCE to the broker's address.")
    String source() default "central";

    @AttributeDefinition(
            name = "Clock",
            description = "Who moves the controller's clock: the one gateway that plays or simulates a day, or the"
                    + " controller, by the wall clock of this node.",
            options = {
                @Option(label = "the gateway", value = "gateway"),
                @Option(label = "the controller", value = "controller")
            })
    String clock() default "controller";

    @AttributeDefinition(
            name = "Configure automatically",
            description = "Gateways whose unknown agents, skill groups and call types are configured automatically,"
                    + " separated by commas; * for all. Events of others that name what is not configured are refused"
                    + " and counted.")
    String[] autoConfigure() default {};

    @AttributeDefinition(
            name = "Time zone",
            description = "Of the centre, by its IANA name: by it days and half hours of call types are cut. Empty: the"
                    + " node's. A new one needs a new central database.")
    String zone() default "";

    @AttributeDefinition(
            name = "Silent after",
            description = "Milliseconds without a sign of life after which a gateway counts as silent.",
            min = "100")
    long silentAfterMillis() default 2500;

    @AttributeDefinition(
            name = "Shortest interval",
            description = "Milliseconds between two batches of a feed while events keep coming, at least.",
            min = "1")
    long minIntervalMillis() default 50;

    @AttributeDefinition(
            name = "Heartbeat interval",
            description = "Milliseconds between heartbeats to distributors.",
            min = "10",
            max = "60000")
    long heartbeatIntervalMillis() default 1000;

    @AttributeDefinition(
            name = "Checkpoints",
            description = "Seconds between checkpoints: a start folds at most the events of so long a time again.",
            min = "1")
    long checkpointSeconds() default 60;

    @AttributeDefinition(
            name = "Ring",
            description = "Bytes of recent batches kept of each feed, for followers that missed some.",
            min = "0")
    long ringBytes() default 8 << 20;

    @AttributeDefinition(
            name = "Ring while serving",
            description = "Bytes kept of each feed at most while a snapshot is being fetched; not below the ring's.",
            min = "0")
    long servingRingBytes() default 32 << 20;

    @AttributeDefinition(
            name = "Snapshot life",
            description = "Milliseconds for which an encoded snapshot is given to further followers.",
            min = "1")
    long snapshotLifeMillis() default 10_000;

    @AttributeDefinition(
            name = "Waiting events",
            description = "Events that may wait for the central database; gateways wait with the rest.",
            min = "1")
    int maxWaitingEvents() default 20_000;
}
