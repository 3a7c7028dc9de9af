package org.openrtd.itests;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.openrtd.itests.Followers.Held;
import org.openrtd.itests.Followers.Taken;

/** How soon clients that lose their distributor go on at the other one, and whether at the next position. */
final class TakeOver {

    private static final int CLIENTS = 5;

    /** Ends the distributor, or has it hang. */
    interface Loss {
        void of(KarafNode distributor);
    }

    private TakeOver() {}

    /** Has the primary be lost; what became of its clients is noted when the fault ends. */
    static void from(FaultySite site, Loss loss) throws Exception {
        KarafNode primary = site.north;
        KarafNode other = site.south;
        Followers followers =
                new Followers(CLIENTS, List.of(primary.brokerUrl(), other.brokerUrl()), "desk", site.password("desk"));
        site.later(followers::close);
        site.await("clients current", () -> followers.look().stream().allMatch(Held::current));
        site.follow(primary);
        // By then they hold the other one ready.
        awaitBatches(5, followers, site);
        // Where it hung, it is back by then.
        site.later(() -> {
            awaitBatches(2, followers, site);
            for (String broken : followers.broken()) {
                throw new AssertionError(broken);
            }
        });
        long lost = System.nanoTime();
        loss.of(primary);
        site.later(() -> {
            site.await("clients current, from " + other.name(), () -> followers.look().stream()
                    .allMatch(held -> held.current() && held.source().contains(other.name())));
            note(followers, lost, other, site);
        });
    }

    private static void awaitBatches(int more, Followers followers, FaultySite site) {
        long from = System.nanoTime();
        site.await(more + " more batches at each client", () -> followers.taken("calls").stream()
                .allMatch(taken ->
                        taken.stream().filter(batch -> batch.nanoTime() > from).count() >= more));
    }

    private static void note(Followers followers, long lost, KarafNode other, FaultySite site) {
        List<Long> millis = new ArrayList<>();
        long jumps = 0;
        for (List<Taken> taken : followers.taken("calls")) {
            Optional<Taken> last =
                    taken.stream().filter(batch -> batch.nanoTime() <= lost).reduce((one, next) -> next);
            if (last.isEmpty() || last.get().source().contains(other.name())) {
                // It lost nothing.
                continue;
            }
            List<Taken> after =
                    taken.stream().filter(batch -> batch.nanoTime() > lost).toList();
            jumps += after.stream().filter(TakeOver::jumps).count();
            after.stream()
                    .filter(batch -> batch.source().contains(other.name()))
                    .findFirst()
                    .ifPresent(batch -> millis.add((batch.nanoTime() - lost) / 1_000_000));
        }
        if (!millis.isEmpty()) {
            site.note("%d clients had the next batch from the other one %.2f to %.2f s later, %s"
                    .formatted(
                            millis.size(),
                            Collections.min(millis) / 1000.0,
                            Collections.max(millis) / 1000.0,
                            jumps == 0 ? "no snapshot" : jumps + " by a snapshot"));
        }
    }

    private static boolean jumps(Taken batch) {
        return batch.position().epoch() != batch.previous().epoch()
                || batch.position().sequence() > batch.previous().sequence() + 1;
    }
}
