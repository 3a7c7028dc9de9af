package org.openrtd.configuration;

import java.util.List;
import org.openrtd.feed.Change;

/**
 * Changes of the configuration that take effect together, or not at all.
 *
 * <p>A put holds the whole row. Its {@code ChangeStamp} says what it was based on: that of the row it replaces, 0 when the
 * row must be new, {@code null} when it does not matter. The store gives the row its new stamp.
 * A {@code RecoveryKey} that the row was read with is compared as well: stamps begin again where a row was purged and made
 * anew. A delete says what it was based on by the put of that row right before it, as it was read; the two are one change,
 * and without the put it is refused.
 *
 * @param id made by the editor, unique for ever: a transaction that is sent again takes effect once, and another one under
 *     its id is refused
 * @param author who edits, as validated by whoever hands the transaction in
 */
public record ConfigurationTransaction(String id, String author, List<Change> changes) {

    /** No transaction changes more rows than this. */
    public static final int MAX_CHANGES = 4_000;

    /** No transaction is larger than this, as {@link ConfigurationMessage} writes it. */
    public static final int MAX_BYTES = 4 << 20;

    public ConfigurationTransaction {
        changes = List.copyOf(changes);
        if (id.isEmpty() || id.length() > 128) {
            throw new IllegalArgumentException(
                    "The id of a configuration transaction has 1 to 128 characters, not " + id.length());
        }
        // Some databases take texts for equal that differ in blanks at their ends only.
        if (!id.equals(id.strip()) || !ConfigurationValues.isLine(id)) {
            throw new IllegalArgumentException("The id of a configuration transaction has a blank at an end, a control"
                    + " character or half a surrogate pair");
        }
        if (author.length() > 128) {
            throw new IllegalArgumentException("An author's name has at most 128 characters, not " + author.length());
        }
        if (changes.isEmpty() || changes.size() > MAX_CHANGES) {
            throw new IllegalArgumentException("Configuration transaction " + id + " has " + changes.size()
                    + " changes; 1 to " + MAX_CHANGES + " are allowed: split it");
        }
    }
}
