package org.openrtd.feed.internal;

/** The most recent batches, as the messages that carried them, within a number of bytes. Sequences are dense in it. */
final class Ring {

    private byte[][][] batches = new byte[64][][];
    private int first;
    private int count;
    private long firstSequence;
    private long bytes;

    boolean isEmpty() {
        return count == 0;
    }

    long bytes() {
        return bytes;
    }

    /** The sequence of the oldest batch. */
    long firstSequence() {
        return firstSequence;
    }

    void clear() {
        batches = new byte[64][][];
        first = 0;
        count = 0;
        bytes = 0;
    }

    void add(long sequence, byte[][] messages) {
        if (count > 0 && sequence != firstSequence + count) {
            clear();
        }
        if (count == 0) {
            firstSequence = sequence;
        }
        if (count == batches.length) {
            byte[][][] larger = new byte[count * 2][][];
            for (int i = 0; i < count; i++) {
                larger[i] = batches[first + i & count - 1];
            }
            batches = larger;
            first = 0;
        }
        batches[first + count & batches.length - 1] = messages;
        count++;
        bytes += size(messages);
    }

    /** Forgets the oldest until at most {@code most} bytes are left; but none after {@code kept} above {@code atLeast}. */
    void trim(long atLeast, long most, long kept) {
        while (count > 0 && (bytes > most || bytes > atLeast && firstSequence <= kept)) {
            bytes -= size(batches[first]);
            batches[first] = null;
            first = first + 1 & batches.length - 1;
            firstSequence++;
            count--;
        }
    }

    /** Whether all batches after {@code sequence} are here, up to {@code newest}. */
    boolean reaches(long sequence, long newest) {
        return sequence == newest || count > 0 && firstSequence <= sequence + 1 && firstSequence + count - 1 == newest;
    }

    byte[][] get(long sequence) {
        return batches[first + (int) (sequence - firstSequence) & batches.length - 1];
    }

    static long size(byte[][] messages) {
        long size = 0;
        for (byte[] message : messages) {
            size += message.length;
        }
        return size;
    }
}
