package org.openrtd.feed.jms;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class IdleFeedsTest {

    private final AtomicLong now = new AtomicLong(1_000_000);
    private final AtomicLong ago = new AtomicLong(-1);
    private final AtomicLong looks = new AtomicLong();
    private final List<String> said = new CopyOnWriteArrayList<>();
    private IdleFeeds feeds;

    private void begin() {
        feeds = new IdleFeeds(
                List.of("calls"),
                Duration.ofSeconds(600),
                feed -> {
                    looks.incrementAndGet();
                    return ago.get();
                },
                (feed, idle) -> said.add(feed + (idle ? " idle" : " followed")),
                now::get);
    }

    @AfterEach
    void close() {
        feeds.close();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(5);
        }
    }

    private void awaitLooks() throws InterruptedException {
        long before = looks.get();
        await(() -> looks.get() > before + 2);
    }

    @Test
    void isIdleAtOnceWhenNobodyWantsItAndFollowedWhenSomebodyDoes() throws Exception {
        begin();
        assertEquals(List.of("calls idle"), said);
        ago.set(0);
        await(() -> said.equals(List.of("calls idle", "calls followed")));
    }

    @Test
    void doesNotInterruptAFeedThatIsWanted() throws Exception {
        ago.set(3000);
        begin();
        awaitLooks();
        assertEquals(List.of(), said);
        feeds.after(Duration.ofSeconds(2));
        await(() -> said.equals(List.of("calls idle")));
    }

    @Test
    void remembersWhenItWasWantedAlthoughNobodyElseKnowsAnyMore() throws Exception {
        ago.set(0);
        begin();
        ago.set(-1);
        awaitLooks();
        now.addAndGet(599_999);
        awaitLooks();
        assertEquals(List.of(), said);
        now.incrementAndGet();
        await(() -> said.equals(List.of("calls idle")));
    }
}
