package org.openrtd.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class WhereaboutsTest {

    @Test
    void takesPlacesThatAreFurtherAwayWhereItNamesNone() {
        Whereabouts centre = new Whereabouts("head office", "central", "central");
        assertEquals(
                new Whereabouts("north", "central", "jdbc:derby://north:1527/local"),
                new Whereabouts("north", "", "jdbc:derby://north:1527/local").or(centre));
        assertEquals("", Whereabouts.NONE.or(centre).site(), "a site is its own");
    }

    @Test
    void isForPeople() {
        assertEquals("", Whereabouts.NONE.toString());
        assertEquals(
                "site north, configuration at central, history at central",
                new Whereabouts("north", "central", "central").toString());
    }

    @Test
    void saysNothingSecretAndNothingThatATerminalActsOn() {
        for (String wrong : new String[] {
            "https://me:secret@central:8443/",
            "jdbc:derby://central:1527/central;user=me;password=secret",
            "jdbc:postgresql://central/openrtd?Password = secret",
            "central\u001b[31m",
            "two\nlines",
            "x".repeat(Whereabouts.MOST_CHARACTERS + 1)
        }) {
            assertThrows(IllegalArgumentException.class, () -> new Whereabouts("north", wrong, ""), wrong);
            assertEquals(new Whereabouts("north", "", "central"), Whereabouts.usable("north", wrong, "central"));
        }
        assertSame(Whereabouts.NONE, Whereabouts.usable(null, null, null));
        assertEquals("mailto:me@x", Whereabouts.usable("", "mailto:me@x", "").configuration());
    }
}
