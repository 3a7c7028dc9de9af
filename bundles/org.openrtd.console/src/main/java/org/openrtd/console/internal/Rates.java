package org.openrtd.console.internal;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.openrtd.feed.Replica;
import org.openrtd.feed.ReplicaStatistics;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** How much each of the node's replicas received lately; looks at their counters once a second. */
@Component(service = Rates.class, immediate = true)
public final class Rates {

    /** Per second, over {@code seconds}; 0 seconds when nothing is known yet. */
    record Rate(double seconds, double rowChanges, double batches, double bytes) {}

    private record Sample(long nanos, ReplicaStatistics statistics) {}

    private static final int WINDOW = 10;

    private final Map<Replica, Deque<Sample>> samples = Collections.synchronizedMap(new WeakHashMap<>());
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "OpenRTD console rates");
        thread.setDaemon(true);
        return thread;
    });

    @Activate
    public Rates(BundleContext context) {
        timer.scheduleWithFixedDelay(
                () -> RtdCommand.services(context, Replica.class).forEach(r -> sample(r, System.nanoTime())),
                0,
                1,
                TimeUnit.SECONDS);
    }

    @Deactivate
    void close() {
        timer.shutdownNow();
    }

    private void sample(Replica replica, long nanos) {
        synchronized (samples) {
            Deque<Sample> of = samples.computeIfAbsent(replica, r -> new ArrayDeque<>());
            of.addLast(new Sample(nanos, replica.statistics()));
            if (of.size() > WINDOW + 1) {
                of.removeFirst();
            }
        }
    }

    Rate of(Replica replica) {
        synchronized (samples) {
            Deque<Sample> of = samples.get(replica);
            if (of == null || of.size() < 2) {
                return new Rate(0, 0, 0, 0);
            }
            Sample first = of.getFirst();
            Sample last = of.getLast();
            double seconds = (last.nanos() - first.nanos()) / 1e9;
            return new Rate(
                    seconds,
                    (last.statistics().rowChanges() - first.statistics().rowChanges()) / seconds,
                    (last.statistics().batches() - first.statistics().batches()) / seconds,
                    (last.statistics().bytes() - first.statistics().bytes()) / seconds);
        }
    }
}
