package org.openrtd.feed.internal;

import org.openrtd.feed.Cut;
import org.openrtd.feed.Position;

/**
 * What a batch says of itself.
 *
 * @param previous the sequence that it follows
 * @param originTime the origin's monotonic time when it was made
 */
public record BatchHeader(Position position, long previous, Cut cut, long originTime) {

    void write(WireWriter to) {
        to.varint(position.epoch())
                .varint(position.sequence())
                .varint(position.sequence() - previous)
                .zigzag(cut.tick())
                .zigzag(cut.controllerTime())
                .zigzag(cut.configurationKey())
                .zigzag(originTime);
    }

    public static BatchHeader read(WireReader from) throws Undecodable {
        Position position = Messages.readPosition(from);
        long step = from.natural("step");
        if (step == 0 || step > position.sequence()) {
            throw new Undecodable("a batch " + position + " that follows by " + step);
        }
        return new BatchHeader(
                position,
                position.sequence() - step,
                new Cut(from.zigzag(), from.zigzag(), from.zigzag()),
                from.zigzag());
    }
}
