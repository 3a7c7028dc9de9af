package org.openrtd.updater.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

@ObjectClassDefinition(
        name = "Updater",
        description = "Keeps the configuration in the local database in step with the centre."
                + " Where it is: org.ops4j.datasource-local.cfg. Changes restart nothing.")
@interface UpdaterConfig {

    @AttributeDefinition(
            name = "Rows of a part",
            description =
                    "How many rows one transaction changes at most when more than one transaction of the centre is"
                            + " brought about at once; more come in parts.",
            min = "1",
            max = "1000000")
    int partRows() default 5000;

    @AttributeDefinition(
            name = "Scrub interval",
            description =
                    "Milliseconds between two comparisons of all rows in the database with those that were written.",
            min = "1000")
    long scrubIntervalMillis() default 3_600_000;

    @AttributeDefinition(
            name = "Lease",
            description = "Seconds after which readers see the configuration as stale when the updater says nothing.",
            min = "3",
            max = "3600")
    int leaseSeconds() default 15;
}
