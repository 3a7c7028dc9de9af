package org.openrtd.gateway.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.openrtd.events.Event;
import org.openrtd.events.Mark;
import org.openrtd.events.NumberedEvent;
import org.openrtd.gateway.CannotGoOnException;

class RecordedDayTest {

    private static final ZoneId ZONE = ZoneId.of("Asia/Jerusalem");
    private static final LocalDate DAY = LocalDate.of(1999, 1, 5);
    private static final String HEADER = "vru+line\tcall_id\tcustomer_id\tpriority\ttype\tdate\tvru_entry\tvru_exit\t"
            + "vru_time\tq_start\tq_exit\tq_time\toutcome\tser_start\tser_exit\tser_time\tserver";

    @Test
    void playsACallThatWaitedAndWasAnswered() throws Exception {
        List<Event> events = ofCalls(
                line("1", "PS", "9:00:00", "9:00:05", "9:00:05", "9:00:40", "AGENT", "9:00:39", 120, "AGENT07"));
        assertEquals(
                List.of(
                        new Event.CallOffered(at("09:00:00"), "A-1", "PS"),
                        new Event.CallQueued(at("09:00:05"), "A-1", List.of("PS")),
                        new Event.AgentLoggedIn(at("09:00:38"), "AGENT07", List.of("PS"), null),
                        new Event.AgentStateChanged(at("09:00:38"), "AGENT07", 3, 0),
                        new Event.CallAnswered(at("09:00:39"), "A-1", "AGENT07", "PS"),
                        new Event.CallEnded(at("09:02:39"), "A-1"),
                        new Event.AgentLoggedOut(at("09:02:40"), "AGENT07", 0)),
                events);
    }

    @Test
    void playsACallThatWasAbandonedInTheQueue() throws Exception {
        assertEquals(
                List.of(
                        new Event.CallOffered(at("09:00:00"), "A-1", "NE"),
                        new Event.CallQueued(at("09:00:05"), "A-1", List.of("NE")),
                        new Event.CallAbandoned(at("09:00:40"), "A-1")),
                ofCalls(line(
                        "1", "NE", "9:00:00", "9:00:05", "9:00:05", "9:00:40", "HANG", "0:00:00", 0, "NO_SERVER")));
    }

    @Test
    void playsACallThatWasAbandonedAtTheVoiceResponseUnit() throws Exception {
        assertEquals(
                List.of(
                        new Event.CallOffered(at("09:00:00"), "A-1", "NE"),
                        new Event.CallAbandoned(at("09:00:05"), "A-1")),
                ofCalls(line(
                        "1", "NE", "9:00:00", "9:00:05", "0:00:00", "0:00:00", "HANG", "0:00:00", 0, "NO_SERVER")));
    }

    @Test
    void countsForNoAgentWhatNoServerOrExpressAnswered() throws Exception {
        for (String nobody : List.of("NO_SERVER", "EXPRESS")) {
            assertEquals(
                    List.of(
                            new Event.CallOffered(at("09:00:00"), "A-1", "PS"),
                            new Event.CallAnswered(at("09:00:04"), "A-1", null, "PS"),
                            new Event.CallEnded(at("09:00:14"), "A-1")),
                    ofCalls(line(
                            "1", "PS", "9:00:00", "9:00:05", "0:00:00", "0:00:00", "AGENT", "9:00:04", 10, nobody)));
        }
    }

    @Test
    void takesTheQueuesExitWhenTheAnswerIsNotRecorded() throws Exception {
        RecordedDay day =
                day(line("1", "PS", "9:00:00", "9:00:05", "9:00:05", "9:00:40", "AGENT", "0:00:00", 0, "NO_SERVER"));
        assertTrue(events(day).contains(new Event.CallAnswered(at("09:00:40"), "A-1", null, "PS")));
        assertTrue(events(day).contains(new Event.CallEnded(at("09:00:40"), "A-1")));
        assertEquals(1, day.untidy().get("answered without ser_start"));
    }

    @Test
    void takesTheUnitsExitWhenTheAnswerIsNotRecordedAndItNeverQueued() throws Exception {
        assertTrue(
                ofCalls(line("1", "PS", "9:00:00", "9:00:05", "0:00:00", "0:00:00", "AGENT", "0:00:00", 0, "NO_SERVER"))
                        .contains(new Event.CallAnswered(at("09:00:05"), "A-1", null, "PS")));
    }

