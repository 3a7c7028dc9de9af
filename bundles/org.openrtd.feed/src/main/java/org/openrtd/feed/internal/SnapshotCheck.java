package org.openrtd.feed.internal;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.openrtd.feed.Position;
import org.openrtd.feed.Verification;

/** Pulls a snapshot beside the replica and compares the two where they meet. */
public final class SnapshotCheck {

    private static final int MOST_VIEWS = 10_000;

    private final long id;
    private final CompletableFuture<Verification> result;
    private final Map<Position, FeedView> views = new HashMap<>();
    private SnapshotAssembly assembly;
    private long progressAt;

    public SnapshotCheck(long id, CompletableFuture<Verification> result, FeedView view, long now) {
        this.id = id;
        this.result = result;
        this.progressAt = now;
        views.put(view.position(), view);
    }

    public long id() {
        return id;
    }

    public long progressAt() {
        return progressAt;
    }

    public SnapshotAssembly assembly() {
        return assembly;
    }

    /** The replica is this view now; one of them will be at the snapshot's position. */
    public void seen(FeedView view) {
        if ((assembly == null || view.position().equals(assembly.manifest().position())) && views.size() < MOST_VIEWS) {
            views.put(view.position(), view);
        }
    }

    public void offered(Messages.Snapshot manifest, FeedView view, long now) {
        assembly = new SnapshotAssembly(manifest, view);
        views.keySet().retainAll(java.util.Set.of(manifest.position()));
        progressAt = now;
    }

    /** Takes a part, if it is of this snapshot. */
    public boolean add(Messages.Part part, long now) {
        if (assembly == null || assembly.manifest().snapshot() != part.snapshot()) {
            return false;
        }
        if (assembly.add(part)) {
            progressAt = now;
        }
        return true;
    }

    /** Decodes what has come, and compares when that is all; answers whether it is over. */
    public boolean finish() {
        if (assembly == null) {
            return false;
        }
        try {
            assembly.decode();
            if (!assembly.isComplete() || views.isEmpty()) {
                return false;
            }
            result.complete(Comparison.compare(
                    assembly.view(), views.values().iterator().next()));
        } catch (Undecodable e) {
            fail("the snapshot cannot be used: " + e.getMessage());
        }
        return true;
    }

    public void fail(String why) {
        result.completeExceptionally(new IllegalStateException("Not verified: " + why));
    }
}
