package org.openrtd.examples.wallboard;

import java.time.Duration;
import org.openrtd.client.OpenRtdClient;
import org.openrtd.client.Reading;
import org.openrtd.feed.Row;

/** Prints each second which call types have calls in queue. Its arguments: the distributors' URLs with commas, user, password. */
public final class Wallboard {

    private Wallboard() {}

    public static void main(String[] arguments) throws Exception {
        try (OpenRtdClient client = OpenRtdClient.builder()
                .distributors(arguments[0].split(","))
                .credentials(arguments[1], arguments[2])
                .tables("Call_Type_Real_Time", "Call_Type")
                .open()) {
            client.awaitLive(Duration.ofSeconds(30));
            while (true) {
                print(client.read());
                Thread.sleep(1000);
            }
        }
    }

    private static void print(Reading now) {
        System.out.println((now.stale() ? "NOT CURRENT " : "") + now);
        for (Row callType : now.rows("Call_Type_Real_Time")) {
            if (callType.getInt("RouterCallsQNow") > 0) {
                String name = now.row("Call_Type", callType.get("CallTypeID"))
                        .map(row -> row.getString("EnterpriseName"))
                        .orElse("call type " + callType.get("CallTypeID"));
                System.out.println(name + ": " + callType.get("RouterCallsQNow") + " waiting");
            }
        }
    }
}
