package org.openrtd.gateway;

/**
 * How recorded or simulated time runs, by the monotonic clock: what lies before a moment at once, the rest at a speed.
 * Each time a link begins to send, time goes on from the next event: it stands still while there is no connection.
 * Used on the link's thread.
 */
public final class Pace {

    /** As fast as the centre acknowledges. */
    public static final double MAX = Double.POSITIVE_INFINITY;

    private long startTime;
    private double speed;
    private boolean running;
    private long baseTime;
    private long baseMillis;

    private Pace(double speed) {
        this.speed = checked(speed);
        this.startTime = Long.MIN_VALUE;
    }

    /** So many seconds of events in each second, {@link #MAX} for no limit. */
    public static Pace of(double speed) {
        return new Pace(speed);
    }

    /** What lies before this time (UTC ms) is folded in at once. */
    public void startAt(long time) {
        startTime = time;
    }

    /**
     * Reads {@code max} or a number above 0.
     *
     * @throws IllegalArgumentException when it is neither; the message says what to write
     */
    public static double parse(String speed) {
        String trimmed = speed == null ? "" : speed.trim();
        if (trimmed.equalsIgnoreCase("max")) {
            return MAX;
        }
        try {
            return checked(Double.parseDouble(trimmed));
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException("Speed '" + trimmed
                    + "' is neither max nor a number: write 1 for real time, 60 for a minute in each second, or max");
        }
    }

    private static double checked(double speed) {
        if (!(speed > 0)) {
            throw new IllegalArgumentException("Speed " + speed
                    + " is not above 0: write 1 for real time, 60 for a minute in each second, or max");
        }
        return speed;
    }

    /** The next event sets the clock anew. */
    void restart() {
        running = false;
    }

    /** Changes the speed from now on. */
    public void speed(double newSpeed) {
        speed = checked(newSpeed);
        running = false;
    }

    /** For how many ms the event has been due; negative when it is due only later. */
    long overdue(long eventTime, long nowMillis) {
        if (eventTime < startTime || speed == MAX) {
            return 0;
        }
        if (!running) {
            running = true;
            baseTime = eventTime;
            baseMillis = nowMillis;
        }
        // Rounded up: an event leaves when its time has come, not before.
        return nowMillis - baseMillis - (long) Math.ceil((eventTime - baseTime) / speed);
    }
}
