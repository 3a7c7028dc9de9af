package org.openrtd.catalog;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.openrtd.feed.FeedSchema;

/**
 * All tables, by name and by feed. Each is known by two names, {@code t_X} and {@code X}, in whatever case. Immutable;
 * usable from any thread.
 */
public final class Catalog {

    /** The feed of call types, skill groups, peripherals and the controller's time. */
    public static final String CALLS = "calls";

    /** The feed of agents and of agents in their skill groups. */
    public static final String AGENTS = "agents";

    /** The feed of configuration; its history is durable. */
    public static final String CONFIG = "config";

    private static final List<TableInfo> TABLES = ContactCentreTables.all();
    private static final Map<String, TableInfo> BY_NAME = new LinkedHashMap<>();
    private static final Map<String, FeedSchema> FEEDS = new LinkedHashMap<>();

    static {
        TABLES.forEach(table -> BY_NAME.put(table.name().toLowerCase(Locale.ROOT), table));
        for (String feed : List.of(CALLS, AGENTS, CONFIG)) {
            FEEDS.put(
                    feed,
                    new FeedSchema(
                            feed,
                            ContactCentreTables.VERSION,
                            feed.equals(CONFIG),
                            TABLES.stream()
                                    .filter(table -> table.feed().equals(feed))
                                    .map(TableInfo::table)
                                    .toList()));
        }
    }

    private Catalog() {}

    /** The names of the feeds. */
    public static List<String> feeds() {
        return List.copyOf(FEEDS.keySet());
    }

    /**
     * What a feed consists of.
     *
     * @throws IllegalArgumentException when there is no such feed
     */
    public static FeedSchema feed(String name) {
        FeedSchema feed = FEEDS.get(name.toLowerCase(Locale.ROOT));
        if (feed == null) {
            throw new IllegalArgumentException(
                    "There is no feed " + name + "; the feeds are " + String.join(", ", FEEDS.keySet()));
        }
        return feed;
    }

    /** All tables, feed by feed. */
    public static List<TableInfo> tables() {
        return TABLES;
    }

    /** The table {@code X}, also by the name {@code t_X}, in whatever case. */
    public static Optional<TableInfo> find(String name) {
        String key = name.toLowerCase(Locale.ROOT);
        TableInfo table = BY_NAME.get(key);
        return Optional.ofNullable(table != null ? table : key.startsWith("t_") ? BY_NAME.get(key.substring(2)) : null);
    }

    /**
     * The table {@code X}, also by the name {@code t_X}, in whatever case.
     *
     * @throws IllegalArgumentException when there is none; the message names the nearest ones
     */
    public static TableInfo table(String name) {
        return find(name)
                .orElseThrow(() ->
                        new IllegalArgumentException("There is no table " + name + Names.didYouMean(nearest(name))));
    }

    /** The names of the tables that begin like {@code prefix}, in whatever case; with {@code t_} when it has that. */
    public static List<String> complete(String prefix) {
        boolean withPrefix = prefix.toLowerCase(Locale.ROOT).startsWith("t_");
        List<String> names = TABLES.stream()
                .map(table -> withPrefix ? "t_" + table.name() : table.name())
                .toList();
        return Names.complete(prefix, names);
    }

    /** Tables whose name is near to {@code name}, the nearest first; at most three. */
    public static List<String> nearest(String name) {
        String wanted = name.toLowerCase(Locale.ROOT).startsWith("t_") ? name.substring(2) : name;
        return Names.nearest(wanted, TABLES.stream().map(TableInfo::name).toList());
    }
}
