package org.openrtd.feed;

/** Time that never goes back; how far two readings are apart is all it says. Usable from any thread. */
@FunctionalInterface
public interface MonotonicClock {

    /** The clock of this process. */
    MonotonicClock SYSTEM = () -> System.nanoTime() / 1_000_000;

    /** Milliseconds since some moment of this process's life. */
    long millis();
}
