package org.openrtd.feed.jms;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;
import org.openrtd.feed.Replica;
import org.openrtd.feed.ReplicaStatistics;

class ReceivedRatesTest {

    private long nanos;
    private final ReceivedRates rates = new ReceivedRates(() -> nanos);
    private final Replica replica = (Replica) Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Replica.class},
            (self, m, a) -> m.getName().equals("hashCode") ? (Object) 1 : (Object) (self == a[0]));

    @Test
    void areUnknownBeforeSomebodyAskedASecondAgo() {
        assertEquals(-1, at(0, 100));
        assertEquals(-1, at(900, 200));
    }

    @Test
    void reachFromWhenItWasAskedBefore() {
        at(0, 100);
        assertEquals(50, at(2_000, 200));
        assertEquals(60, at(5_000, 400));
    }

    @Test
    void forgetWhatIsLongerAgoThanAMinute() {
        at(0, 0);
        at(10_000, 100);
        assertEquals(10, at(20_000, 200));
        assertEquals(0, at(100_000, 200));
    }

    private double at(long millis, long rowChanges) {
        nanos = millis * 1_000_000;
        return rates.of(replica, statistics(rowChanges)).rowChanges();
    }

    private static ReplicaStatistics statistics(long rowChanges) {
        return new ReplicaStatistics(1, rowChanges, 1, 0, 0, 0, 0, 0);
    }
}
