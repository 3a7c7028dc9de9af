package org.openrtd.broker.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

@ObjectClassDefinition(
        name = "Broker",
        description = "The Artemis broker inside this node. A change restarts it; who follows this node connects anew.")
@interface BrokerConfig {

    @AttributeDefinition(
            name = "Host",
            description = "Address to listen on. Beyond loopback, TLS or allowPlain is needed.")
    String host() default "127.0.0.1";

    @AttributeDefinition(
            name = "Port",
            description = "TCP port to listen on; 0 for none, when only roles of this node use the broker.",
            min = "0",
            max = "65535")
    int port() default 61616;

    @AttributeDefinition(
            name = "Allow plain",
            description = "Listen beyond loopback without TLS: passwords and data can then be read on the network.")
    boolean allowPlain() default false;

    @AttributeDefinition(
            name = "Key store",
            description =
                    "File with the broker's key and certificate (PKCS12 or JKS); turns TLS on. Read again when it changes.")
    String keyStorePath() default "";

    @AttributeDefinition(
            name = "Key store password",
            description = "Opens the key store.",
            type = AttributeType.PASSWORD)
    String keyStorePassword() default "";

    @AttributeDefinition(
            name = "Trust store",
            description =
                    "File with the certificates of clients, or of who signed them; needed to ask clients for theirs.")
    String trustStorePath() default "";

    @AttributeDefinition(
            name = "Trust store password",
            description = "Opens the trust store.",
            type = AttributeType.PASSWORD)
    String trustStorePassword() default "";

    @AttributeDefinition(
            name = "Require client certificate",
            description = "With TLS: also ask each client for a certificate that the trust store knows.")
    boolean requireClientCertificate() default false;

    @AttributeDefinition(
            name = "Most connections",
            description =
                    "Connections over TCP at one time; one more is refused. A follower has one for each feed, one for"
                            + " reports on its copies, and one while it edits.",
            min = "1")
    int maxConnections() default 6000;

    @AttributeDefinition(
            name = "Largest message",
            description = "KiB; a larger message is refused and its sender disconnected.",
            min = "64",
            max = "1024")
    int maxMessageKiB() default 256;

    @AttributeDefinition(
            name = "Messages per subscription",
            description = "Messages held for one subscriber that does not keep up; the oldest give way. An answer to a"
                    + " follower has up to 191.",
            min = "192")
    int subscriptionMessages() default 256;

    @AttributeDefinition(
            name = "Longest silence",
            description = "Seconds a connection may be silent; a client may ask for less, not for more.",
            min = "5")
    int maxSilenceSeconds() default 60;

    @AttributeDefinition(
            name = "Most connections of a user",
            description = "Connections over TCP of one user at one time; one more is refused. 0 for no bound but"
                    + " maxConnections.",
            min = "0")
    int maxUserConnections() default 0;

    @AttributeDefinition(
            name = "Most memory",
            description = "MiB that all waiting messages together may take; what does not fit is dropped, and asked for"
                    + " again. Above three quarters, those are disconnected who have the most answers waiting. At least"
                    + " 32; 0 for half of the heap.",
            min = "0")
    int maxMemoryMiB() default 0;
}
