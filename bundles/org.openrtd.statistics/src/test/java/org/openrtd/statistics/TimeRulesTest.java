package org.openrtd.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openrtd.events.Event;

/** The controller's clock, and the half hours and days that it cuts. */
class TimeRulesTest {

    private static long utc(int hour, int minute, int second, int millis) {
        return LocalDateTime.of(1999, 1, 5, hour, minute, second)
                        .toInstant(ZoneOffset.UTC)
                        .toEpochMilli()
                + millis;
    }

    private static Stage stage(ZoneId zone) {
        return new Stage(zone).callType("PS", 1).skillGroup("PS", 101).agent("a1", 201, "PS");
    }

    @Test
    void theControllersTimeTicksWithEachMark() {
        Stage stage = stage(Stage.ZONE);
        stage.later(3);
        assertEquals(stage.millis(), stage.value("Controller_Time", "NowTime", 1));
        assertEquals("Asia/Jerusalem", stage.value("Controller_Time", "TimeZone", 1));
        assertEquals(120, stage.value("Controller_Time", "UTCOffset", 1));
    }

    @Test
    void aClockThatGoesBackIsRefused() {
        Stage stage = stage(Stage.ZONE);
        stage.offered("1", "PS").later(10).clock();
        long now = stage.millis();
        assertEquals(Outcome.REFUSED, stage.statistics().fold(Stage.GATEWAY, new Event.ClockAdvanced(now - 1)));
        assertEquals(now, stage.statistics().controllerTime());
        assertEquals(1L, stage.peripheralValue("EventsRefused"));
    }

    @Test
    void callTypesAreCutInTheControllersZoneAndGroupsInTheirPeripherals() {
        Stage stage = stage(ZoneId.of("UTC"));
        // 05:45 ahead of UTC: its half hours begin at a quarter past and a quarter to, and its midnight at 18:15 UTC.
        stage.configure(
                Stage.row("Peripheral", Stage.PERIPHERAL, "EnterpriseName", "pg", "TimeZone", "Asia/Kathmandu"));
        stage.at("18:10:00").offered("1", "PS").queued("1", "PS").at("18:14:59");
        assertEquals(1, stage.groupValue("PS", "CallsOfferedHalf"));
        stage.at("18:15:00");
        assertEquals(0, stage.groupValue("PS", "CallsOfferedHalf"));
        assertEquals(0, stage.groupValue("PS", "CallsOfferedToday"));
        assertEquals(1, stage.callTypeValue("PS", "CallsOfferedHalf"));
        stage.at("18:30:00");
        assertEquals(0, stage.callTypeValue("PS", "CallsOfferedHalf"));
        assertEquals(1, stage.callTypeValue("PS", "CallsOfferedToday"));
        stage.at("0:00:00");
        assertEquals(0, stage.callTypeValue("PS", "CallsOfferedToday"));
    }

