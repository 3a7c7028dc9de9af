package org.openrtd.web.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

@ObjectClassDefinition(
        name = "Web",
        description =
                "The supervisor's page, and the node's tables over HTTP. A change restarts the server; streams resume.")
@interface WebConfig {

    @AttributeDefinition(
            name = "Host",
            description = "Address to listen on. Beyond loopback, TLS or allowPlain is needed.")
    String host() default "127.0.0.1";

    @AttributeDefinition(name = "Port", description = "TCP port to listen on.", min = "0", max = "65535")
    int port() default 8080;

    @AttributeDefinition(
            name = "Allow plain",
            description = "Listen beyond loopback without TLS: passwords and data can then be read on the network.")
    boolean allowPlain() default false;

    @AttributeDefinition(
            name = "Key store",
            description = "File with the server's key and certificate (PKCS12 or JKS); turns TLS on. Read again when it"
                    + " changes.")
    String keyStorePath() default "";

    @AttributeDefinition(
            name = "Key store password",
            description = "Opens the key store.",
            type = AttributeType.PASSWORD)
    String keyStorePassword() default "";

    @AttributeDefinition(
            name = "Proxy",
            description =
                    "Addresses, separated by commas, of proxies in front of this node: who asks, and whether over TLS,"
                            + " is taken from their X-Forwarded-For and X-Forwarded-Proto.")
    String proxy() default "";

    @AttributeDefinition(
            name = "Most connections",
            description = "Connections at one time; one more waits until another ends.",
            min = "1")
    int maxConnections() default 4000;

    @AttributeDefinition(name = "Most streams", description = "Streams at one time; one more is refused.", min = "0")
    int maxStreams() default 2000;

    @AttributeDefinition(
            name = "Most streams of a user",
            description = "Streams of one user at one time; one more is refused.",
            min = "0")
    int maxStreamsOfUser() default 1000;

    @AttributeDefinition(
            name = "Session hours",
            description = "Hours for which a browser stays signed in, over restarts of the node too.",
            min = "1")
    int sessionHours() default 168;
}
