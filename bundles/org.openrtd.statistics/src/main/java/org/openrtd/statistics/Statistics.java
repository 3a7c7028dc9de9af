package org.openrtd.statistics;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;
import org.openrtd.events.Event;
import org.openrtd.feed.Change;
import org.openrtd.feed.Cut;

/**
 * Folds events and configuration into the rows of the feeds {@code calls} and {@code agents}.
 *
 * <p>Used by one thread. The rows depend on what was folded and on its order, and on nothing else: not on when rows are
 * cut, and not on whether the state was written and read in between.
 *
 * <p>Time is the controller's: it moves by {@link Event.ClockAdvanced} alone, and never back. Rows are to be cut right
 * after one; they then hold exactly the events up to and including {@link #controllerTime()}.
 */
public final class Statistics {

    /** @param controllerZone by which the days and half hours of call types are cut */
    public Statistics(ZoneId controllerZone) {}

    /**
     * Takes over committed configuration, in its place among the events.
     *
     * @param recoveryKey the key of the transaction
     * @param rows rows of the catalogue's configuration tables; those of other tables are ignored
     */
    public void configure(long recoveryKey, Collection<Change> rows) {
        throw new UnsupportedOperationException("not yet");
    }

    /**
     * Folds one event.
     *
     * @param gateway the name of the gateway that sent it; empty when the controller itself did
     */
    public Outcome fold(String gateway, Event event) {
        throw new UnsupportedOperationException("not yet");
    }

    /** The time of the last {@link Event.ClockAdvanced}, UTC ms; 0 before the first. */
    public long controllerTime() {
        return 0;
    }

    /** The highest recovery key given to {@link #configure}. */
    public long configurationKey() {
        return 0;
    }

    /** The cut of this moment, under a tick that all feeds of the controller share. */
    public Cut cutAt(long tick) {
        return new Cut(tick, controllerTime(), configurationKey());
    }

    /** The rows of a feed that may have changed since the last call of this or of {@link #all}; forgets them. */
    public List<Change> cut(String feed) {
        throw new UnsupportedOperationException("not yet");
    }

    /** All rows of a feed, for an origin that begins; {@link #cut} then goes on from here. */
    public List<Change> all(String feed) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Which names of an event the configuration does not have. Changes nothing. */
    public Resolution resolves(String gateway, Event event) {
        throw new UnsupportedOperationException("not yet");
    }

    /** What events were refused for, in the order of first occurrence; bounded, so the list ends when it is full. */
    public List<Refusal> refusals() {
        return List.of();
    }

    /** Writes the whole state, rows that await their cut included. */
    public void writeTo(DataOutput out) throws IOException {
        throw new UnsupportedOperationException("not yet");
    }

    /**
     * Reads what {@link #writeTo} wrote. Nothing awaits a cut afterwards: begin with {@link #all}.
     *
     * @throws IOException when it is not a checkpoint, or one of a version that this one does not read
     */
    public static Statistics readFrom(DataInput in) throws IOException {
        throw new UnsupportedOperationException("not yet");
    }
}
