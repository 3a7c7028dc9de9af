package org.openrtd.centraldb.internal;

/**
 * What automatic configuration gives a new call type or skill group.
 *
 * @param serviceLevelThreshold seconds within which a call is to be answered
 * @param serviceLevelType 1 abandoned calls have no influence, 2 they count against it, 3 they count for it
 * @param abandonWait seconds below which an abandoned call of a call type is a short call; 0 for none
 */
record ConfigurationDefaults(int serviceLevelThreshold, int serviceLevelType, int abandonWait) {

    static final ConfigurationDefaults USUAL = new ConfigurationDefaults(20, 1, 0);

    ConfigurationDefaults {
        if (serviceLevelThreshold < 0 || abandonWait < 0 || serviceLevelType < 1 || serviceLevelType > 3) {
            throw new IllegalArgumentException("serviceLevelThresholdSeconds (" + serviceLevelThreshold
                    + ") and abandonWaitSeconds (" + abandonWait + ") must not be negative, and serviceLevelType ("
                    + serviceLevelType + ") must be 1, 2 or 3: correct them in etc/org.openrtd.centraldb.cfg");
        }
    }
}
