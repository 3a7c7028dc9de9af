package org.openrtd.localdb.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

@ObjectClassDefinition(
        name = "Local database",
        description = "Keeps the rows of all feeds in SQL tables of this node. Where: org.ops4j.datasource-local.cfg.")
@interface LocalDbConfig {

    @AttributeDefinition(
            name = "Interval",
            description = "Milliseconds between two writings of a real-time feed, at least.",
            min = "10",
            max = "60000")
    long minIntervalMillis() default 500;

    @AttributeDefinition(
            name = "Empty after",
            description = "Age in seconds at which the rows of a real-time feed are deleted rather than left to lie.",
            min = "1")
    long emptyAfterSeconds() default 300;

    @AttributeDefinition(
            name = "Lease",
            description = "Seconds after which readers see a feed as stale whose writer says nothing any more.",
            min = "2",
            max = "3600")
    int leaseSeconds() default 15;
}
