package org.openrtd.benchmarks;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Runs one benchmark: its name, and settings as {@code key=value}. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) throws Exception {
        String name = arguments.length == 0 ? "" : arguments[0];
        Settings settings = new Settings(arguments);
        System.out.printf(
                "%n%s: Java %s, %d processors, %s%n",
                name,
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                String.join(" ", Arrays.asList(arguments).subList(Math.min(1, arguments.length), arguments.length)));
        switch (name) {
            case "codec" -> CodecBenchmark.run(settings);
            case "chain" -> ChainBenchmark.run(settings);
            case "events" -> EventsBenchmark.run(settings);
            case "edits" -> EditsBenchmark.run(settings);
            case "updater" -> UpdaterBenchmark.run(settings);
            case "readers" -> ReadersBenchmark.run(settings);
            case "reconnect" -> ReconnectBenchmark.run(settings);
            case "fanout" -> FanoutBenchmark.run(settings);
            case "web" -> WebBenchmark.run(settings);
            case "page" -> PageBenchmark.run(settings);
            default -> {
                System.err.println(
                        "There is no benchmark '" + name
                                + "'; there are codec, chain, events, edits, updater, readers, reconnect, fanout, web and page");
                System.exit(2);
            }
        }
        // Brokers and databases may leave threads behind.
        System.exit(0);
    }

    /** What was given on the command line. */
    static final class Settings {
        private final Map<String, String> values = new HashMap<>();

        private Settings(String[] arguments) {
            for (int i = 1; i < arguments.length; i++) {
                int equals = arguments[i].indexOf('=');
                if (equals < 1) {
                    System.err.println("A setting is key=value, and not " + arguments[i]);
                    System.exit(2);
                }
                values.put(arguments[i].substring(0, equals), arguments[i].substring(equals + 1));
            }
        }

        int number(String key, int otherwise) {
            return values.containsKey(key) ? Integer.parseInt(values.get(key)) : otherwise;
        }

        /** Several, with commas between them. */
        int[] numbers(String key, String otherwise) {
            return Arrays.stream(text(key, otherwise).split(","))
                    .mapToInt(Integer::parseInt)
                    .toArray();
        }

        String text(String key, String otherwise) {
            return values.getOrDefault(key, otherwise);
        }
    }
}