    private static List<String> halves(String zone, String from, int count) {
        Period period = new Period(ZoneId.of(zone));
        period.begin(Instant.parse(from).getEpochSecond());
        List<String> halves = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String half = Instant.ofEpochSecond(period.nextHalf()).toString().substring(11, 16);
            halves.add(period.enterNext() ? half + " day" : half);
        }
        return halves;
    }

    @Test
    void whereClocksAreSetForwardTheHalfHoursGoOn() {
        // 02:00 becomes 03:00 at 01:00 UTC.
        assertEquals(List.of("00:30", "01:00", "01:30", "02:00"), halves("Europe/Berlin", "1999-03-28T00:10:00Z", 4));
    }

    @Test
    void whereClocksAreSetBackADayHasMoreHalfHoursAndBeginsOnce() {
        // 03:00 becomes 02:00 at 01:00 UTC.
        assertEquals(List.of("00:30", "01:00", "01:30", "02:00"), halves("Europe/Berlin", "1999-10-31T00:10:00Z", 4));
        // In St. John's, 00:01 becomes 23:01 of the day before: the day that has begun goes on.
        assertEquals(
                List.of("02:30 day", "03:00", "03:30", "04:00"), halves("America/St_Johns", "1999-10-31T02:10:00Z", 4));
    }

    @Test
    void whereMidnightIsSkippedTheDayBeginsAtTheFirstMomentThereIs() {
        // In Beirut, 00:00 becomes 01:00.
        assertEquals(List.of("21:30", "22:00 day", "22:30"), halves("Asia/Beirut", "1999-03-27T21:10:00Z", 3));
    }

    @Test
    void aHalfHourShiftOfLordHoweIsAHalfHourBoundary() {
        assertEquals(List.of("15:00", "15:30", "16:00"), halves("Australia/Lord_Howe", "1999-03-27T14:40:00Z", 3));
    }

    @Test
    void aClockThatLeapsLeavesNothingOut() {
        Stage stage = stage(Stage.ZONE);
        stage.logsIn("a1", "PS")
                .ready("a1")
                .offered("1", "PS")
                .queued("1", "PS")
                .clock();
        stage.leap(LocalDateTime.of(1999, 1, 5, 10, 2, 0)).clock();
        assertEquals(1, stage.callTypeValue("PS", "ServiceLevelCallsOfferedToday"));
        assertEquals(120, stage.callTypeValue("PS", "RouterCallsQNowTime"));
        assertEquals(120, stage.groupValue("PS", "AvailTimeTo5"));
        stage.leap(LocalDateTime.of(1999, 1, 5, 10, 40, 0)).clock();
        assertEquals(0, stage.callTypeValue("PS", "CallsOfferedTo5"));
        assertEquals(0, stage.callTypeValue("PS", "CallsOfferedHalf"));
        assertEquals(1, stage.callTypeValue("PS", "CallsOfferedToday"));
        assertEquals(300, stage.groupValue("PS", "AvailTimeTo5"));
        assertEquals(600, stage.groupValue("PS", "AvailTimeHalf"));
        assertEquals(2400, stage.groupValue("PS", "AvailTimeToday"));
        stage.leap(LocalDateTime.of(2026, 11, 22, 0, 10, 0)).clock();
        assertEquals(600, stage.groupValue("PS", "AvailTimeToday"));
        assertEquals(0, stage.callTypeValue("PS", "CallsOfferedToday"));
        assertEquals(1, stage.callTypeValue("PS", "RouterCallsQNow"));
        stage.assertFollowed();
    }

    @Test
    void anEventOfTheClocksOwnerCountsAtItsOwnTimeAlsoWhenMarksAreRare() {
        Stage stage = stage(Stage.ZONE);
        stage.clock().leap(LocalDateTime.of(1999, 1, 5, 10, 29, 50)).offered("1", "PS");
        stage.leap(LocalDateTime.of(1999, 1, 5, 10, 30, 5)).offered("2", "PS");
        assertEquals(1, stage.callTypeValue("PS", "CallsOfferedHalf"));
        assertEquals(2, stage.callTypeValue("PS", "CallsOfferedTo5"));
        stage.leap(LocalDateTime.of(1999, 1, 5, 10, 34, 50));
        assertEquals(1, stage.callTypeValue("PS", "CallsOfferedTo5"));
    }

    @Test
    void betweenWholeSecondsEventsCountAndTimeStandsStill() {
        Statistics statistics = stage(ZoneId.of("UTC")).statistics();
        statistics.fold("pg", new Event.ClockAdvanced(utc(10, 0, 0, 0)));
        statistics.fold("pg", new Event.CallOffered(utc(10, 0, 0, 300), "1", "PS"));
        statistics.fold("pg", new Event.CallQueued(utc(10, 0, 0, 300), "1", List.of("PS")));
        statistics.fold("pg", new Event.ClockAdvanced(utc(10, 0, 0, 500)));
        assertEquals(1, callType(statistics, "RouterCallsQNow"));
        assertEquals(0, callType(statistics, "RouterCallsQNowTime"));
        assertEquals(1, callType(statistics, "CallsOfferedTo5"));
        statistics.fold("pg", new Event.ClockAdvanced(utc(10, 0, 20, 0)));
        assertEquals(0, callType(statistics, "ServiceLevelCallsOfferedTo5"));
        statistics.fold("pg", new Event.CallAnswered(utc(10, 0, 20, 300), "1", null, null));
        assertEquals(1, callType(statistics, "ServiceLevelCallsTo5"));
        assertEquals(20, callType(statistics, "AnswerWaitTimeTo5"));
    }

    @Test
    void anEventJustBeforeTheHalfHourIsInTheOneThatEnds() {
        Statistics statistics = stage(ZoneId.of("UTC")).statistics();
        statistics.fold("pg", new Event.ClockAdvanced(utc(10, 29, 59, 0)));
        statistics.fold("pg", new Event.CallOffered(utc(10, 29, 59, 999), "1", "PS"));
        statistics.fold("pg", new Event.CallOffered(utc(10, 30, 0, 0), "2", "PS"));
        statistics.fold("pg", new Event.ClockAdvanced(utc(10, 30, 0, 0)));
        assertEquals(1, callType(statistics, "CallsOfferedHalf"));
        assertEquals(2, callType(statistics, "CallsOfferedTo5"));
    }

    @Test
    void anEventThatComesLateCountsWhenItComesAndKeepsItsDuration() {
        Stage stage = stage(Stage.ZONE);
        Statistics statistics = stage.statistics();
        statistics.fold("", new Event.ClockAdvanced(stage.millis()));
        long late = stage.millis() - 7_000;
        statistics.fold("pg", new Event.CallOffered(late, "1", "PS"));
        statistics.fold("pg", new Event.CallQueued(late, "1", List.of("PS")));
        statistics.fold("pg", new Event.CallAnswered(late + 5_000, "1", null, null));
        statistics.fold("", new Event.ClockAdvanced(stage.millis() + 1000));
        assertEquals(5, callType(statistics, "AnswerWaitTimeTo5"));
        assertEquals(1, callType(statistics, "CallsAnsweredTo5"));
        // A gateway whose clock is an hour ahead: nothing waits a negative time.
        statistics.fold("pg", new Event.CallOffered(late + 3_600_000, "2", "PS"));
        statistics.fold("pg", new Event.CallQueued(late + 3_600_000, "2", List.of("PS")));
        statistics.fold("", new Event.ClockAdvanced(stage.millis() + 5000));
        assertEquals(3, callType(statistics, "RouterCallsQNowTime"));
    }

    @Test
    void beforeTheFirstMarkThereIsNoTime() {
        Statistics statistics = stage(Stage.ZONE).statistics();
        assertEquals(0, statistics.controllerTime());
        assertEquals(3, statistics.cut("calls").size());
        assertNull(callType(statistics, "DateTime"));
    }

    private static Object callType(Statistics statistics, String column) {
        return Stage.rows(statistics).get("Call_Type_Real_Time").get(List.of(1)).get(column);
    }
}