    @Test
    void doesNotQueueACallThatWasAnsweredAtOrBeforeItsQueueing() throws Exception {
        RecordedDay day = day(
                line("1", "PS", "9:00:00", "9:00:05", "9:00:05", "9:00:06", "AGENT", "9:00:05", 9, "NO_SERVER"),
                line("2", "PS", "9:00:00", "9:00:05", "9:00:05", "9:00:06", "AGENT", "9:00:04", 9, "NO_SERVER"));
        assertTrue(events(day).stream().noneMatch(Event.CallQueued.class::isInstance));
        assertEquals(2, day.untidy().get("answered at or before q_start, taken as never queued"));
    }

    @Test
    void raisesTimesBeforeTheEntryToIt() throws Exception {
        assertEquals(
                List.of(
                        new Event.CallOffered(at("15:46:49"), "A-1", "PS"),
                        new Event.CallQueued(at("15:46:49"), "A-1", List.of("PS")),
                        new Event.CallAbandoned(at("15:46:59"), "A-1")),
                ofCalls(line(
                        "1", "PS", "15:46:49", "15:45:56", "15:45:56", "15:46:59", "HANG", "0:00:00", 0, "NO_SERVER")));
    }

    @Test
    void goesOnPastMidnightUntilTheLastCallHasEnded() throws Exception {
        RecordedDay day =
                day(line("1", "PS", "23:59:23", "23:59:23", "23:59:28", "0:00:03", "AGENT", "0:00:03", 52, "AGENT01"));
        long midnight = at("23:59:59") + 1_000;
        assertTrue(events(day).contains(new Event.CallAnswered(midnight + 3_000, "A-1", "AGENT01", "PS")));
        assertTrue(events(day).contains(new Event.CallEnded(midnight + 55_000, "A-1")));
        assertTrue(events(day).contains(new Event.AgentLoggedOut(midnight + 56_000, "AGENT01", 0)));
        assertEquals(midnight + 57_000, day.end());
    }

    @Test
    void leavesPhantomsOutAndCountsThem() throws Exception {
        RecordedDay day = day(
                line("1", "PS", "9:00:00", "9:00:05", "0:00:00", "0:00:00", "PHANTOM", "0:00:00", 0, "NO_SERVER"),
                line("2", "PS", "9:00:00", "9:00:05", "0:00:00", "0:00:00", "HANG", "0:00:00", 0, "NO_SERVER"));
        assertEquals(1, day.calls());
        assertEquals(1, day.untidy().get("phantom calls left out"));
    }

    @Test
    void reportsMalformedLinesAndGoesOn() throws Exception {
        String good = line("1", "PS", "9:00:00", "9:00:05", "0:00:00", "0:00:00", "HANG", "0:00:00", 0, "NO_SERVER");
        RecordedDay day = day(
                "x",
                good.replace("9:00:05", "9:60:05"),
                good.replace("HANG", "GONE"),
                good.replace("PS", ""),
                good.replace("990105", "today"),
                good + "\tmore",
                good.replace("PS", "P\u0007S"),
                "\u0000".repeat(100_000),
                good);
        assertEquals(1, day.calls());
        assertEquals(8, day.untidy().get("malformed lines left out"));
    }

    @Test
    void tellsCallsWithTheSameNumberApart() throws Exception {
        String good = line("1", "PS", "9:00:00", "9:00:05", "0:00:00", "0:00:00", "HANG", "0:00:00", 0, "NO_SERVER");
        RecordedDay day = day(good, good);
        assertEquals(1, day.untidy().get("calls whose number came again"));
        assertTrue(events(day).contains(new Event.CallOffered(at("09:00:00"), "A-1-3", "PS")));
    }

