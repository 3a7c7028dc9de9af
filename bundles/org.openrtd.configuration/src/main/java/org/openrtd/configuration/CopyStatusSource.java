package org.openrtd.configuration;

/**
 * Keeps a copy of the configuration, other than a replica that follows the feed {@code config}, and says how it is: an OSGi
 * service. Asked several times a second; answers at once, from any thread.
 */
@FunctionalInterface
public interface CopyStatusSource {

    CopyStatus status();
}
