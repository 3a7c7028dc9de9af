package org.openrtd.itests;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether a reader was shown old rows as current, and how old they were. It is told what was seen at the origin and at the
 * reader, each between two moments of one clock, and takes of these always the one that accuses less: so what it finds is
 * true however slow the machine that looks is.
 */
final class FreshnessCheck {

    /** A look at one feed: begun and ended, by {@link System#nanoTime}. */
    record Look(long begun, long ended, long epoch, long sequence, boolean current) {
        boolean before(Look other) {
            return epoch != other.epoch ? epoch < other.epoch : sequence < other.sequence;
        }
    }

    private static final int KEPT = 2000;

    private final long boundMillis;
    private final List<Look> origin = new ArrayList<>();
    private final Map<String, Look> last = new HashMap<>();
    private final List<String> broken = new ArrayList<>();
    private long worstMillis;
    private long cutSince = Long.MAX_VALUE;

    /** @param boundMillis the age at which rows have to be shown as old */
    FreshnessCheck(long boundMillis) {
        this.boundMillis = boundMillis;
    }

    /** From this moment on nothing of the origin reaches the reader, or nothing is made there. */
    synchronized void cut(long moment) {
        cutSince = moment;
    }

    /** Before it reaches the reader again. */
    synchronized void joined() {
        cutSince = Long.MAX_VALUE;
    }

    /** The feed that is looked at is one; each position only the first time. */
    synchronized void atTheOrigin(Look look) {
        if (origin.isEmpty() || origin.get(origin.size() - 1).before(look)) {
            origin.add(look);
            if (origin.size() > KEPT) {
                origin.remove(0);
            }
        }
    }

    synchronized void atTheReader(String reader, Look look) {
        Look before = last.put(reader, look);
        if (before == null || !before.current()) {
            return;
        }
        // When it was said to be current the rows were at most as new as they are now, and as they were then.
        Look newest = before.before(look) ? look : before;
        for (Look made : origin) {
            if (newest.before(made)) {
                old(reader, before, made.ended(), "the origin was at " + made.epoch() + ":" + made.sequence());
                break;
            }
        }
        if (cutSince != Long.MAX_VALUE && before.ended() < look.begun() && cutSince < before.begun()) {
            old(reader, before, cutSince, "it was cut off");
        }
    }

    private void old(String reader, Look shown, long since, String what) {
        long lag = (shown.begun() - since) / 1_000_000;
        worstMillis = Math.max(worstMillis, lag);
        if (lag > boundMillis) {
            broken.add("FRESH: " + reader + " showed " + shown.epoch() + ":" + shown.sequence() + " as current " + lag
                    + " ms after " + what);
        }
    }

    /** What was found since it was asked before. */
    synchronized List<String> broken() {
        List<String> found = List.copyOf(broken);
        broken.clear();
        return found;
    }

    /** The oldest that was shown as current since it was asked before; 0 when that was never behind. */
    synchronized long worstMillis() {
        long worst = worstMillis;
        worstMillis = 0;
        return worst;
    }
}
