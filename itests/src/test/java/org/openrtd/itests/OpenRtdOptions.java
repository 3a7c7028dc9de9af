package org.openrtd.itests;

import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.vmOption;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.configureConsole;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.editConfigurationFileExtend;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.editConfigurationFilePut;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.karafDistributionConfiguration;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.keepRuntimeFolder;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import org.ops4j.pax.exam.Option;

/** The words that tests inside a container are written in. */
final class OpenRtdOptions {

    private static final String KARAF = System.getProperty("karaf.version");

    private OpenRtdOptions() {}

    /** The assembly that this build made, on ports nobody else uses, without a role. */
    static Option openrtd() {
        return composite(
                karafDistributionConfiguration()
                        .frameworkUrl("file:" + System.getProperty("openrtd.assembly"))
                        .karafVersion(KARAF)
                        .name("OpenRTD")
                        .unpackDirectory(new File(System.getProperty("openrtd.target", "target"), "exam"))
                        .useDeployFolder(false),
                configureConsole().ignoreLocalConsole().ignoreRemoteShell(),
                keepRuntimeFolder(),
                set("org.apache.karaf.shell", "sshPort", KarafNode.freePort()),
                set("org.apache.karaf.management", "rmiRegistryPort", KarafNode.freePort()),
                set("org.apache.karaf.management", "rmiServerPort", KarafNode.freePort()),
                set("org.openrtd.broker", "port", KarafNode.freePort()),
                // The test's own bundles come from the local repository; nothing comes over the network.
                set(
                        "org.ops4j.pax.url.mvn",
                        "org.ops4j.pax.url.mvn.localRepository",
                        System.getProperty("maven.local.repository")),
                composite(javaOptions().toArray(new Option[0])));
    }

    /** Makes the container a central controller, with automatic configuration. */
    static Option central() {
        return composite(
                features("openrtd-central-controller"),
                set("org.openrtd.node", "name", "central"),
                set("org.openrtd.realtimeserver", "clock", "gateway"),
                set("org.openrtd.realtimeserver", "autoConfigure", "*"));
    }

    /** Puts a small simulated contact centre into the container, which feeds the centre there. */
    static Option simulator() {
        return composite(
                features("openrtd-gateway-simulator"),
                set("org.openrtd.gateway.simulator", "agents", 12),
                set("org.openrtd.gateway.simulator", "callsPerHour", 240));
    }

    /** Makes the container also the distributor of a site that follows the centre there. */
    static Option site(String name) {
        return composite(
                features("openrtd-distributor-aw"),
                set("org.openrtd.node", "site", name),
                set("org.openrtd.distributor", "centreUrls", "local"));
    }

    /** Features that are there when the container is up. */
    static Option features(String... names) {
        return editConfigurationFileExtend(
                "etc/org.apache.karaf.features.cfg", "featuresBoot", String.join(",", names));
    }

    /** Overrides one setting of one configuration. */
    static Option set(String pid, String key, Object value) {
        return editConfigurationFilePut("etc/" + pid + ".cfg", key, value.toString());
    }

    /** What bin/karaf gives to Java; without it the container never comes up, and says nothing. */
    private static List<Option> javaOptions() {
        List<Option> options = new ArrayList<>();
        options.add(vmOption("-Xmx512m"));
        options.add(vmOption("-XX:TieredStopAtLevel=1"));
        options.add(vmOption("--add-reads=java.xml=java.logging"));
        options.add(vmOption("--add-exports=java.base/org.apache.karaf.specs.locator=java.xml,ALL-UNNAMED"));
        for (String module : List.of("java.base=locator", "java.xml=java.xml")) {
            String[] parts = module.split("=");
            options.add(vmOption("--patch-module"));
            options.add(vmOption(parts[0] + "=lib/endorsed/org.apache.karaf.specs." + parts[1] + "-" + KARAF + ".jar"));
        }
        for (String opened : List.of(
                "java.base/java.security",
                "java.base/java.net",
                "java.base/java.lang",
                "java.base/java.util",
                "java.naming/javax.naming.spi",
                "java.rmi/sun.rmi.transport.tcp")) {
            options.add(vmOption("--add-opens"));
            options.add(vmOption(opened + "=ALL-UNNAMED"));
        }
        for (String exported : List.of(
                "java.base/sun.net.www.protocol.http",
                "java.base/sun.net.www.protocol.https",
                "java.base/sun.net.www.protocol.jar",
                "java.base/sun.net.www.protocol.file",
                "jdk.naming.rmi/com.sun.jndi.url.rmi",
                "java.rmi/sun.rmi.registry")) {
            options.add(vmOption("--add-exports=" + exported + "=ALL-UNNAMED"));
        }
        return options;
    }
}
