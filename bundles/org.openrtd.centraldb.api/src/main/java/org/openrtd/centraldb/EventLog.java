package org.openrtd.centraldb;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/**
 * All events in the order in which they are folded, durable, and the checkpoints of what was folded from them.
 *
 * <p>What {@link #append} returned is in the database's forced log: a crash at any moment loses none of it. Log sequences
 * are dense and begin at 1. Events of a gateway's run are stored in the order of their numbers, each once, and the marks
 * are written in the same transaction as the events, so that the two can never differ. Usable from any thread; appends
 * take turns, and neither reading nor a checkpoint holds one up.
 *
 * <p>Every method throws {@link CentralDatabaseException} when the database does not do what it was asked. After that
 * from {@link #append} nobody knows whether the entries were stored: append them again, what was stored is recognised. It
 * is not returned again, though: an append of nothing finds out what is stored, and then {@link #read} hands it over.
 */
@ProviderType
public interface EventLog {

    /** The gateway of the controller's own entries: they have no run and no number, and are never duplicates. */
    String CONTROLLER = "";

    /** No append takes more than this many entries, */
    int MAX_ENTRIES = 20_000;

    /** nor more than this many bytes of payload in all, */
    int MAX_BYTES = 16 << 20;

    /** nor more than this in one entry. */
    int MAX_ENTRY_BYTES = 4 << 20;

    /**
     * One thing to store.
     *
     * @param gateway the gateway's name, or {@link #CONTROLLER}
     * @param run one numbering of the gateway's events; 0 for the controller
     * @param number 1, 2, 3, … within the run; 0 for the controller
     * @param payload not changed after it was handed over
     */
    record Entry(String gateway, long run, long number, byte[] payload) {

        public Entry {
            if (gateway.length() > 128) {
                throw new IllegalArgumentException(
                        "A gateway's name has at most 128 characters, not " + gateway.length());
            }
            if (gateway.isEmpty() ? run != 0 || number != 0 : number < 1) {
                throw new IllegalArgumentException("Entry " + run + ":" + number
                        + (gateway.isEmpty()
                                ? " of the controller must have run and number 0"
                                : " of gateway " + gateway + " must be numbered from 1"));
            }
            if (payload.length > MAX_ENTRY_BYTES) {
                throw new IllegalArgumentException("Entry " + run + ":" + number + " of gateway " + gateway + " has "
                        + payload.length + " bytes; at most " + MAX_ENTRY_BYTES + " are stored");
            }
        }

        /** An entry of the controller itself. */
        public static Entry ofController(byte[] payload) {
            return new Entry(CONTROLLER, 0, 0, payload);
        }
    }

    /** An entry at its place in the log. */
    record Logged(long sequence, Entry entry) {}

    /** The last stored event of a gateway. */
    record Mark(long run, long number) {}

    /**
     * What was folded from the log up to and including {@code logSequence}.
     *
     * @param state what {@link #writeCheckpoint} was given
     */
    record Checkpoint(long logSequence, byte[] state) {}

    /**
     * Stores entries in their order, in one transaction, and returns after its commit.
     *
     * <p>An entry whose number its run has already reached is not stored again. So fold what is returned, not what was
     * handed in.
     *
     * @return what was stored now, with its log sequences; empty when all of it was there
     * @throws IllegalArgumentException when an entry would leave a gap in the numbers of its run, or a bound is exceeded;
     *     nothing is stored then
     */
    List<Logged> append(List<Entry> entries);

    /** The log sequence of the last stored entry; 0 before the first. */
    long lastSequence();

    /**
     * Hands over every entry after {@code after}, in order, up to the last one stored when reading began.
     *
     * @return the log sequence of the last entry handed over, or {@code after}
     * @throws IllegalArgumentException when entries after {@code after} have been pruned
     */
    long read(long after, Consumer<Logged> to);

    /** The last stored event of every gateway that ever had one stored. */
    Map<String, Mark> marks();

    /** The last stored number of that run; empty when nothing of it is stored, also where a later run has followed. */
    OptionalLong mark(String gateway, long run);

    /**
     * Stores a checkpoint, keeps the one before it, and prunes from the log what lies below both and is older than the
     * retention. Only the checksum vouches for the state: nothing here looks into it.
     *
     * @param recoveryKey the last configuration transaction in the state: what follows it is kept in the change log
     * @throws IllegalArgumentException when the log has not come to {@code logSequence}, or the last checkpoint is newer
     */
    void writeCheckpoint(long logSequence, long recoveryKey, byte[] state);

    /**
     * The newest checkpoint that is whole. Empty means to begin with nothing and {@code read(0, …)}, which refuses when
     * that would not give the whole history.
     */
    Optional<Checkpoint> latestCheckpoint();
}
