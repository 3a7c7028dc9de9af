package org.openrtd.feed.jms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

class BrokerAddressTest {

    @Test
    void saysWhichSourceButNoParameters() {
        assertEquals(
                "tcp://host:61616#second",
                BrokerAddress.parse("tcp://host:61616?sslEnabled=true&trustStorePassword=secret#second")
                        .toString());
        assertEquals("local#second", BrokerAddress.parse("local#second").toString());
        assertEquals("tcp://host:61616", BrokerAddress.parse("tcp://host:61616").toString());
    }

    @Test
    void isAnotherOneWithOtherParameters() {
        assertNotEquals(
                BrokerAddress.parse("tcp://host:61616?sslEnabled=true&trustStorePath=a"),
                BrokerAddress.parse("tcp://host:61616?sslEnabled=true&trustStorePath=b"));
    }
}