    @Test
    void beginsWithItsConfigurationAndAnEmptyPresent() throws Exception {
        RecordedDay day = day(
                line("1", "PS", "9:00:00", "9:00:05", "0:00:00", "0:00:00", "AGENT", "9:00:04", 60, "AGENT01"),
                line("2", "NE", "9:01:00", "9:01:05", "0:00:00", "0:00:00", "AGENT", "9:01:04", 60, "AGENT01"));
        long begin = at("08:59:59");
        assertEquals(
                List.of(
                        new Event.ConfigurationWanted(
                                begin,
                                "Asia/Jerusalem",
                                List.of(
                                        new Event.CallTypeWanted("NE", 20, 1, 0),
                                        new Event.CallTypeWanted("PS", 20, 1, 0)),
                                List.of(
                                        new Event.SkillGroupWanted("NE", 20, 1),
                                        new Event.SkillGroupWanted("PS", 20, 1)),
                                List.of(new Event.AgentWanted("AGENT01", "", "AGENT01", List.of("NE", "PS"))),
                                List.of()),
                        new Event.GatewayUp(begin, true),
                        new Event.GatewayPresent(begin),
                        new Event.ClockAdvanced(begin)),
                events(day).subList(0, 4));
    }

    @Test
    void endsEverySecondWithTheClockAndTheDayWithFinished() throws Exception {
        RecordedDay day =
                day(line("1", "PS", "9:00:00", "9:00:03", "0:00:00", "0:00:00", "HANG", "0:00:00", 0, "NO_SERVER"));
        List<Event> events = events(day);
        assertEquals(
                List.of("08:59:59", "09:00:00", "09:00:01", "09:00:02", "09:00:03", "09:00:04"),
                events.stream()
                        .filter(Event.ClockAdvanced.class::isInstance)
                        .map(event -> LocalDateTime.ofInstant(java.time.Instant.ofEpochMilli(event.time()), ZONE)
                                .toLocalTime()
                                .format(java.time.format.DateTimeFormatter.ISO_LOCAL_TIME))
                        .toList());
        assertEquals(
                List.of(new Event.GatewayLost(at("09:00:04"), "finished"), new Event.ClockAdvanced(at("09:00:04"))),
                events.subList(events.size() - 2, events.size()));
    }

    @Test
    void goesOnAnywhereWithTheSameNumbers() throws Exception {
        RecordedDay day = day(
                line("1", "PS", "9:00:00", "9:00:05", "9:00:05", "9:00:40", "AGENT", "9:00:39", 7, "AGENT07"),
                line("2", "PS", "9:00:00", "9:00:05", "9:00:05", "9:00:40", "HANG", "0:00:00", 0, "NO_SERVER"));
        List<NumberedEvent> all = new ArrayList<>();
        day.from(1).forEachRemaining(all::add);
        assertEquals(day.size(), all.size());
        for (int i = 0; i <= all.size(); i++) {
            List<NumberedEvent> rest = new ArrayList<>();
            day.after(new Mark(day.run(), i), day.end()).forEachRemaining(rest::add);
            assertEquals(all.subList(i, all.size()), rest);
        }
        for (int i = 0; i < all.size(); i++) {
            assertEquals(i + 1, all.get(i).number());
        }
    }

