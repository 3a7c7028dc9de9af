package org.openrtd.configuration.jms.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SharesTest {

    private final Shares shares = new Shares(100, 1_000);

    @Test
    void aUserAloneHasHalf() {
        assertEquals(50, taken("ada"));
        assertEquals(50, shares.count());
    }

    @Test
    void thereIsSomethingLeftForWhoeverComes() {
        assertEquals(50, taken("ada"));
        assertEquals(25, taken("bob"));
        assertEquals(12, taken("cyd"));
        assertTrue(shares.take("dan", 1));
        assertFalse(shares.take("ada", 1));
    }

    @Test
    void whatIsGivenBackOthersHave() {
        taken("ada");
        for (int i = 0; i < 50; i++) {
            shares.give("ada", 1);
        }
        assertEquals(0, shares.count());
        assertEquals(50, taken("bob"));
    }

    @Test
    void whatIsLargeCountsByItsSize() {
        assertTrue(shares.take("ada", 500));
        assertFalse(shares.take("ada", 1));
        assertFalse(shares.take("bob", 251));
        assertTrue(shares.take("bob", 250));
        shares.give("ada", 500);
        assertTrue(shares.take("ada", 300));
    }

    private int taken(String user) {
        int taken = 0;
        while (shares.take(user, 1)) {
            taken++;
        }
        return taken;
    }
}
