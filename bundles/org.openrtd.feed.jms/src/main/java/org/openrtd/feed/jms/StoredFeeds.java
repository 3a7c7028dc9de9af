package org.openrtd.feed.jms;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.openrtd.feed.Replica;
import org.openrtd.feed.StoredFeed;
import org.openrtd.feed.StoredFeed.Stored;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.util.tracker.ServiceTracker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the rows of a feed that outlived the process. Whether any are to be expected is in the manifests of the bundles
 * that are installed, so that it does not matter in which order they start; a bundle that comes later is not waited for.
 */
final class StoredFeeds implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StoredFeeds.class);
    private static final Duration MOST_FOR_THE_SERVICE = Duration.ofSeconds(30);
    private static final Duration MOST_FOR_ALL = Duration.ofSeconds(150);

    private final BundleContext context;
    private final Duration mostForTheService;
    private final Set<ServiceTracker<StoredFeed, StoredFeed>> waiting = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    StoredFeeds(BundleContext context) {
        this(context, MOST_FOR_THE_SERVICE);
    }

    StoredFeeds(BundleContext context, Duration mostForTheService) {
        this.context = context;
        this.mostForTheService = mostForTheService;
    }

    /**
     * The stored rows of a feed, once they are read; never exceptionally, and within a bounded time. {@code null} when
     * nothing in this node stores that feed.
     */
    CompletableFuture<Optional<Stored>> read(String feed) {
        String by = storedBy(feed);
        if (by == null) {
            return null;
        }
        LOG.info("Feed {}: waits at most {} s for {}, which keeps its rows", feed, mostForTheService.toSeconds(), by);
        CompletableFuture<Optional<Stored>> read = new CompletableFuture<>();
        // If the database hangs, a snapshot is better than no feed at all.
        CompletableFuture<Optional<Stored>> bounded =
                read.completeOnTimeout(Optional.empty(), MOST_FOR_ALL.toMillis(), TimeUnit.MILLISECONDS);
        Thread reader = new Thread(() -> read.complete(load(feed, by)), "openrtd-" + feed + "-stored");
        reader.setDaemon(true);
        reader.start();
        return bounded;
    }

    private Optional<Stored> load(String feed, String by) {
        ServiceTracker<StoredFeed, StoredFeed> tracker = tracker(feed);
        waiting.add(tracker);
        try {
            tracker.open();
            if (closed) {
                return Optional.empty();
            }
            StoredFeed service = tracker.waitForService(mostForTheService.toMillis());
            if (closed) {
                return Optional.empty();
            }
            if (service == null) {
                LOG.warn(
                        "Feed {}: {} did not say within {} s what it keeps, so all comes in a snapshot; see rtd:status",
                        feed,
                        by,
                        mostForTheService.toSeconds());
                return Optional.empty();
            }
            return service.load();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (RuntimeException e) {
            LOG.warn("Feed {}: what {} keeps cannot be read, so all comes in a snapshot", feed, by, e);
            return Optional.empty();
        } finally {
            waiting.remove(tracker);
            tracker.close();
        }
    }

    /** Nobody waits any more; what is being read is read to its end, for nobody. */
    @Override
    public void close() {
        closed = true;
        // This is what wakes who waits for a service.
        waiting.forEach(ServiceTracker::close);
    }

    private ServiceTracker<StoredFeed, StoredFeed> tracker(String feed) {
        try {
            return new ServiceTracker<>(
                    context,
                    context.createFilter(
                            "(&(objectClass=" + StoredFeed.class.getName() + ")(" + Replica.FEED + "=" + feed + "))"),
                    null);
        } catch (InvalidSyntaxException e) {
            throw new IllegalArgumentException("No name of a feed: " + feed, e);
        }
    }

    /** The installed bundle that declares to keep the feed's rows, or {@code null}. */
    private String storedBy(String feed) {
        Bundle[] bundles = context.getBundles();
        for (Bundle bundle : bundles == null ? new Bundle[0] : bundles) {
            BundleRevision revision = bundle.adapt(BundleRevision.class);
            if (revision == null) {
                continue;
            }
            for (BundleCapability capability : revision.getDeclaredCapabilities("osgi.service")) {
                Map<String, Object> attributes = capability.getAttributes();
                if (isStoredFeed(attributes.get("objectClass")) && feed.equals(attributes.get(Replica.FEED))) {
                    return bundle.getSymbolicName();
                }
            }
        }
        return null;
    }

    private static boolean isStoredFeed(Object classes) {
        String name = StoredFeed.class.getName();
        return classes instanceof Collection<?> several ? several.contains(name) : name.equals(classes);
    }
}