    @Test
    void isTheSameRunPlainOrGzipAndAnotherWithOtherContent() throws Exception {
        String line = line("1", "PS", "9:00:00", "9:00:05", "0:00:00", "0:00:00", "HANG", "0:00:00", 0, "NO_SERVER");
        byte[] plain = text(line);
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
            gzip.write(plain);
        }
        assertEquals(day(line).run(), read(zipped.toByteArray(), DAY).run());
        assertNotEquals(day(line).run(), day(line, line).run());
    }

    @Test
    void doesNotTurnTheControllersClockBack() throws Exception {
        RecordedDay day =
                day(line("1", "PS", "9:00:00", "9:00:05", "0:00:00", "0:00:00", "HANG", "0:00:00", 0, "NO_SERVER"));
        assertThrows(CannotGoOnException.class, () -> day.after(new Mark(1, 5), day.begin() + 1));
        assertThrows(CannotGoOnException.class, () -> day.after(new Mark(day.run() + 1, 5), 0));
        assertTrue(day.after(new Mark(1, 5), day.begin()).hasNext());
    }

    @Test
    void saysWhatToDoAboutAFileThatIsNone() {
        assertMessage("There is no file", () -> RecordedDay.read("g", Path.of("no-such-file"), DAY, ZONE));
        assertMessage("is a directory", () -> RecordedDay.read("g", Path.of("."), DAY, ZONE));
        assertMessage("does not name the column(s) vru+line", () -> read("a\tb\n".getBytes(), DAY));
        assertMessage("does not name the column(s)", () -> read(new byte[0], DAY));
    }

    @Test
    void saysWhichDaysThereAre() {
        String line = line("1", "PS", "9:00:00", "9:00:05", "0:00:00", "0:00:00", "HANG", "0:00:00", 0, "NO_SERVER");
        assertMessage(
                "has no calls to play on day 990106: the nearest days it has are 990105",
                () -> read(text(line), DAY.plusDays(1)));
    }

    @Test
    void saysWhenAFileWasNotCopiedWhole() throws Exception {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
            gzip.write(text(line("1", "PS", "9:00:00", "9:00:05", "0:00:00", "0:00:00", "HANG", "0:00:00", 0, "X")));
        }
        byte[] half = Arrays.copyOf(zipped.toByteArray(), zipped.size() - 12);
        assertMessage("copy it again", () -> read(half, DAY));
    }

    @Test
    void readsADayOfTwoCenturies() {
        assertEquals(DAY, RecordedDay.day("990105"));
        assertEquals(LocalDate.of(2026, 11, 22), RecordedDay.day(" 261122 "));
        for (String wrong : new String[] {"", "990132", "1999-01-05", "99015", null}) {
            assertThrows(IllegalArgumentException.class, () -> RecordedDay.day(wrong));
        }
    }

    @Test
    void keepsAnAgentsCallsOfOneSecondTogether() throws Exception {
        List<Event> events = ofCalls(
                line("1", "PS", "9:00:00", "9:00:01", "0:00:00", "0:00:00", "AGENT", "9:00:02", 10, "AGENT01"),
                line("2", "PS", "9:00:00", "9:00:01", "9:00:01", "9:00:12", "AGENT", "9:00:12", 10, "AGENT01"));
        int second = events.indexOf(new Event.CallAnswered(at("09:00:12"), "A-2", "AGENT01", "PS"));
        int firstEnds = events.indexOf(new Event.CallEnded(at("09:00:12"), "A-1"));
        assertTrue(second >= 0 && second < firstEnds, "the agent is not seen free between two calls without a pause");
    }

    private static List<Event> ofCalls(String... lines) throws Exception {
        return events(day(lines)).stream()
                .filter(event -> !(event instanceof Event.ClockAdvanced)
                        && !(event instanceof Event.ConfigurationWanted)
                        && !event.getClass().getSimpleName().startsWith("Gateway"))
                .toList();
    }

    private static List<Event> events(RecordedDay day) {
        List<Event> events = new ArrayList<>();
        day.from(1).forEachRemaining(numbered -> events.add(numbered.event()));
        return events;
    }

    private static RecordedDay day(String... lines) throws Exception {
        return read(text(lines), DAY);
    }

    private static RecordedDay read(byte[] bytes, LocalDate day) throws CannotGoOnException {
        return RecordedDay.read("g", "calls.tsv", new ByteArrayInputStream(bytes), day, ZONE);
    }

    private static byte[] text(String... lines) {
        return (HEADER + "\n" + String.join("\r\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static String line(
            String id,
            String type,
            String entry,
            String exit,
            String queueStart,
            String queueExit,
            String outcome,
            String serviceStart,
            int serviceTime,
            String server) {
        return String.join(
                "\t",
                "A",
                id,
                "0",
                "0",
                type,
                "990105",
                entry,
                exit,
                "0",
                queueStart,
                queueExit,
                "0",
                outcome,
                serviceStart,
                "0:00:00",
                Integer.toString(serviceTime),
                server);
    }

    private static long at(String time) {
        return LocalDateTime.parse("1999-01-05T" + time)
                .atZone(ZONE)
                .toInstant()
                .toEpochMilli();
    }

    private static void assertMessage(String part, org.junit.jupiter.api.function.Executable action) {
        String message = assertThrows(CannotGoOnException.class, action).getMessage();
        assertTrue(message.contains(part), message);
    }
}
