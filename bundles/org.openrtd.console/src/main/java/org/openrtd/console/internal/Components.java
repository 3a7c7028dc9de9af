package org.openrtd.console.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.ReferenceDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;

/** Which of OpenRTD's components do not run, and why: one that did not start has no status of its own to tell it. */
final class Components {

    /**
     * A component that does not run.
     *
     * @param name its bundle and, in brackets, its class
     * @param state {@code FAILED} or {@code WAITING}
     */
    record Down(String name, String state, String reason) {}

    private static final String OURS = "org.openrtd.";

    // "java.lang.IllegalStateException: what it says", the first line and after each "Caused by: ".
    private static final Pattern THROWN =
            Pattern.compile("^(?:Caused by: )?([\\w.$]+(?:Exception|Error))(?:: (.*))?$", Pattern.MULTILINE);

    private Components() {}

    /** Those that failed first, since others may wait for them. */
    static List<Down> down(ServiceComponentRuntime runtime) {
        List<Down> down = new ArrayList<>();
        for (ComponentDescriptionDTO component : runtime.getComponentDescriptionDTOs()) {
            if (component.implementationClass == null || !component.implementationClass.startsWith(OURS)) {
                continue;
            }
            Collection<ComponentConfigurationDTO> configurations = runtime.getComponentConfigurationDTOs(component);
            if (configurations.isEmpty() && "require".equals(component.configurationPolicy)) {
                down.add(new Down(name(component), "WAITING", wantedSettings(component)));
            }
            for (ComponentConfigurationDTO configuration : configurations) {
                switch (configuration.state) {
                    case ComponentConfigurationDTO.FAILED_ACTIVATION ->
                        down.add(new Down(name(component), "FAILED", reason(configuration.failure)));
                    case ComponentConfigurationDTO.UNSATISFIED_CONFIGURATION ->
                        down.add(new Down(name(component), "WAITING", wantedSettings(component)));
                    case ComponentConfigurationDTO.UNSATISFIED_REFERENCE ->
                        down.add(new Down(name(component), "WAITING", wantedServices(component, configuration)));
                    default -> {
                        // It runs, or would as soon as somebody needs it.
                    }
                }
            }
        }
        down.sort(Comparator.comparing(Down::state).thenComparing(Down::name));
        return down;
    }

    private static String name(ComponentDescriptionDTO component) {
        String type = component.implementationClass.substring(component.implementationClass.lastIndexOf('.') + 1);
        return component.bundle == null ? type : component.bundle.symbolicName + " (" + type + ")";
    }

    private static String wantedSettings(ComponentDescriptionDTO component) {
        return "for etc/" + String.join(".cfg, etc/", component.configurationPid) + ".cfg";
    }

    private static String wantedServices(ComponentDescriptionDTO component, ComponentConfigurationDTO configuration) {
        Set<String> wanted = new LinkedHashSet<>();
        for (UnsatisfiedReferenceDTO unsatisfied : configuration.unsatisfiedReferences) {
            String type = Arrays.stream(component.references)
                    .filter(reference -> reference.name.equals(unsatisfied.name))
                    .map((ReferenceDTO reference) -> reference.interfaceName)
                    .findFirst()
                    .orElse(unsatisfied.name);
            wanted.add(type.substring(type.lastIndexOf('.') + 1)
                    + (unsatisfied.target == null ? "" : " " + unsatisfied.target));
        }
        return "for " + String.join(", ", wanted);
    }

    /** What was thrown first that says something, without its class. */
    static String reason(String trace) {
        if (trace == null || trace.isBlank()) {
            return "see the log";
        }
        Matcher thrown = THROWN.matcher(trace.replace("\r\n", "\n"));
        while (thrown.find()) {
            if (thrown.group(2) != null && !thrown.group(2).isBlank()) {
                String said = thrown.group(2).strip();
                // An exception made from another one repeats it; what the other one said is what counts.
                Matcher repeated = THROWN.matcher(said);
                return repeated.find() && repeated.group(2) != null ? repeated.group(2) : said;
            }
        }
        return trace.strip().lines().findFirst().orElseThrow().strip();
    }
}
