package org.openrtd.centraldb;

import java.util.List;
import org.openrtd.configuration.ConfigurationProblem;

/** What became of what a gateway needs. */
public sealed interface ProvisioningResult {

    /** All of it is there now, the last of it with this recovery key. */
    record Entered(long recoveryKey) implements ProvisioningResult {}

    /** Nothing was missing, so there was nothing to commit. */
    record Unchanged(long recoveryKey) implements ProvisioningResult {}

    /**
     * All that the rules allow is there now, and for these reasons some is not. The rest cannot be entered as it is, however
     * often it is tried.
     */
    record EnteredInPart(long recoveryKey, List<ConfigurationProblem> leftOut) implements ProvisioningResult {

        public EnteredInPart {
            leftOut = List.copyOf(leftOut);
        }
    }

    /** A transaction of it was refused, for these reasons. */
    record Refused(List<ConfigurationProblem> problems) implements ProvisioningResult {

        public Refused {
            problems = List.copyOf(problems);
        }
    }
}
