package org.openrtd.updater.internal;

import java.util.function.Consumer;
import org.openrtd.feed.MonotonicClock;

/** Says how far something is that takes more than two seconds, every two seconds. */
final class Progress {

    private static final long INTERVAL_MILLIS = 2000;

    private final MonotonicClock clock;
    private final Consumer<String> say;
    private final String what;
    private final long begun;
    private long saidAt;
    private boolean said;

    Progress(MonotonicClock clock, Consumer<String> say, String what) {
        this.clock = clock;
        this.say = say;
        this.what = what;
        this.begun = clock.millis();
        this.saidAt = begun;
    }

    void at(long done, long total) {
        long now = clock.millis();
        if (now - saidAt >= INTERVAL_MILLIS) {
            saidAt = now;
            said = true;
            say.accept(what + ": " + done + (total < 0 ? "" : " of " + total) + " rows");
        }
    }

    /** It is done; whoever read that it was under way reads that too. */
    void end(long done) {
        if (said) {
            say.accept(what + ": done, " + done + " rows in " + (clock.millis() - begun + 500) / 1000 + " s");
        }
    }
}
