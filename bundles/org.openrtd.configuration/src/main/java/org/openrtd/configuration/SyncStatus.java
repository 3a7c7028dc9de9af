package org.openrtd.configuration;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ProviderType;

/**
 * All copies of the configuration, as the centre knows them: an OSGi service on every node that is the centre or follows
 * it. Usable from any thread; never blocks.
 */
@ProviderType
public interface SyncStatus {

    /** Asks the way up to the centre; where that cannot be reached, what is known on the way. An answer may be 1 s old. */
    CompletableFuture<Picture> picture();

    /**
     * The copies, as known at one node.
     *
     * @param node whose knowledge it is
     * @param problem why it is not the centre's; empty when it is
     * @param copies the centre first, then as their nodes are called
     */
    record Picture(String node, String problem, List<CopyReport> copies) {

        public Picture {
            copies = List.copyOf(copies);
        }
    }
}
