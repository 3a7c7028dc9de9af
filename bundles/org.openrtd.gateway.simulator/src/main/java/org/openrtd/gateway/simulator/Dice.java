package org.openrtd.gateway.simulator;

import java.util.SplittableRandom;

/**
 * Chance from a seed, the same on every machine: only {@link SplittableRandom}'s specified sequence and {@link StrictMath}
 * are used, as a restarted simulator must make the same day again, perhaps on another Java.
 */
final class Dice {

    private final SplittableRandom random;

    Dice(long seed) {
        random = new SplittableRandom(seed);
    }

    /** From 0 to below 1. */
    double unit() {
        return (random.nextLong() >>> 11) * 0x1.0p-53;
    }

    boolean chance(double probability) {
        return unit() < probability;
    }

    /** From 0 to below the bound. */
    int below(int bound) {
        return (int) (unit() * bound);
    }

    /** Milliseconds between two numbers of seconds. */
    long between(double fromSeconds, double toSeconds) {
        return millis(fromSeconds + unit() * (toSeconds - fromSeconds));
    }

    /** Milliseconds until something without a memory happens. */
    long exponential(double meanSeconds) {
        return millis(-meanSeconds * StrictMath.log(1 - unit()));
    }

    /** Milliseconds of something that people take time for: many short ones, few long ones. */
    long logNormal(double medianSeconds, double sigma, double maxSeconds) {
        double normal = StrictMath.sqrt(-2 * StrictMath.log(1 - unit())) * StrictMath.cos(2 * StrictMath.PI * unit());
        return Math.min(millis(maxSeconds), millis(medianSeconds * StrictMath.exp(sigma * normal)));
    }

    private static long millis(double seconds) {
        return Math.max(1, (long) (seconds * 1_000));
    }

    /** Mixes numbers into a seed. */
    static long mix(long... numbers) {
        long mixed = 0x9E3779B97F4A7C15L;
        for (long number : numbers) {
            mixed = (mixed ^ number) * 0xBF58476D1CE4E5B9L;
            mixed = (mixed ^ mixed >>> 29) * 0x94D049BB133111EBL;
            mixed ^= mixed >>> 32;
        }
        return mixed;
    }
}
