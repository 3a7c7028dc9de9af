package org.openrtd.configuration;

import java.util.List;

/** What became of a configuration transaction. */
public sealed interface ConfigurationResult {

    /** It took effect, now or when it was first committed, and has this recovery key. */
    record Committed(long recoveryKey) implements ConfigurationResult {}

    /** Nothing of it took effect, for these reasons: all that were found, the first ones if there are many. */
    record Refused(List<ConfigurationProblem> problems) implements ConfigurationResult {

        public Refused {
            problems = List.copyOf(problems);
        }
    }
}
