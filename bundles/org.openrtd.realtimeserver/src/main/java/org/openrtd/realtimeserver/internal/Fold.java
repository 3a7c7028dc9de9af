package org.openrtd.realtimeserver.internal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.List;
import org.openrtd.centraldb.CommittedTransaction;
import org.openrtd.centraldb.EventLog;
import org.openrtd.events.Event;
import org.openrtd.events.EventCodec;
import org.openrtd.events.MalformedMessageException;
import org.openrtd.statistics.Outcome;
import org.openrtd.statistics.Statistics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the event log into statistics. Its state depends on the log's entries and their order alone, so what was folded
 * before a crash and what is folded again after it are the same.
 *
 * <p>Events are held back until the clock moves past them: what can be seen is always all of it up to the controller's
 * time and nothing after, also when the gateway dies in the middle of a second. What the controller itself says takes
 * effect at once.
 */
final class Fold {

    private static final Logger LOG = LoggerFactory.getLogger(Fold.class);
    private static final int VERSION = 1;
    /** Without a clock that moves, events take effect in lots of so many rather than fill the memory. */
    static final int MAX_HELD = 200_000;

    /** The change log of the configuration. */
    @FunctionalInterface
    interface Configurations {
        /** The transactions after a recovery key, up to and including another. */
        List<CommittedTransaction> between(long after, long upTo);
    }

    private record Held(String gateway, Event event) {}

    private final Statistics statistics;
    private final Gateways gateways;
    private final ZoneId zone;
    private final Configurations configurations;
    private final ArrayDeque<Held> held = new ArrayDeque<>();
    private ClockMode clock = ClockMode.GATEWAY;
    private long lastEpoch;
    private long logSequence;
    private long accepted;
    private long untidy;
    private long refused;
    private long errors;

    /** With nothing folded yet. */
    Fold(ZoneId zone, Configurations configurations) {
        this(new Statistics(zone), new Gateways(), zone, configurations);
    }

    private Fold(Statistics statistics, Gateways gateways, ZoneId zone, Configurations configurations) {
        this.statistics = statistics;
        this.gateways = gateways;
        this.zone = zone;
        this.configurations = configurations;
    }

    /**
     * Folds the next entry of the log.
     *
     * @return whether what can be seen may have changed
     */
    boolean apply(EventLog.Logged logged) {
        EventLog.Entry entry = logged.entry();
        boolean visible;
        if (entry.gateway().equals(EventLog.CONTROLLER)) {
            // A program that is older than the log must not guess what it says.
            visible = controller(ControllerEntry.decode(entry.payload()));
        } else {
            Event event;
            try {
                event = EventCodec.decodeEvent(entry.payload());
            } catch (MalformedMessageException e) {
                throw new IllegalArgumentException(
                        "Entry " + logged.sequence() + " of the event log cannot be read: " + e.getMessage(), e);
            }
            visible = gateway(entry.gateway(), event);
        }
        logSequence = logged.sequence();
        return visible;
    }

    private boolean controller(ControllerEntry entry) {
        if (entry instanceof ControllerEntry.Started started) {
            lastEpoch = Math.max(lastEpoch, started.epoch());
            clock = started.clock();
            return true;
        }
        if (entry instanceof ControllerEntry.Configured configured) {
            if (configured.recoveryKey() > statistics.configurationKey()) {
                configurations
                        .between(statistics.configurationKey(), configured.recoveryKey())
                        .forEach(transaction -> statistics.configure(transaction.recoveryKey(), transaction.changes()));
            }
            return true;
        }
        ControllerEntry.Said said = (ControllerEntry.Said) entry;
        gateways.apply(said.gateway(), said.event());
        if (said.event() instanceof Event.ClockAdvanced) {
            release();
            fold(said.gateway(), said.event());
        } else {
            fold(said.gateway(), said.event());
            mark();
        }
        return true;
    }

