package org.openrtd.centraldb.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

@ObjectClassDefinition(
        name = "Central database",
        description = "How long the logs are kept, and what automatic configuration gives new rows.")
@interface CentralDatabaseConfig {

    @AttributeDefinition(
            name = "Event log retention",
            description =
                    "Hours an event is kept at least. What a start of the centre needs is kept however old it is.",
            min = "0")
    int eventLogRetentionHours() default 24;

    @AttributeDefinition(
            name = "Change log retention",
            description =
                    "Days a configuration transaction is kept in the change log, Config_Message_Log. What a start of"
                            + " the centre needs is kept however old it is.",
            min = "0")
    int changeLogRetentionDays() default 90;

    @AttributeDefinition(
            name = "Change log size",
            description =
                    "Megabytes of configuration transactions that the change log keeps at most, however young they"
                            + " are. What a start of the centre needs is kept all the same.",
            min = "1")
    int changeLogMaxMegabytes() default 256;

    @AttributeDefinition(
            name = "Service level threshold",
            description = "Seconds within which a call is to be answered, for call types and skill groups that are"
                    + " configured automatically.",
            min = "0")
    int serviceLevelThresholdSeconds() default 20;

    @AttributeDefinition(
            name = "Service level type",
            description = "How abandoned calls count in the service level of call types and skill groups that are"
                    + " configured automatically: 1 not at all, 2 against it, 3 for it.",
            min = "1",
            max = "3")
    int serviceLevelType() default 1;

    @AttributeDefinition(
            name = "Abandon wait",
            description = "Seconds below which an abandoned call is a short call, for call types that are configured"
                    + " automatically; 0 for none.",
            min = "0")
    int abandonWaitSeconds() default 0;
}
