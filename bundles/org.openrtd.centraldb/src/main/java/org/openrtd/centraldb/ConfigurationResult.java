package org.openrtd.centraldb;

import java.util.List;

/** What became of a configuration transaction. */
public sealed interface ConfigurationResult {

    /** It took effect, now or when it was first committed, and has this recovery key. */
    record Committed(long recoveryKey) implements ConfigurationResult {}

    /** Nothing was missing, so there was nothing to commit. */
    record Unchanged(long recoveryKey) implements ConfigurationResult {}

    /**
     * Of what a gateway needs, all that the rules allow is there now, and for these reasons some is not. The rest cannot be
     * entered as it is, however often it is tried.
     */
    record EnteredInPart(long recoveryKey, List<ConfigurationProblem> leftOut) implements ConfigurationResult {

        public EnteredInPart {
            leftOut = List.copyOf(leftOut);
        }
    }

    /** Nothing of it took effect, for these reasons: all that were found, the first ones if there are many. */
    record Refused(List<ConfigurationProblem> problems) implements ConfigurationResult {

        public Refused {
            problems = List.copyOf(problems);
        }
    }
}
