package org.openrtd.feed.jms;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.activemq.artemis.api.config.ServerLocatorConfig;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.core.client.impl.ServerLocatorImpl;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/**
 * Where a broker is, as a setting states it: {@code tcp://host:port}, with TLS {@code
 * tcp://host:port?sslEnabled=true&trustStorePath=…}, or {@code local} for the node's own; behind a {@code #} the name of
 * the source there, when it is not the usual one.
 *
 * @param url without the source
 * @param source the source's name in addresses, or {@code null} for the usual one
 */
public record BrokerAddress(String url, String source) {

    /** The node's own broker. */
    public static final String LOCAL = "local";

    /**
     * Ours, not the client's: the client never reconnects by itself, and no call of it waits longer than five seconds, as
     * {@code resumeTimeout} is: a broker to which a whole site comes back at once is slow. A follower knows by its heartbeats
     * when a broker stops, long before. Sends never wait. Messages below 256 KiB (our parts have at most 64) never
     * become files.
     */
    private static final String OURS = "reconnectAttempts=0&initialConnectAttempts=1&callTimeout=5000"
            + "&callFailoverTimeout=5000&connectionTTL=5000&clientFailureCheckPeriod=1500&connect-timeout-millis=2000"
            + "&blockOnDurableSend=false&blockOnNonDurableSend=false&blockOnAcknowledge=false"
            + "&consumerWindowSize=262144&producerWindowSize=1048576&minLargeMessageSize=262144"
            + "&useTopologyForLoadBalancing=false";

    /**
     * What the library made of an address, by URL. It takes it apart by reflection, in a lock of the whole process, which is
     * most of what a connection costs; there are as many as settings name, and a few that they named before.
     */
    private static final Map<String, Read> READ = new ConcurrentHashMap<>();

    private static final int MOST_READ = 64;

    private record Read(List<TransportConfiguration> connectors, ServerLocatorConfig config) {}

    /** @throws IllegalArgumentException when it is no such address; the message says what one looks like */
    public static BrokerAddress parse(String text) {
        String trimmed = text.trim();
        int hash = trimmed.indexOf('#');
        String url = hash < 0 ? trimmed : trimmed.substring(0, hash);
        String source = hash < 0 ? null : Addresses.word(trimmed.substring(hash + 1));
        if (!url.equals(LOCAL)) {
            try {
                URI uri = new URI(url);
                if (!"tcp".equals(uri.getScheme()) || uri.getHost() == null || uri.getPort() < 1) {
                    throw wrong(url);
                }
            } catch (URISyntaxException e) {
                throw wrong(url);
            }
        }
        return new BrokerAddress(url, source);
    }

    /**
     * Several, in the order in which they are tried.
     *
     * @throws IllegalArgumentException when one is no address
     */
    public static List<BrokerAddress> parse(String[] texts) {
        List<BrokerAddress> addresses = new ArrayList<>();
        for (String text : texts) {
            if (!text.isBlank()) {
                addresses.add(parse(text));
            }
        }
        return List.copyOf(addresses);
    }

    private static IllegalArgumentException wrong(String url) {
        return new IllegalArgumentException("'" + withoutParameters(url)
                + "' is no broker's address: write tcp://host:port, or local for the broker of this node");
    }

    public boolean isLocal() {
        return url.equals(LOCAL);
    }

    /**
     * A factory of its own for whoever connects there, to be closed by him. It only holds settings; it connects when it is
     * asked for a connection.
     */
    ActiveMQConnectionFactory connections() {
        Read read = READ.get(url);
        if (read == null) {
            try (ActiveMQConnectionFactory once = new ActiveMQConnectionFactory(clientUrl())) {
                ServerLocatorImpl locator = (ServerLocatorImpl) once.getServerLocator();
                read = new Read(List.of(locator.getStaticTransportConfigurations()), locator.getLocatorConfig());
            }
            if (READ.size() >= MOST_READ) {
                READ.clear();
            }
            READ.put(url, read);
        }
        ServerLocatorImpl locator =
                new ServerLocatorImpl(false, read.connectors.toArray(new TransportConfiguration[0]));
        locator.setLocatorConfig(new ServerLocatorConfig(read.config));
        return new ActiveMQConnectionFactory(locator);
    }

    /** With our time-outs; what the setting states of the line itself counts more. */
    private String clientUrl() {
        StringBuilder made = new StringBuilder(url);
        for (String parameter : OURS.split("&")) {
            String key = parameter.substring(0, parameter.indexOf('=') + 1);
            if (!url.contains("?" + key) && !url.contains("&" + key)) {
                made.append(made.indexOf("?") < 0 ? '?' : '&').append(parameter);
            }
        }
        return made.toString();
    }

    /** For people: without parameters, among which may be a key store's password. */
    @Override
    public String toString() {
        return withoutParameters(url) + (source == null ? "" : "#" + source);
    }

    private static String withoutParameters(String url) {
        int query = url.indexOf('?');
        return query < 0 ? url : url.substring(0, query);
    }
}
