package org.openrtd.itests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.Test;
import org.openrtd.itests.Ledger.Held;
import org.openrtd.itests.Ledger.Logged;

/**
 * The centre's configuration at a distributor and at a client, each with a database: edited from anywhere, exact
 * everywhere, whoever is killed meanwhile. Each test leaves the three nodes running and equal for the next.
 */
public class ConfigurationIT {

    private static final Set<String> FEEDS = Set.of("agents", "calls", "config");
    private static final String WITH_DATABASE = "openrtd-client-aw-with-db";
    private static final Pattern KEY = Pattern.compile("recovery key (\\d+)");
    private static final ObjectMapper JSON = new ObjectMapper();

    private static KarafNode central;
    private static KarafNode north;
    private static KarafNode desk;

    @BeforeClass
    public static void start() {
        central = Centre.simulated(Centre.central(ConfigurationIT.class));
        north = Centre.distributor(ConfigurationIT.class, "north", central);
        // A client that becomes one with a database, and so can become one without again.
        desk = Centre.client(ConfigurationIT.class, "desk", north).features(WITH_DATABASE);
        central.start();
        north.start();
        desk.start();
        awaitEqual();
    }

    @AfterClass
    public static void end() {
        for (KarafNode node : new KarafNode[] {desk, north, central}) {
            if (node != null) {
                node.close();
            }
        }
    }

    @Test
    public void bringsAnEditFromTheClientsConsoleEverywhereBeforeTheCommandReturns() throws Exception {
        try (Console console = desk.console()) {
            String answer = console.run("rtd:config-set Call_Type new EnterpriseName=From_the_desk Description=first");

            long key = key(answer);
            assertEquals("the client's database has it", key, recoveryKey(desk));
            assertEquals(
                    "first",
                    JSON.readTree(console.run("rtd:config-get Call_Type From_the_desk --json"))
                            .get("Description")
                            .asText());
            north.await("the distributor's database", () -> recoveryKey(north) >= key);
            JsonNode history = JSON.readTree(console.run("rtd:config-history Call_Type From_the_desk --json"));
            assertEquals(key, history.get(0).get("recoveryKey").asLong());
            assertEquals("as the brokers on the way found", "desk@north", author(history));

            String refused = console.run("rtd:config-set Call_Type new EnterpriseName=From_the_desk");
            assertTrue(refused, refused.contains("nothing was changed"));
            assertEquals(key, recoveryKey(desk));
        }
        awaitEqual();
    }

    private static String author(JsonNode history) {
        return history.get(0).get("author").asText();
    }

    @Test
    public void takesTheRolesOfALocalDatabaseAwayFromARunningNodeAndGivesThemBack() throws Exception {
        Framework with = Framework.of(desk);
        desk.uninstall(WITH_DATABASE);

        assertFalse(desk.mbeans().contains("org.openrtd:type=Updater"));
        assertTrue(desk.mbeans().contains("org.openrtd:type=Client"));
        assertEquals(Set.of(), with.restartedIn(Framework.of(desk)));
        desk.await("threads to end", () -> desk.threads().stream()
                .noneMatch(name -> name.contains("updater") || name.contains("local-db") || name.contains("derby")));
        long key = edit("bringing-it-back");
        Framework without = Framework.of(desk);

        desk.install(WITH_DATABASE);

        desk.await("what was committed meanwhile", () -> recoveryKey(desk) >= key);
        assertEquals(Set.of(), without.changedIn(Framework.of(desk)));
        awaitEqual();
    }

    @Test
    public void losesAndDoublesNoEditWhoeverIsKilled() throws Exception {
        long seed = Long.getLong("configuration.seed", System.nanoTime() & 0xffff);
        System.out.println("ConfigurationIT: run again with -Dconfiguration.seed=" + seed);
        Random random = new Random(seed);
        Ledger ledger = new Ledger();
        Map<KarafNode, Editor> editors = new HashMap<>();
        List<String> rows = new ArrayList<>();
        try (Console console = central.console()) {
            for (KarafNode node : List.of(central, north, desk)) {
                List<String> own = new ArrayList<>();
                for (int i = 0; i < 2; i++) {
                    String row = "Load_" + seed + "_" + node.name() + "_" + i;
                    committed(console, "rtd:config-set Call_Type new EnterpriseName=" + row + " --id " + row);
                    own.add(row);
                }
                rows.addAll(own);
                editors.put(node, new Editor(node, "edit-" + seed, own, ledger, 0));
            }
        }
        awaitEqual();
        editors.values().forEach(Thread::start);

        List<KarafNode> victims = new ArrayList<>();
        for (int i = 0; i < Integer.getInteger("configuration.kills", 3); i++) {
            List<KarafNode> round = new ArrayList<>(List.of(central, north, desk));
            Collections.shuffle(round, random);
            victims.addAll(round);
        }
        for (KarafNode victim : victims) {
            // Not before it works again, or it would never get beyond its start.
            Editor own = editors.get(victim);
            int before = own.edits();
            int more = 1 + random.nextInt(12);
            own.await(before + more);
            victim.kill();
            victim.start();
        }
        for (Editor editor : editors.values()) {
            editor.await(editor.edits() + 1);
        }
        for (Editor editor : editors.values()) {
            editor.finish();
        }
        awaitEqual();

        List<Logged> log;
        try (Console console = central.console()) {
            log = console.logged(rows);
        }
        System.out.println("ConfigurationIT: " + ledger.acknowledged() + " edits acknowledged, " + log.size()
                + " in the log, " + victims.size() + " kills");
        assertEquals(List.of(), ledger.check(log));
        // Past the product: what the databases' files hold.
        for (KarafNode node : List.of(desk, north, central)) {
            node.stop();
            String table = node == central ? "Call_Type" : "t_Call_Type";
            String database = node == central ? "central" : "local";
            Map<String, Held> held = DerbyFiles.rows(node, database, table, "EnterpriseName", "Description");
            assertEquals(List.of(), Ledger.check(node.name(), log, held));
        }
        central.start();
        north.start();
        desk.start();
        awaitEqual();
    }

