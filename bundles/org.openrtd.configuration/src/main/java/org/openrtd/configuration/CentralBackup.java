package org.openrtd.configuration;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** Copies the central database while it is in use. OSGi service at the centre; from any thread; never waits for the copy. */
public interface CentralBackup {

    /** How far the last copy has come. */
    enum State {
        /** None was asked for since the start. */
        NONE,
        RUNNING,
        DONE,
        FAILED
    }

    /**
     * A copy.
     *
     * @param directory where it is, or will be when it is done; {@code null} when there is none
     * @param bytes how much is there
     * @param ofAbout how much it will be, roughly; -1 when unknown
     * @param recoveryKey of the last configuration transaction that it holds at least
     * @param logSequence of the last event that it holds at least
     * @param began when it was asked for
     * @param took how long it has taken so far
     * @param problem why it failed and what to do; empty otherwise
     */
    record Progress(
            State state,
            Path directory,
            long bytes,
            long ofAbout,
            long recoveryKey,
            long logSequence,
            Instant began,
            Duration took,
            String problem) {}

    /**
     * Begins a copy, into a new directory below {@code directory}, which is the node's, not the caller's.
     *
     * @throws IllegalArgumentException when it cannot be made there; says why and what to do
     * @throws IllegalStateException while another one is being made
     * @throws UnsupportedOperationException when the database's own tools do it; says which
     */
    Progress start(Path directory);

    /** Of the last one. */
    Progress progress();
}
