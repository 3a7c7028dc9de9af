package org.openrtd.events;

import org.openrtd.events.LinkMessage.EventBatch;

/**
 * How far something has come in a gateway's events. Runs are ordered, and numbers within a run.
 *
 * @param run the run, 0 when there is nothing yet
 * @param number the last event's number in the run
 */
public record Mark(long run, long number) implements Comparable<Mark> {

    /** Before every event. */
    public static final Mark NONE = new Mark(0, 0);

    public Mark {
        Names.numbers(run, number);
    }

    /**
     * The one rule of what the centre takes, given that it holds everything up to this mark.
     *
     * @return how many of the batch's first events it already holds, all of them included; {@link #GAP} when events
     *     before the batch are missing; {@link #RUN_OVER} when the batch is of a lower run
     */
    public int held(EventBatch batch) {
        if (batch.run() < run) {
            return RUN_OVER;
        }
        long number = batch.run() == run ? this.number : 0;
        if (batch.first() > number + 1) {
            return GAP;
        }
        return (int) Math.min(batch.events().size(), number + 1 - batch.first());
    }

    /** Answer of {@link #held}: events before the batch are missing. */
    public static final int GAP = -1;

    /** Answer of {@link #held}: the batch is of a run that a higher one has replaced. */
    public static final int RUN_OVER = -2;

    @Override
    public int compareTo(Mark other) {
        int byRun = Long.compare(run, other.run);
        return byRun != 0 ? byRun : Long.compare(number, other.number);
    }

    @Override
    public String toString() {
        return run + "/" + number;
    }
}