    @Test
    public void hasTheWholeConfigurationAgainWhenTheDatabasesFilesWereDeleted() throws Exception {
        long key = edit("before-the-files-are-deleted");
        desk.stop();
        Path files = desk.home().resolve("data/derby/local");
        assertTrue(Files.isDirectory(files));
        DerbyFiles.delete(files);

        desk.start();

        awaitEqual();
        assertTrue(recoveryKey(desk) >= key);
    }

    @Test
    public void followsARestoredCentreAndSaysSo() throws Exception {
        edit("in-the-backup");
        awaitEqual();
        Path backups = central.home().resolve("backups");
        // As docs/central-database.md says: while it is in use.
        String said = central.console("rtd:backup " + backups);
        assertTrue(said, said.contains("Done: "));
        long lost = edit("not-in-the-backup");
        awaitEqual();

        central.stop();
        Path files = central.home().resolve("data/derby/central");
        Files.move(files, files.resolveSibling("central-before"));
        try (Stream<Path> made = Files.list(backups)) {
            List<Path> all = made.toList();
            assertEquals(all.toString(), 1, all.size());
            DerbyFiles.copy(all.get(0).resolve("central"), files);
        }
        central.start();

        north.await("the restored centre's configuration", () -> recoveryKey(north) < lost);
        awaitEqual();
        // Edits go on, and a key is given again: what had it before is gone everywhere.
        edit("after-the-restore");
        awaitEqual();
    }

    // ---------------------------------------------------------------- steps

    /** Commits one edit at the centre's console. */
    private static long edit(String description) throws IOException {
        try (Console console = central.console()) {
            String change = "rtd:config-set Call_Type Edited Description=" + description;
            if (!rowsOf(console).contains("\"Edited\"")) {
                change = change.replace(" Edited ", " new EnterpriseName=Edited ");
            }
            return committed(console, change + " --id " + description + "-" + System.nanoTime());
        }
    }

    private static String rowsOf(Console console) {
        String[] rows = {""};
        central.await("the console of the centre", () -> {
            try {
                rows[0] = console.run("rtd:config-list Call_Type --json");
            } catch (IOException notYet) {
                return false;
            }
            return rows[0].startsWith("{");
        });
        return rows[0];
    }

    /** Gives a command with an id until it is committed; the centre may have been started just now. */
    private static long committed(Console console, String command) {
        String[] answer = {""};
        try {
            central.await(command, () -> {
                try {
                    answer[0] = console.run(command);
                } catch (IOException notYet) {
                    return false;
                }
                return KEY.matcher(answer[0]).find();
            });
        } catch (AssertionError e) {
            throw new AssertionError(answer[0], e);
        }
        return key(answer[0]);
    }

    private static long key(String answer) {
        Matcher key = KEY.matcher(answer);
        assertTrue(answer, key.find());
        return Long.parseLong(key.group(1));
    }

    /** How far a node's local database is, or -1. */
    private static long recoveryKey(KarafNode node) {
        Object key = node.attribute("org.openrtd:type=Updater", "RecoveryKey");
        return key == null ? -1 : (Long) key;
    }

    /** Waits until both databases are where the centre is, and then has every row compared, at each node. */
    private static void awaitEqual() {
        for (KarafNode node : List.of(north, desk)) {
            node.await("the centre's configuration in the database of " + node.name(), () -> {
                Object there = central.attribute("org.openrtd:type=CentralDatabase", "RecoveryKey");
                return there != null
                        && (Long) there == recoveryKey(node)
                        && "EQUAL".equals(node.attribute("org.openrtd:type=Updater", "Digests"))
                        && node.liveFeeds(node == desk ? "Client" : "Distributor")
                                .equals(FEEDS);
            });
        }
        for (KarafNode node : List.of(north, desk)) {
            String answer = node.console("rtd:verify --rows");
            boolean databaseToo = answer.contains("local database");
            if (answer.contains("Error") || answer.contains("differ") || !answer.contains("equal") || !databaseToo) {
                throw new AssertionError(node.name() + " is not equal to the centre:\n" + answer);
            }
        }
    }
}
