package org.openrtd.configuration.jms.internal;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Cuts a message into parts that a broker takes, and puts parts together again. */
final class Frames {

    static final int VERSION = 1;
    /** Of a message in one part, so that a broker never keeps one as a file. */
    static final int PART_BYTES = 60 << 10;

    private static final int MAGIC = 0x5245;
    private static final int MAX_PARTS = (MessageCodec.MAX_BYTES + PART_BYTES - 1) / PART_BYTES;

    /**
     * A part of a message.
     *
     * @param request which question it is, or which one it answers; the asker chose the number
     */
    record Part(long request, int number, int parts, byte[] bytes) {

        static Part read(byte[] frame) {
            Reader in = new Reader(frame);
            if (in.u16() != MAGIC) {
                throw new UnreadableMessage("it does not begin as ours do");
            }
            int version = in.u8();
            if (version != VERSION) {
                throw new UnreadableMessage("of version " + version + ", and this program knows " + VERSION);
            }
            long request = in.i64();
            int number = in.u16();
            int parts = in.u16();
            byte[] bytes = in.rest();
            if (parts < 1 || parts > MAX_PARTS || number >= parts || bytes.length > PART_BYTES) {
                throw new UnreadableMessage(
                        "part " + number + " of " + parts + " with " + bytes.length + " bytes, which cannot be");
            }
            return new Part(request, number, parts, bytes);
        }
    }

    /** A whole message. */
    record Whole(long request, Message message) {}

    private Frames() {}

    /** @throws IllegalArgumentException when it is larger than any may be */
    static List<byte[]> cut(long request, Message message) {
        byte[] whole = MessageCodec.encode(message);
        if (whole.length > MessageCodec.MAX_BYTES) {
            throw new IllegalArgumentException("It has " + whole.length + " bytes, and the most is "
                    + MessageCodec.MAX_BYTES + ": split it into several transactions");
        }
        int parts = (whole.length + PART_BYTES - 1) / PART_BYTES;
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < parts; i++) {
            frames.add(new Writer()
                    .u16(MAGIC)
                    .u8(VERSION)
                    .i64(request)
                    .u16(i)
                    .u16(parts)
                    .raw(Arrays.copyOfRange(whole, i * PART_BYTES, Math.min(whole.length, (i + 1) * PART_BYTES)))
                    .toBytes());
        }
        return frames;
    }

    /**
     * Puts together what comes from several senders, each of which sends one message after the other. A message of which a
     * part is missing is given up when the next one begins. Used by one thread.
     */
    static final class Assembly {

        /** More do not wait for their rest. */
        static final int MAX_SENDERS = 1_000;

        private record Begun(Part last, ByteArrayOutputStream bytes) {}

        /** What a user has begun, by sender, the oldest first. */
        private static final class OfUser {
            final Map<String, Begun> begun = new LinkedHashMap<>();
            long bytes;
        }

        private final long maxBytes;
        private final Map<String, OfUser> users = new LinkedHashMap<>();
        private long bytes;
        private int senders;

        /** @param maxBytes of what waits for its rest; when there is more, the user who has the most loses its oldest */
        Assembly(long maxBytes) {
            this.maxBytes = maxBytes;
        }

        /**
         * Takes a frame.
         *
         * @param user who sends, as the broker validated it
         * @param sender which of the user's, as it says itself
         * @return the message that it completes, or {@code null}
         * @throws UnreadableMessage when it is none
         */
        Whole add(String user, String sender, byte[] frame) {
            Part part = Part.read(frame);
            Begun before = forget(user, sender);
            if (part.parts() == 1) {
                return new Whole(part.request(), MessageCodec.decode(part.bytes()));
            }
            boolean follows = before != null
                    && before.last.request() == part.request()
                    && before.last.parts() == part.parts()
                    && before.last.number() + 1 == part.number();
            if (part.number() > 0 && !follows) {
                return null;
            }
            ByteArrayOutputStream whole = part.number() == 0 ? new ByteArrayOutputStream() : before.bytes;
            whole.writeBytes(part.bytes());
            if (part.number() + 1 == part.parts()) {
                return new Whole(part.request(), MessageCodec.decode(whole.toByteArray()));
            }
            keep(user, sender, new Begun(part, whole));
            while (bytes > maxBytes) {
                forgetOldest(Comparator.comparingLong(each -> each.bytes));
            }
            while (senders > MAX_SENDERS) {
                forgetOldest(Comparator.comparingInt(each -> each.begun.size()));
            }
            return null;
        }

        private void keep(String user, String sender, Begun begun) {
            OfUser mine = users.computeIfAbsent(user, each -> new OfUser());
            mine.begun.put(sender, begun);
            mine.bytes += begun.bytes.size();
            bytes += begun.bytes.size();
            senders++;
        }

        private Begun forget(String user, String sender) {
            OfUser mine = users.get(user);
            Begun before = mine == null ? null : mine.begun.remove(sender);
            if (before != null) {
                mine.bytes -= before.bytes.size();
                bytes -= before.bytes.size();
                senders--;
                if (mine.begun.isEmpty()) {
                    users.remove(user);
                }
            }
            return before;
        }

        private void forgetOldest(Comparator<OfUser> most) {
            Map.Entry<String, OfUser> greedy = Collections.max(users.entrySet(), Map.Entry.comparingByValue(most));
            forget(greedy.getKey(), greedy.getValue().begun.keySet().iterator().next());
        }

        long bytes() {
            return bytes;
        }
    }
}
