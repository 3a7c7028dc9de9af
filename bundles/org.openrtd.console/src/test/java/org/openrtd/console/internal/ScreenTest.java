package org.openrtd.console.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.openrtd.feed.FeedState;

class ScreenTest {

    private final Centre centre = new Centre();

    private List<String> plain() {
        return new Screen(100, 60, false).lines(centre.picture());
    }

    @Test
    void showsCallTypesWithTheOldestCallInMinutesAndSeconds() {
        String sales = line("Sales ");

        assertEquals(List.of("Sales", "3", "1:35", "120", "100", "8", "81", "%", "0:25"), List.of(sales.split(" +")));
    }

    @Test
    void showsAgentsWithStateTimeAndReasonOrGroup() {
        assertEquals("Anna Albrecht Talking 2:13 Sales North", line("Anna").replaceAll(" +", " "));
        assertEquals("agent.2 Not Ready 1:01:40 Lunch", line("agent.2").replaceAll(" +", " "));
    }

    @Test
    void countsAgentsWhoAreLoggedOffWithoutListingThem() {
        assertFalse(plain().stream().anyMatch(line -> line.contains("agent.4")));
        assertEquals("Agents: 3 in — 1 Talking, 1 Ready, 1 Not Ready; 1 logged off", line("Agents:"));
    }

    @Test
    void alwaysShowsSiteControllerTimePositionAndAge() {
        List<String> lines = plain();

        assertTrue(lines.get(0).startsWith("OpenRTD  site north  client-1"), lines.get(0));
        assertTrue(lines.get(0).endsWith("controller 2026-03-02 10:30:12 Europe/Berlin"), lines.get(0));
        assertTrue(lines.get(1).contains("data 0.2 s old  calls 17:512"), lines.get(1));
    }

    @Test
    void raisesABannerAboveEverythingWhenDataIsNotCurrent() {
        centre.calls.stale(FeedState.CONNECTING, "north-1 does not answer", 7);
        List<String> lines = plain();

        assertEquals("!! STALE for 7.0 s — calls: CONNECTING, north-1 does not answer", lines.get(1));
        String coloured = new Screen(100, 60, true).lines(centre.picture()).get(1);
        assertTrue(coloured.startsWith("\033[1;97;41m"), coloured);
    }

    @Test
    void fitsAnySizeOfTerminal() {
        for (int i = 0; i < 200; i++) {
            centre.agents.row("Agent_Real_Time", "SkillTargetID", 100 + i, "MRDomainID", 1, "AgentState", 3);
            centre.calls.row("Call_Type_Real_Time", "CallTypeID", 6000 + i);
        }
        centre.gateway("silent");
        Picture picture = centre.picture();
        for (int width = 20; width < 260; width += 7) {
            for (int height = 5; height < 70; height += 3) {
                List<String> lines = new Screen(width, height, true).lines(picture);
                assertTrue(lines.size() <= height, lines.size() + " lines in " + height);
                for (String line : lines) {
                    int columns = Text.width(line.replaceAll("\033\\[[0-9;]*m", ""));
                    assertTrue(columns <= width, columns + " columns in " + width + ": " + line);
                }
            }
        }
    }

    @Test
    void saysHowManyRowsDoNotFit() {
        for (int i = 0; i < 200; i++) {
            centre.agents.row("Agent_Real_Time", "SkillTargetID", 100 + i, "MRDomainID", 1, "AgentState", 3);
        }
        List<String> lines = new Screen(80, 24, false).lines(centre.picture());

        assertEquals(24, lines.size());
        assertTrue(lines.get(23).matches("… \\d+ more agents.*"), lines.get(23));
    }

    @Test
    void showsANoteOnTheLastLineOfAnyTerminal() {
        for (int height = 5; height < 70; height++) {
            List<String> lines = new Screen(80, height, false).lines(centre.picture(), "Page: http://127.0.0.1:1");

            assertEquals(height, lines.size());
            assertEquals("Page: http://127.0.0.1:1", lines.get(height - 1));
            assertTrue(lines.get(0).startsWith("OpenRTD "), lines.get(0));
        }
        assertEquals(plain(), new Screen(100, 60, false).lines(centre.picture(), ""));
    }

    @Test
    void putsAllThatMattersOnOneLine() {
        assertEquals(
                "2026-03-02 10:30:12 LIVE 0.2 s | waiting 3 oldest 1:35 | today offered 120 answered 100 abandoned 8"
                        + " | Agents: 3 in — 1 Talking, 1 Ready, 1 Not Ready; 1 logged off | calls 17:512",
                Screen.line(centre.picture()));
    }

    @Test
    void letsNoNameMoveTheCursor() {
        centre.config.row("Call_Type", "CallTypeID", 5007, "EnterpriseName", "\033[2J\u202eevil\r\n");

        for (String line : new Screen(100, 60, false).lines(centre.picture())) {
            assertTrue(line.chars().noneMatch(c -> c < 0x20 || c == 0x202e), line);
        }
        assertTrue(plain().stream().anyMatch(line -> line.startsWith("?[2J?evil??")));
    }

    private String line(String start) {
        return plain().stream()
                .filter(line -> line.startsWith(start))
                .findFirst()
                .orElseThrow()
                .strip();
    }
}
