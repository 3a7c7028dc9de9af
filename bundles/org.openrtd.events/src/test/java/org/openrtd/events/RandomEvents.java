package org.openrtd.events;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** Events of every kind, from a seed. */
final class RandomEvents {

    private static final String[] TEXTS = {"AGENT01", "PS", "NE", "Ж", "王小明", "Zoë", "😀", "a".repeat(64), "#1", "x y"};

    private final RandomGenerator random;
    private long time = 917_000_000_000L;

    RandomEvents(RandomGenerator random) {
        this.random = random;
    }

    String name() {
        return TEXTS[random.nextInt(TEXTS.length)];
    }

    private String nameOrNull() {
        return random.nextInt(4) == 0 ? null : name();
    }

    private List<String> names(int atLeast) {
        return Stream.generate(this::name).limit(atLeast + random.nextInt(4)).toList();
    }

    private int seconds() {
        return random.nextInt(86_401);
    }

    List<Event> events(int count) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(event());
        }
        return events;
    }

    Event event() {
        time = random.nextInt(50) == 0 ? random.nextLong(253_402_300_800_000L) : time + random.nextInt(-5, 2000);
        time = Math.max(0, Math.min(253_402_300_799_999L, time));
        return switch (random.nextInt(21)) {
            case 0 -> new Event.CallOffered(time, name(), name());
            case 1 -> new Event.CallQueued(time, name(), names(1));
            case 2 -> new Event.CallRinging(time, name(), name(), name());
            case 3 -> new Event.CallAnswered(time, name(), nameOrNull(), nameOrNull());
            case 4 -> new Event.CallHeld(time, name());
            case 5 -> new Event.CallRetrieved(time, name());
            case 6 -> new Event.CallTransferred(time, name(), name());
            case 7 -> new Event.CallNotAnswered(time, name(), name());
            case 8 -> new Event.CallWrapUp(time, name());
            case 9 -> new Event.CallEnded(time, name());
            case 10 -> new Event.CallAbandoned(time, name());
            case 11 -> new Event.AgentLoggedIn(time, name(), names(0), nameOrNull());
            case 12 ->
                new Event.AgentStateChanged(
                        time, name(), new int[] {2, 3, 5, 6}[random.nextInt(4)], random.nextInt(65_536));
            case 13 -> new Event.AgentLoggedOut(time, name(), random.nextInt(65_536));
            case 14 -> new Event.GatewayUp(time, random.nextBoolean());
            case 15 -> new Event.GatewayPresent(time);
            case 16 -> new Event.GatewaySilent(time);
            case 17 -> new Event.GatewayHeard(time);
            case 18 -> new Event.GatewayLost(time, random.nextBoolean() ? "" : name());
            case 19 -> new Event.ClockAdvanced(time);
            default ->
                new Event.ConfigurationWanted(
                        time,
                        random.nextBoolean() ? "Asia/Jerusalem" : "UTC",
                        Stream.generate(() ->
                                        new Event.CallTypeWanted(name(), seconds(), 1 + random.nextInt(3), seconds()))
                                .limit(random.nextInt(4))
                                .toList(),
                        Stream.generate(() -> new Event.SkillGroupWanted(name(), seconds(), 1 + random.nextInt(3)))
                                .limit(random.nextInt(4))
                                .toList(),
                        Stream.generate(() -> new Event.AgentWanted(name(), "", name(), names(0)))
                                .limit(random.nextInt(40))
                                .toList(),
                        Stream.generate(() -> new Event.ReasonWanted(random.nextInt(65_536), name()))
                                .limit(random.nextInt(4))
                                .toList());
        };
    }

    LinkMessage message() {
        return switch (random.nextInt(6)) {
            case 0 -> new LinkMessage.Hello(name());
            case 1 -> new LinkMessage.Highest(mark(), random.nextLong(1L << 40));
            case 2 -> new LinkMessage.KeepAlive(name());
            case 3 -> new LinkMessage.Acknowledged(mark());
            case 4 ->
                new LinkMessage.Refused(
                        LinkMessage.Refusal.values()[random.nextInt(LinkMessage.Refusal.values().length)], name());
            default ->
                new LinkMessage.EventBatch(
                        name(),
                        1 + random.nextLong(1L << 62),
                        1 + random.nextLong(1L << 62),
                        events(1 + random.nextInt(30)));
        };
    }

    private Mark mark() {
        return new Mark(random.nextLong(Long.MAX_VALUE), random.nextLong(Long.MAX_VALUE));
    }
}
