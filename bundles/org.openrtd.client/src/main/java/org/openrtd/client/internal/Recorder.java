package org.openrtd.client.internal;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.openrtd.feed.Replica;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records every feed that the client follows, where a directory is set. */
@Component(
        service = {},
        immediate = true,
        configurationPid = Recorder.PID)
@Designate(ocd = RecorderConfig.class)
public final class Recorder {

    private static final Logger LOG = LoggerFactory.getLogger(Recorder.class);
    static final String PID = "org.openrtd.client.recorder";

    private final Path directory;
    private final Map<Replica, FeedRecorder> recorders = new LinkedHashMap<>();

    @Activate
    public Recorder(RecorderConfig config) {
        this(config.directory().isBlank() ? null : Path.of(config.directory().trim()));
    }

    /** @param directory {@code null} to record nothing */
    Recorder(Path directory) {
        this.directory = directory;
    }

    @Reference(
            name = "replicas",
            target = "(role=client)",
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "replicaGone",
            updated = "replicaUpdated")
    synchronized void replica(Replica replica) {
        if (directory != null) {
            try {
                recorders.put(replica, new FeedRecorder(replica, directory));
            } catch (UncheckedIOException e) {
                LOG.error("Feed {} is not recorded: {}", replica.feed(), e.getMessage());
            }
        }
    }

    /** It has changed its source, which its lines do not tell. */
    void replicaUpdated(Replica replica) {}

    void replicaGone(Replica replica) {
        FeedRecorder recorder;
        synchronized (this) {
            recorder = recorders.remove(replica);
        }
        if (recorder != null) {
            recorder.close();
        }
    }

    @Deactivate
    synchronized void close() {
        recorders.values().forEach(FeedRecorder::close);
        recorders.clear();
    }
}
