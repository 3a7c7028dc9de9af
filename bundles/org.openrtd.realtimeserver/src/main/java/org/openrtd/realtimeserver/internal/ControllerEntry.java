package org.openrtd.realtimeserver.internal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.openrtd.events.Event;
import org.openrtd.events.EventCodec;
import org.openrtd.events.MalformedMessageException;

/** What the controller itself writes into the event log, so that the log alone decides what is folded, and in what order. */
sealed interface ControllerEntry {

    /** A controller has started: its real-time feeds have this epoch, and its clock is moved so. */
    record Started(long epoch, ClockMode clock) implements ControllerEntry {}

    /** The controller says this of a gateway, or, with an empty name, moves its clock. */
    record Said(String gateway, Event event) implements ControllerEntry {}

    /** The configuration up to this recovery key counts from here on; the transactions stand in the change log. */
    record Configured(long recoveryKey) implements ControllerEntry {}

    int VERSION = 1;

    static byte[] encode(ControllerEntry entry) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            if (entry instanceof Started started) {
                out.writeByte(1);
                out.writeLong(started.epoch);
                out.writeByte(started.clock.ordinal());
            } else if (entry instanceof Said said) {
                out.writeByte(2);
                out.writeUTF(said.gateway);
                out.write(EventCodec.encodeEvent(said.event));
            } else if (entry instanceof Configured configured) {
                out.writeByte(3);
                out.writeLong(configured.recoveryKey);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** @throws IllegalArgumentException when it was not written by {@link #encode} of this version */
    static ControllerEntry decode(byte[] payload) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(payload))) {
            int version = in.readByte();
            if (version != VERSION) {
                throw new IllegalArgumentException(
                        "version " + version + " of a controller's entry is not known, only " + VERSION);
            }
            int kind = in.readByte();
            return switch (kind) {
                case 1 -> new Started(in.readLong(), ClockMode.values()[in.readByte()]);
                case 2 -> new Said(in.readUTF(), EventCodec.decodeEvent(in.readAllBytes()));
                case 3 -> new Configured(in.readLong());
                default -> throw new IllegalArgumentException("kind " + kind + " of a controller's entry is not known");
            };
        } catch (IOException | MalformedMessageException | ArrayIndexOutOfBoundsException e) {
            throw new IllegalArgumentException("a controller's entry cannot be read: " + e.getMessage(), e);
        }
    }
}
