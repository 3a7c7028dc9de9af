package org.openrtd.itests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.Before;
import org.junit.Test;
import org.openrtd.itests.Ledger.Edit;
import org.openrtd.itests.Ledger.Held;
import org.openrtd.itests.Ledger.Logged;

/** The oracle finds what it is there to find: each broken history here differs from the right one in one thing. */
public class LedgerTest {

    private final Ledger ledger = new Ledger();
    private final List<Logged> log = new ArrayList<>(List.of(
            new Logged(5, "a", "r1", "", "1"),
            new Logged(6, "b", "r2", "", "2"),
            new Logged(8, "c", "r1", "1", "3"),
            new Logged(9, "d", "r1", "3", "4")));

    @Before
    public void record() {
        for (Edit edit : List.of(
                new Edit("a", "r1", "1"),
                new Edit("b", "r2", "2"),
                new Edit("c", "r1", "3"),
                new Edit("d", "r1", "4"))) {
            ledger.sending(edit);
        }
        ledger.acknowledged(new Edit("a", "r1", "1"), 5);
        ledger.acknowledged(new Edit("b", "r2", "2"), 6);
        ledger.acknowledged(new Edit("c", "r1", "3"), 8);
        // Nobody was told what became of d.
    }

    @Test
    public void findsNothingWhereNothingIsWrong() {
        assertEquals(List.of(), ledger.check(log));
        log.remove(3);
        assertEquals("d need not have been committed", List.of(), ledger.check(log));
    }

    @Test
    public void findsALostTransaction() {
        log.remove(1);
        assertFound("lost: Edit[id=b");
    }

    @Test
    public void findsALostTransactionBetweenOthersOfItsRow() {
        log.remove(2);
        assertFound("lost: Edit[id=c", "something is missing between");
    }

    @Test
    public void findsATransactionAppliedTwice() {
        log.add(new Logged(10, "b", "r2", "2", "2"));
        assertFound("applied twice");
    }

    @Test
    public void findsAKeyOfTwo() {
        log.set(3, new Logged(8, "d", "r1", "3", "4"));
        assertFound("one key for two");
    }

    @Test
    public void findsAnotherKeyThanTheAcknowledgedOne() {
        log.set(1, new Logged(7, "b", "r2", "", "2"));
        assertFound("acknowledged under key 6");
    }

    @Test
    public void findsWhatNobodySent() {
        log.add(new Logged(10, "x", "r2", "2", "9"));
        assertFound("nobody sent");
    }

    @Test
    public void findsACopyThatLacksTheLastTransactionOrHasItUnderAnotherKey() {
        Map<String, Held> right = Map.of("r1", new Held("4", 9), "r2", new Held("2", 6));
        assertEquals(List.of(), Ledger.check("north", log, right));
        assertEquals(
                List.of("north has Held[value=3, key=8] in row r1, not Held[value=4, key=9]"),
                Ledger.check("north", log, Map.of("r1", new Held("3", 8), "r2", new Held("2", 6))));
        assertEquals(
                1,
                Ledger.check("north", log, Map.of("r1", new Held("4", 8), "r2", new Held("2", 6)))
                        .size());
        assertEquals(
                1, Ledger.check("north", log, Map.of("r1", new Held("4", 9))).size());
    }

    private void assertFound(String... beginnings) {
        List<String> wrong = ledger.check(log);
        for (String beginning : beginnings) {
            assertTrue(wrong.toString(), wrong.stream().anyMatch(line -> line.startsWith(beginning)));
        }
        assertEquals(wrong.toString(), beginnings.length, wrong.size());
    }
}
