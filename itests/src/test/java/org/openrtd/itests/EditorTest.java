package org.openrtd.itests;

import static org.junit.Assert.assertEquals;

import java.util.OptionalLong;
import org.junit.Test;

/** What an editor takes for an acknowledgement. */
public class EditorTest {

    @Test
    public void takesWhatIsCommitted() {
        assertEquals(OptionalLong.of(7), Editor.committed("Changed 1 row, recovery key 7\n"));
        assertEquals(OptionalLong.of(8), Editor.committed("Transaction n1 is committed under recovery key 8 by x: y"));
        assertEquals(
                OptionalLong.of(9),
                Editor.committed("Error executing command: The centre has committed it under key 9, but after 10 s …"));
    }

    @Test
    public void takesNoRefusalForACommit() {
        assertEquals(
                OptionalLong.empty(),
                Editor.committed("Call_Type 5011, Description: was empty, is to be n3-desk-2, and is n3-desk-1 now, by"
                        + " operator@desk at 2026-11-23T01:00:33Z (recovery key 137)\nRefused for this reason; nothing was"
                        + " changed"));
        assertEquals(
                OptionalLong.empty(),
                Editor.committed("The id n1 was another transaction's, committed under recovery key 8: x"));
        assertEquals(OptionalLong.empty(), Editor.committed("No answer from the centre within 10 s (--timeout)"));
    }
}
