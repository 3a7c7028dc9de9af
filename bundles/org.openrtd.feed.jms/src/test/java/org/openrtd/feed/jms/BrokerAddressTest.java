package org.openrtd.feed.jms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.Map;
import org.apache.activemq.artemis.api.core.client.ServerLocator;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
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

    @Test
    void statesOurTimeOutsAndThoseOfTheSettingToTheLibrary() {
        for (int i = 0; i < 2; i++) {
            // The second time it is known.
            try (ActiveMQConnectionFactory made = BrokerAddress.parse(
                            "tcp://host:61616?callTimeout=7000&sslEnabled=true&trustStorePath=a&consumerWindowSize=1#x")
                    .connections()) {
                ServerLocator locator = made.getServerLocator();
                assertEquals(7000, locator.getCallTimeout());
                assertEquals(1, locator.getConsumerWindowSize());
                assertEquals(5000, locator.getConnectionTTL());
                assertEquals(0, locator.getReconnectAttempts());
                assertFalse(locator.isBlockOnNonDurableSend());
                assertFalse(locator.getUseTopologyForLoadBalancing());
                assertFalse(made.isHA());
                Map<String, Object> line = locator.getStaticTransportConfigurations()[0].getParams();
                assertEquals("host", line.get("host"));
                assertEquals("61616", line.get("port").toString());
                assertEquals("true", line.get("sslEnabled").toString());
                assertEquals("a", line.get("trustStorePath"));
                assertEquals("2000", line.get("connect-timeout-millis").toString());
                // Of this one alone.
                locator.setCallTimeout(1);
            }
        }
    }
}
