package org.openrtd.benchmarks;

import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;
import org.openrtd.benchmarks.Main.Settings;
import org.openrtd.catalog.Catalog;
import org.openrtd.catalog.TableInfo;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;
import org.openrtd.feed.internal.BatchCodec;

/**
 * Nanoseconds and bytes per changed row of a batch, beside a plain copy of the full rows, in turns of the same run.
 * Settings: {@code rows} of a batch, {@code seconds} of each turn, {@code turns}, {@code seed}.
 */
final class CodecBenchmark {

    private static final List<String> TABLES =
            List.of("Call_Type_Real_Time", "Skill_Group_Real_Time", "Agent_Real_Time");
    private static final double[] SHARES = {0.01, 0.10, 1.00};

    /** Written for all to see, so that nothing is optimised away. */
    static volatile long sink;

    private CodecBenchmark() {}

    static void run(Settings settings) {
        int rows = settings.number("rows", 1000);
        int seconds = settings.number("seconds", 1);
        int turns = settings.number("turns", 3);
        long seed = settings.number("seed", 7);
        System.out.printf(
                "%n%-22s %8s | %9s %9s | %9s %9s | %7s %7s %6s%n",
                "", "columns", "encode", "plain", "apply", "plain", "bytes", "plain", "");
        System.out.printf(
                "%-22s %8s | %9s %9s | %9s %9s | %7s %7s %6s%n",
                "table", "changed", "ns/row", "write", "ns/row", "read", "per row", "copy", "ratio");
        for (String name : TABLES) {
            for (double share : SHARES) {
                line(Catalog.table(name), share, rows, seconds, turns, new Random(seed));
            }
        }
    }

    private static void line(TableInfo info, double share, int count, int seconds, int turns, Random random) {
        Table table = info.table();
        List<Row> rows = Rows.of(table, count, random);
        List<Row> changed = Rows.changed(rows, share, random);
        FeedSchema schema = new FeedSchema("benchmark", 1, false, List.of(table));
        BatchCodec codec = new BatchCodec(schema, Rows.CONTROLLER_TIME, rows, changed);
        PlainCopy plain = new PlainCopy(table, count);
        long bytes = codec.encode().length;
        long plainBytes = plain.write(changed);
        LongSupplier[] loops = {
            () -> codec.encode().length,
            () -> plain.write(changed),
            codec::apply,
            () -> {
                // What is read has to be written; its share is measured by itself and taken off.
                plain.write(changed);
                return plain.read(count);
            }
        };
        double[] nanos = new double[loops.length];
        for (LongSupplier loop : loops) {
            nanosPerCall(loop, seconds);
        }
        for (int turn = 0; turn < turns; turn++) {
            for (int i = 0; i < loops.length; i++) {
                nanos[i] += nanosPerCall(loops[i], seconds) / turns / count;
            }
        }
        int columns = Rows.columns(table, share, random).length;
        System.out.printf(
                "%-22s %3d/%-4d | %9.0f %9.0f | %9.0f %9.0f | %7.1f %7.1f %6.3f%n",
                table.name(),
                columns,
                table.columns().size(),
                nanos[0],
                nanos[1],
                nanos[2],
                nanos[3] - nanos[1],
                (double) bytes / count,
                (double) plainBytes / count,
                (double) bytes / plainBytes);
    }

    private static double nanosPerCall(LongSupplier loop, int seconds) {
        long calls = 0;
        long sum = 0;
        long begin = System.nanoTime();
        long end = begin + seconds * 1_000_000_000L;
        long now;
        do {
            sum += loop.getAsLong();
            calls++;
            now = System.nanoTime();
        } while (now < end);
        sink = sum;
        return (double) (now - begin) / calls;
    }
}
