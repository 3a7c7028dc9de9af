package org.openrtd.gateway.simulator;

import java.time.Duration;

/** How many calls come in at which time of day: two peaks, a lull at noon, and weather of its own each quarter of an hour. */
final class Demand {

    /** By half hour from opening to closing, 1 for the busiest. */
    private static final double[] DAY = {
        .38, .55, .72, .86, .95, 1, 1, .94, .82, .72, .70, .77, .86, .92, .92, .87, .80, .74, .64, .54, .45, .36, .28,
        .20, .12
    };

    private static final long HALF_HOUR = 1_800_000;
    private static final long QUARTER = 900_000;

    private final double peakPerMilli;
    private final double[] weather;

    /** @param share of a working day's calls */
    Demand(int callsPerHour, double share, Dice dice) {
        peakPerMilli = callsPerHour * share / 3_600_000.0;
        int quarters = (int) (Duration.between(SimulatorSettings.OPENS, SimulatorSettings.CLOSES)
                        .toMillis()
                / QUARTER);
        weather = new double[quarters];
        for (int i = 0; i < quarters; i++) {
            // Late in the morning everybody calls: whoever starts a demonstration then sees calls wait.
            boolean rush = i >= 9 && i < 12;
            weather[i] = rush ? 1.14 + 0.08 * dice.unit() : 0.83 + 0.2 * dice.unit();
        }
    }

    /** The most calls per ms that any moment can have. */
    double mostPerMilli() {
        return peakPerMilli * 1.22;
    }

    /** Calls per ms, so long after opening; 0 when it is closed. */
    double perMilli(long sinceOpening) {
        int quarter = (int) (sinceOpening / QUARTER);
        if (sinceOpening < 0 || quarter >= weather.length) {
            return 0;
        }
        int half = (int) (sinceOpening / HALF_HOUR);
        double part = (sinceOpening % HALF_HOUR) / (double) HALF_HOUR;
        return peakPerMilli * weather[quarter] * (DAY[half] * (1 - part) + DAY[half + 1] * part);
    }
}
