package org.openrtd.itests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;
import static org.openrtd.itests.OpenRtdOptions.central;
import static org.openrtd.itests.OpenRtdOptions.openrtd;
import static org.openrtd.itests.OpenRtdOptions.simulator;
import static org.openrtd.itests.OpenRtdOptions.site;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import javax.inject.Inject;
import org.apache.karaf.features.BootFinished;
import org.apache.karaf.features.Feature;
import org.apache.karaf.features.FeaturesService;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;

/** One container that is centre and distributor at once, and then everything else too. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class OneContainerIT {

    @Inject
    private BootFinished boot;

    @Inject
    private FeaturesService features;

    @Inject
    private BundleContext context;

    @Configuration
    public Option[] everything() {
        return options(openrtd(), central(), simulator(), site("north"));
    }

    @Test
    public void holdsTheSitesReplicasBesideTheCentresOwn() throws Exception {
        Set<String> wanted = Set.of("agents", "calls", "config");
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (!feedsOf("distributor").equals(wanted)) {
            assertTrue("in time: " + feedsOf("distributor"), System.nanoTime() < end);
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    @Test
    public void takesEachFeatureAndHasAllBundlesActive() throws Exception {
        Set<String> failed = new TreeSet<>();
        for (Feature feature : features.listFeatures()) {
            if (feature.getName().startsWith("openrtd-") && !feature.getName().contains("client-aw")) {
                features.installFeature(feature.getName(), feature.getVersion());
                if (!features.isInstalled(feature)) {
                    failed.add(feature.getName());
                }
            }
        }
        assertEquals(Set.of(), failed);
        List<String> inactive = new ArrayList<>();
        for (Bundle bundle : context.getBundles()) {
            if (bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null && bundle.getState() != Bundle.ACTIVE) {
                inactive.add(bundle.getSymbolicName());
            }
        }
        assertEquals(List.of(), inactive);
    }

    @Test
    public void importsNoPackageOptionallyIntoItsWrappers() {
        for (Bundle bundle : context.getBundles()) {
            String name = bundle.getSymbolicName();
            if (name.equals("org.openrtd.artemis") || name.equals("org.openrtd.derby")) {
                // Or the next feature that brings such a package would re-wire broker or database, and restart them.
                assertFalse(
                        name, bundle.getHeaders().get(Constants.IMPORT_PACKAGE).contains("optional"));
                assertEquals(name, null, bundle.getHeaders().get(Constants.DYNAMICIMPORT_PACKAGE));
            }
        }
    }

    private Set<String> feedsOf(String role) throws Exception {
        Set<String> feeds = new TreeSet<>();
        ServiceReference<?>[] replicas = context.getAllServiceReferences("org.openrtd.feed.Replica", null);
        if (replicas != null) {
            for (ServiceReference<?> replica : replicas) {
                if (replica.getBundle().getSymbolicName().equals("org.openrtd." + role)) {
                    feeds.add((String) replica.getProperty("feed"));
                }
            }
        }
        return feeds;
    }
}
