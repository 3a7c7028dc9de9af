package org.openrtd.itests;

/** The words the tests of several nodes are written in: who a node is, and whom it may talk to. */
final class Centre {

    private Centre() {}

    /** A central controller with a small simulated contact centre in it. */
    static KarafNode central(Class<?> test) {
        return KarafNode.unpack(test, "central")
                .set("org.openrtd.realtimeserver", "clock", "gateway")
                .set("org.openrtd.realtimeserver", "autoConfigure", "*")
                .features("openrtd-central-controller");
    }

    static KarafNode simulated(KarafNode central) {
        return central.set("org.openrtd.gateway.simulator", "agents", 12)
                .set("org.openrtd.gateway.simulator", "callsPerHour", 240)
                .features("openrtd-gateway-simulator");
    }

    /** The distributor of a site, as a user of the centre. */
    static KarafNode distributor(Class<?> test, String site, KarafNode central) {
        String password = KarafNode.secret();
        central.user(site, password, "rtd-distributor,rtd-editor");
        return KarafNode.unpack(test, site)
                .set("org.openrtd.node", "site", site)
                .set("org.openrtd.distributor", "centreUrls", central.brokerUrl())
                .set("org.openrtd.distributor", "user", site)
                .set("org.openrtd.distributor", "password", password)
                .features("openrtd-distributor-aw");
    }

    /** Only the half of a distributor that feeds clients; it follows the centre for itself. */
    static KarafNode clientFeed(Class<?> test, String name, KarafNode central) {
        String password = KarafNode.secret();
        central.user(name, password, "rtd-distributor,rtd-editor");
        return KarafNode.unpack(test, name)
                .set("org.openrtd.clientfeed", "followUrls", central.brokerUrl())
                .set("org.openrtd.clientfeed", "user", name)
                .set("org.openrtd.clientfeed", "password", password)
                .features("openrtd-client-feed");
    }

    /** A client of a distributor, as a user of that. */
    static KarafNode client(Class<?> test, String name, KarafNode distributor) {
        String password = KarafNode.secret();
        distributor.user(name, password, "rtd-client,rtd-editor");
        return KarafNode.unpack(test, name)
                .set("org.openrtd.client", "distributorUrls", distributor.brokerUrl())
                .set("org.openrtd.client", "user", name)
                .set("org.openrtd.client", "password", password)
                .features("openrtd-client-aw");
    }
}
