package org.openrtd.derby.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

@ObjectClassDefinition(
        name = "Derby",
        description = "The database engine inside this node. A change takes effect when the node starts again.")
@interface DerbyConfig {

    @AttributeDefinition(
            name = "Home",
            description = "Directory that relative database names start from; Derby's own log lies there too.")
    String home() default "";

    @AttributeDefinition(
            name = "Lock wait timeout",
            description = "Seconds a statement waits for a lock before it fails.",
            min = "1")
    int lockWaitTimeoutSeconds() default 20;
}
