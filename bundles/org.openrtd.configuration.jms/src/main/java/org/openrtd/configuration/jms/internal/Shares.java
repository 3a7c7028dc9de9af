package org.openrtd.configuration.jms.internal;

import java.util.HashMap;
import java.util.Map;

/**
 * What several users have under way of something that has a bound. Whoever has as much as is left gets no more: a single user
 * has half of it at most, two have a third each; so whatever the others do there is something left for whoever comes. Usable
 * from any thread.
 */
final class Shares {

    private record Share(int count, long bytes) {

        static final Share NONE = new Share(0, 0);

        Share plus(int more, long moreBytes) {
            return new Share(count + more, bytes + moreBytes);
        }
    }

    private final int maxCount;
    private final long maxBytes;
    private final Map<String, Share> shares = new HashMap<>();
    private Share all = Share.NONE;

    Shares(int maxCount, long maxBytes) {
        this.maxCount = maxCount;
        this.maxBytes = maxBytes;
    }

    /** Takes one more for a user, of that size; {@code false} when it cannot have it now. */
    synchronized boolean take(String user, long bytes) {
        Share mine = shares.getOrDefault(user, Share.NONE).plus(1, bytes);
        Share sum = all.plus(1, bytes);
        if (mine.count + sum.count > maxCount || mine.bytes + sum.bytes > maxBytes) {
            return false;
        }
        shares.put(user, mine);
        all = sum;
        return true;
    }

    /** Gives back what was taken. */
    synchronized void give(String user, long bytes) {
        all = all.plus(-1, -bytes);
        shares.computeIfPresent(user, (who, share) -> share.count == 1 ? null : share.plus(-1, -bytes));
    }

    synchronized int count() {
        return all.count;
    }
}
