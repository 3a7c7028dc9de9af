package org.openrtd.feed.jms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openrtd.feed.Whereabouts;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

class NodeComponentTest {

    /** What is registered as a service. */
    private final List<Object> offered = new ArrayList<>();

    private final NodeComponent node = new NodeComponent(container(), config("north-1", "north", "", ""));

    private NodeIdentity only() {
        assertEquals(1, offered.size(), "services");
        return (NodeIdentity) offered.get(0);
    }

    @Test
    void tellsFollowersOtherPlacesWithoutAnotherIdentity() {
        NodeIdentity before = only();
        assertEquals(new Whereabouts("north", "", ""), before.whereabouts());

        node.modified(config("north-1", "north", "central", "https://north-1:8443/"));
        assertSame(before, only(), "roles that have it would begin anew");
        assertEquals(new Whereabouts("north", "central", "https://north-1:8443/"), before.whereabouts());

        node.modified(config("north-1", " north ", "", "jdbc:derby://north:1527/x;password=y"));
        assertSame(before, only());
        assertEquals(new Whereabouts("north", "", ""), before.whereabouts(), "no password is told");
    }

    @Test
    void isAnotherOneByAnotherNameOrSite() {
        NodeIdentity before = only();
        node.modified(config("north-2", "north", "", ""));
        assertEquals("north-2", only().name());
        node.modified(config("north-2", "south", "", ""));
        assertEquals(new Whereabouts("south", "", ""), only().whereabouts());
        assertEquals("north-1", before.name());
    }

    @Test
    void goesOnWhenItsNewNameIsNone() {
        NodeIdentity before = only();
        node.modified(config("north/1", "south", "", ""));
        assertSame(before, only());
    }

    @Test
    void offersNothingWhenItIsClosed() {
        node.close();
        assertEquals(List.of(), offered);
    }

    private static NodeComponent.Config config(String name, String site, String configurationAt, String historyAt) {
        Map<String, String> values =
                Map.of("name", name, "site", site, "configurationAt", configurationAt, "historyAt", historyAt);
        return (NodeComponent.Config) Proxy.newProxyInstance(
                NodeComponentTest.class.getClassLoader(),
                new Class<?>[] {NodeComponent.Config.class},
                (self, method, arguments) -> values.get(method.getName()));
    }

    /** A container that only knows what is registered. */
    private BundleContext container() {
        ClassLoader loader = NodeComponentTest.class.getClassLoader();
        return (BundleContext)
                Proxy.newProxyInstance(loader, new Class<?>[] {BundleContext.class}, (self, method, arguments) -> {
                    Object service = arguments[1];
                    offered.add(service);
                    return Proxy.newProxyInstance(
                            loader, new Class<?>[] {ServiceRegistration.class}, (registration, called, given) -> {
                                offered.remove(service);
                                return null;
                            });
                });
    }
}