    /** What happened without the clock is seen now: rows are right after a mark only, and one may be repeated. */
    private void mark() {
        long time = statistics.controllerTime();
        if (time > 0) {
            statistics.fold("", new Event.ClockAdvanced(time));
        }
    }

    private boolean gateway(String gateway, Event event) {
        if (clock == ClockMode.GATEWAY || !(event instanceof Event.ClockAdvanced)) {
            gateways.apply(gateway, event);
        }
        if (event instanceof Event.ClockAdvanced) {
            if (clock == ClockMode.GATEWAY && gateways.ownsClock(gateway)) {
                release();
                fold(gateway, event);
                return true;
            }
            return false;
        }
        held.add(new Held(gateway, event));
        // A clock that will not move any more holds nothing back.
        boolean over = event instanceof Event.GatewayLost && clock == ClockMode.GATEWAY && gateways.ownsClock(gateway);
        if (over || held.size() >= MAX_HELD) {
            release();
            mark();
            return true;
        }
        return false;
    }

    private void release() {
        for (Held next = held.poll(); next != null; next = held.poll()) {
            fold(next.gateway, next.event);
        }
    }

    private void fold(String gateway, Event event) {
        try {
            Outcome outcome = statistics.fold(gateway, event);
            switch (outcome) {
                case ACCEPTED -> accepted++;
                case UNTIDY -> untidy++;
                case REFUSED -> refused++;
            }
        } catch (RuntimeException e) {
            // The same event fails again whenever the log is folded, so leaving it out is deterministic; stopping here
            // would
            // stop the centre for good.
            errors++;
            if (errors < 100) {
                LOG.error("Cannot fold {} of gateway '{}'; it is left out", event, gateway, e);
            }
        }
    }

    Statistics statistics() {
        return statistics;
    }

    Gateways gateways() {
        return gateways;
    }

    ZoneId zone() {
        return zone;
    }

    ClockMode clock() {
        return clock;
    }

    /** The highest epoch that the real-time feeds have had. */
    long lastEpoch() {
        return lastEpoch;
    }

    /** The log sequence of the last entry folded. */
    long logSequence() {
        return logSequence;
    }

    /** Whether a checkpoint can be made: nothing is held back. */
    boolean settled() {
        return held.isEmpty();
    }

    int held() {
        return held.size();
    }

    long accepted() {
        return accepted;
    }

    long untidy() {
        return untidy;
    }

    long refused() {
        return refused;
    }

    long errors() {
        return errors;
    }

    /** The whole state; only when {@link #settled}. */
    byte[] checkpoint() {
        if (!settled()) {
            throw new IllegalStateException(held.size() + " events are held back");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeUTF(zone.getId());
            out.writeByte(clock.ordinal());
            out.writeLong(lastEpoch);
            out.writeLong(accepted);
            out.writeLong(untidy);
            out.writeLong(refused);
            out.writeLong(errors);
            gateways.writeTo(out);
            statistics.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** @throws IOException when it is not a checkpoint, or one of a version that this one does not read */
    static Fold readFrom(EventLog.Checkpoint checkpoint, Configurations configurations) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(checkpoint.state()))) {
            int version = in.readByte();
            if (version != VERSION) {
                throw new IOException("The checkpoint has version " + version + ", this program reads " + VERSION);
            }
            ZoneId zone = ZoneId.of(in.readUTF());
            ClockMode clock = ClockMode.values()[in.readByte()];
            long lastEpoch = in.readLong();
            long accepted = in.readLong();
            long untidy = in.readLong();
            long refused = in.readLong();
            long errors = in.readLong();
            Gateways gateways = Gateways.readFrom(in);
            Fold fold = new Fold(Statistics.readFrom(in), gateways, zone, configurations);
            fold.clock = clock;
            fold.lastEpoch = lastEpoch;
            fold.accepted = accepted;
            fold.untidy = untidy;
            fold.refused = refused;
            fold.errors = errors;
            fold.logSequence = checkpoint.logSequence();
            return fold;
        }
    }
}
