package org.openrtd.client.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

@ObjectClassDefinition(
        name = "Recorder",
        description = "Writes all that a client receives to files, as JSON Lines: one row change a line.")
@interface RecorderConfig {

    @AttributeDefinition(
            name = "Directory",
            description =
                    "Where the files go, one for each feed (calls.jsonl, ...); made when it is missing. What is there"
                            + " is continued. Empty: nothing is written.")
    String directory() default "";
}
