package org.openrtd.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FollowerReportTest {

    private static final FollowerReport REPORT =
            new FollowerReport("desk-7", false, FeedState.LIVE, new Position(300, 5), 20, 3, 200);

    @Test
    void hasTheDocumentedBytes() {
        assertEquals(
                "4f 46 02 12 06 64 65 73 6b 2d 37 00 02 ac 02 05 14 03 c8 01",
                HexFormat.ofDelimiter(" ").formatHex(REPORT.encode()));
        assertTrue(FollowerReport.is(REPORT.encode()));
        assertFalse(FollowerReport.is(new byte[0]));
        assertEquals(REPORT, FollowerReport.decode(REPORT.encode()));
    }

    @Test
    void isRefusedWhenItIsCutOrLongerOrHasAnotherStateOrALongName() {
        byte[] bytes = REPORT.encode();
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThrows(IllegalArgumentException.class, () -> FollowerReport.decode(cut));
        }
        assertThrows(
                IllegalArgumentException.class, () -> FollowerReport.decode(Arrays.copyOf(bytes, bytes.length + 1)));
        byte[] state = bytes.clone();
        state[12] = 9;
        assertThrows(IllegalArgumentException.class, () -> FollowerReport.decode(state));
        assertThrows(
                IllegalArgumentException.class,
                () -> new FollowerReport("n".repeat(65), false, FeedState.LIVE, Position.NONE, 0, 0, 0));
    }

    @Test
    void isReadOrRefusedWhateverTheBytesAre() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = REPORT.encode();
            for (int j = random.nextInt(4); j >= 0; j--) {
                bytes[4 + random.nextInt(bytes.length - 4)] = (byte) random.nextInt();
            }
            try {
                FollowerReport read = FollowerReport.decode(bytes);
                assertEquals(read, FollowerReport.decode(read.encode()), () -> "seed " + seed);
            } catch (IllegalArgumentException refused) {
                // As it should be.
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }
}
