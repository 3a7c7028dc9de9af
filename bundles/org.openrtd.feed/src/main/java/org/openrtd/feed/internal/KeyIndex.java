package org.openrtd.feed.internal;

import java.util.Arrays;

/** Finds ordinals by a row's key hash. Immutable; {@link Builder} makes the next one and copies only what it changes. */
final class KeyIndex {

    private static final int BITS = 8;
    private static final int CHUNK = 1 << BITS;
    private static final int[] NONE = {};

    static final KeyIndex EMPTY = new KeyIndex(new int[1][][]);

    // Chunks of buckets of ordinals; the number of chunks is a power of two, and one that holds nothing is null.
    private final int[][][] chunks;

    private KeyIndex(int[][][] chunks) {
        this.chunks = chunks;
    }

    /** Ordinals of the rows that may have that hash. */
    int[] candidates(long hash) {
        return candidates(chunks, hash);
    }

    private static int[] candidates(int[][][] chunks, long hash) {
        int bucket = (int) hash & chunks.length * CHUNK - 1;
        int[][] chunk = chunks[bucket >>> BITS];
        int[] ordinals = chunk == null ? null : chunk[bucket & CHUNK - 1];
        return ordinals == null ? NONE : ordinals;
    }

    static final class Builder {

        private int[][][] chunks;
        private boolean[] own;

        Builder(KeyIndex base) {
            chunks = base.chunks.clone();
            own = new boolean[chunks.length];
        }

        int[] candidates(long hash) {
            return KeyIndex.candidates(chunks, hash);
        }

        /** Whether so many rows want a larger index; the caller then makes one with {@link #ofSize} and adds all again. */
        boolean tooSmallFor(int rows) {
            return rows > chunks.length * CHUNK * 2;
        }

        static Builder ofSize(int rows) {
            int chunks = Integer.highestOneBit(Math.max(1, rows / CHUNK)) * 2;
            return new Builder(new KeyIndex(new int[chunks][][]));
        }

        void add(long hash, int ordinal) {
            int bucket = (int) hash & chunks.length * CHUNK - 1;
            int[][] chunk = ownChunk(bucket >>> BITS);
            int[] ordinals = chunk[bucket & CHUNK - 1];
            if (ordinals == null) {
                ordinals = new int[] {ordinal};
            } else {
                ordinals = Arrays.copyOf(ordinals, ordinals.length + 1);
                ordinals[ordinals.length - 1] = ordinal;
            }
            chunk[bucket & CHUNK - 1] = ordinals;
        }

        void remove(long hash, int ordinal) {
            int bucket = (int) hash & chunks.length * CHUNK - 1;
            int[][] chunk = ownChunk(bucket >>> BITS);
            int[] ordinals = chunk[bucket & CHUNK - 1];
            chunk[bucket & CHUNK - 1] = ordinals.length == 1
                    ? null
                    : Arrays.stream(ordinals).filter(other -> other != ordinal).toArray();
        }

        private int[][] ownChunk(int index) {
            if (!own[index]) {
                chunks[index] = chunks[index] == null ? new int[CHUNK][] : chunks[index].clone();
                own[index] = true;
            }
            return chunks[index];
        }

        /** The index; the builder must not be used any more. */
        KeyIndex build() {
            return new KeyIndex(chunks);
        }
    }
}
