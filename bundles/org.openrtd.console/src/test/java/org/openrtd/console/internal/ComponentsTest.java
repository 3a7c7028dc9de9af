package org.openrtd.console.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.osgi.framework.dto.BundleDTO;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.ReferenceDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;

class ComponentsTest {

    private final Map<ComponentDescriptionDTO, List<ComponentConfigurationDTO>> components = new LinkedHashMap<>();

    @Test
    void listsNoneThatRunsOrWouldAtOnce() {
        component("org.openrtd.client", "Client").state = ComponentConfigurationDTO.ACTIVE;
        component("org.openrtd.client", "Recorder").state = ComponentConfigurationDTO.SATISFIED;

        assertEquals(List.of(), down());
    }

    @Test
    void saysWhyOneFailed() {
        failed(
                "java.lang.IllegalArgumentException: zone is a time zone, not 'X': set it in etc/x.cfg\n\tat a.b(C.java:1)\n"
                        + "Caused by: java.time.DateTimeException: nobody wants this");

        assertEquals(
                List.of(new Components.Down(
                        "org.openrtd.realtimeserver (RealTimeServer)",
                        "FAILED",
                        "zone is a time zone, not 'X': set it in etc/x.cfg")),
                down());
    }

    @Test
    void looksThroughExceptionsThatSayNothingThemselves() {
        assertEquals(
                "port 61616 is in use",
                Components.reason("java.lang.reflect.InvocationTargetException\n\tat a.b(C.java:1)\n"
                        + "Caused by: java.lang.IllegalStateException: port 61616 is in use\n\tat d.e(F.java:2)"));
        assertEquals(
                "For input string: \"abc\"",
                Components.reason("org.osgi.service.component.ComponentException:"
                        + " java.lang.NumberFormatException: For input string: \"abc\""));
        assertEquals("java.lang.NullPointerException", Components.reason("java.lang.NullPointerException\n\tat a.b"));
        assertEquals("see the log", Components.reason(null));
    }

    @Test
    void namesTheServiceThatOneWaitsFor() {
        ComponentConfigurationDTO waiting = component("org.openrtd.centraldb", "CentralDatabase");
        waiting.state = ComponentConfigurationDTO.UNSATISFIED_REFERENCE;
        UnsatisfiedReferenceDTO unsatisfied = new UnsatisfiedReferenceDTO();
        unsatisfied.name = "dataSource";
        unsatisfied.target = "(dataSourceName=central)";
        waiting.unsatisfiedReferences = new UnsatisfiedReferenceDTO[] {unsatisfied};

        assertEquals("for DataSource (dataSourceName=central)", down().get(0).reason());
    }

    @Test
    void namesTheSettingsThatOneWaitsFor() {
        component("org.openrtd.gateway.replay", "ReplayGateway").state =
                ComponentConfigurationDTO.UNSATISFIED_CONFIGURATION;

        assertEquals("for etc/org.openrtd.gateway.replay.cfg", down().get(0).reason());
        assertEquals("WAITING", down().get(0).state());
    }

    @Test
    void leavesOutComponentsOfOthersAndPutsFailuresBeforeWhatWaitsForThem() {
        component("org.apache.karaf.x", "Other").state = ComponentConfigurationDTO.FAILED_ACTIVATION;
        component("org.openrtd.a", "A").state = ComponentConfigurationDTO.UNSATISFIED_CONFIGURATION;
        failed("java.lang.IllegalStateException: no");

        assertEquals(
                List.of("FAILED", "WAITING"),
                down().stream().map(Components.Down::state).toList());
    }

    private void failed(String trace) {
        ComponentConfigurationDTO configuration = component("org.openrtd.realtimeserver", "RealTimeServer");
        configuration.state = ComponentConfigurationDTO.FAILED_ACTIVATION;
        configuration.failure = trace;
    }

    private ComponentConfigurationDTO component(String bundle, String type) {
        ComponentDescriptionDTO component = new ComponentDescriptionDTO();
        component.implementationClass = bundle + ".internal." + type;
        component.bundle = new BundleDTO();
        component.bundle.symbolicName = bundle;
        component.configurationPid = new String[] {bundle};
        ReferenceDTO reference = new ReferenceDTO();
        reference.name = "dataSource";
        reference.interfaceName = "javax.sql.DataSource";
        component.references = new ReferenceDTO[] {reference};
        ComponentConfigurationDTO configuration = new ComponentConfigurationDTO();
        components.put(component, List.of(configuration));
        return configuration;
    }

    private List<Components.Down> down() {
        return Components.down(runtime());
    }

    private ServiceComponentRuntime runtime() {
        return (ServiceComponentRuntime) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ServiceComponentRuntime.class},
                (proxy, method, arguments) -> method.getName().equals("getComponentDescriptionDTOs")
                        ? components.keySet()
                        : components.get(arguments[0]));
    }
}
