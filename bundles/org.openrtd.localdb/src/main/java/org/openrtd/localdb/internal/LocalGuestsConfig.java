package org.openrtd.localdb.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

@ObjectClassDefinition(
        name = "Guests of the local database",
        description =
                "Lets outside JDBC clients read the local database, where that is Derby's. A change disconnects them.")
@interface LocalGuestsConfig {

    @AttributeDefinition(
            name = "Port",
            description = "TCP port to listen on; 0 for none, so that nobody is let in.",
            min = "0",
            max = "65535")
    int port() default 0;

    @AttributeDefinition(name = "Host", description = "Address to listen on. Beyond loopback, a key store is needed.")
    String host() default "127.0.0.1";

    @AttributeDefinition(name = "User", description = "The guests' user, which can do nothing but SELECT.")
    String user() default "";

    @AttributeDefinition(name = "Password", description = "That user's password.", type = AttributeType.PASSWORD)
    String password() default "";

    @AttributeDefinition(
            name = "Connections",
            description = "Connections of guests at one time; one more is refused.",
            min = "1",
            max = "1000")
    int maxConnections() default 5;

    @AttributeDefinition(
            name = "Locks",
            description = "Seconds for which a guest may keep a writer waiting; then it is disconnected.",
            min = "1",
            max = "15")
    int guestLockSeconds() default 5;

    @AttributeDefinition(
            name = "Key store",
            description =
                    "File with the server's key and certificate (PKCS12, or JKS by its name's end .jks); turns TLS on.")
    String keyStorePath() default "";

    @AttributeDefinition(
            name = "Key store password",
            description = "Opens the key store.",
            type = AttributeType.PASSWORD)
    String keyStorePassword() default "";
}
