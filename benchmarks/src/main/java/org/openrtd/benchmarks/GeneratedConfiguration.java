package org.openrtd.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.openrtd.catalog.Catalog;
import org.openrtd.centraldb.ConfigurationStore;
import org.openrtd.configuration.ConfigurationResult;
import org.openrtd.configuration.ConfigurationTransaction;
import org.openrtd.feed.Change;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;

/**
 * The configuration of a contact centre, made from a seed, that passes the catalog's rules: peripherals of 2,000 agents,
 * a skill group for 50 agents, and persons who are agents, each in three skill groups; six rows for each agent.
 */
final class GeneratedConfiguration {

    private static final int ROWS_OF_AGENT = 6;
    private static final int AGENTS_OF_PERIPHERAL = 2_000;
    private static final int AGENTS_OF_GROUP = 50;
    private static final int GROUPS_OF_AGENT = 3;
    private static final int ROWS_OF_TRANSACTION = 2_000;
    private static final int SKILL_GROUP = 2;
    private static final int AGENT = 3;
    private static final List<String> FIRST_NAMES = List.of("Dana", "Jakob", "Noa", "Rivka", "Tom", "Yael");
    private static final List<String> LAST_NAMES = List.of("Avni", "Basch", "Cohen", "Feldmann", "Zohari");

    private final List<List<Row>> transactions = new ArrayList<>();
    private final List<Row> agents = new ArrayList<>();
    private int rows;
    private int nextSkillTarget = ConfigurationStore.FIRST_ID;

    /** As many agents as fit into {@code rows} rows, at least one. */
    GeneratedConfiguration(int rows, long seed) {
        Random random = new Random(seed);
        int domain = ConfigurationStore.FIRST_ID;
        transactions.add(new ArrayList<>());
        add(row("Media_Routing_Domain", Map.of("MRDomainID", domain, "EnterpriseName", "Voice", "Deleted", "N")));
        int[] groups = {};
        do {
            int number = agents.size();
            int peripheral = ConfigurationStore.FIRST_ID + number / AGENTS_OF_PERIPHERAL;
            if (number % AGENTS_OF_PERIPHERAL == 0) {
                add(row(
                        "Peripheral",
                        Map.of(
                                "PeripheralID",
                                peripheral,
                                "EnterpriseName",
                                "site " + peripheral,
                                "TimeZone",
                                "Asia/Jerusalem",
                                "Deleted",
                                "N")));
                groups = groups(peripheral, domain, Math.min(rows / ROWS_OF_AGENT - number, AGENTS_OF_PERIPHERAL));
            }
            agent(number, peripheral, groups, random);
        } while (this.rows + ROWS_OF_AGENT <= rows);
    }

    private int[] groups(int peripheral, int domain, int agents) {
        int[] groups = new int[Math.max(GROUPS_OF_AGENT, agents / AGENTS_OF_GROUP)];
        for (int g = 0; g < groups.length; g++) {
            groups[g] = nextSkillTarget++;
            add(row("Skill_Target", Map.of("SkillTargetID", groups[g], "SkillTargetType", SKILL_GROUP)));
            add(row(
                    "Skill_Group",
                    Map.of(
                            "SkillTargetID",
                            groups[g],
                            "EnterpriseName",
                            "group " + groups[g],
                            "PeripheralID",
                            peripheral,
                            "PeripheralNumber",
                            g,
                            "Priority",
                            0,
                            "MRDomainID",
                            domain,
                            "ServiceLevelThreshold",
                            20,
                            "ServiceLevelType",
                            1,
                            "Deleted",
                            "N")));
        }
        return groups;
    }

    private void agent(int number, int peripheral, int[] groups, Random random) {
        // All of an agent in one transaction.
        if (transactions.get(transactions.size() - 1).size() + ROWS_OF_AGENT > ROWS_OF_TRANSACTION) {
            transactions.add(new ArrayList<>());
        }
        int person = ConfigurationStore.FIRST_ID + number;
        String first = FIRST_NAMES.get(random.nextInt(FIRST_NAMES.size()));
        String last = LAST_NAMES.get(random.nextInt(LAST_NAMES.size()));
        String login = (first.charAt(0) + last).toLowerCase(Locale.ROOT) + number;
        add(row(
                "Person",
                Map.of(
                        "PersonID",
                        person,
                        "FirstName",
                        first,
                        "LastName",
                        last,
                        "LoginName",
                        login,
                        "LoginEnabled",
                        "Y",
                        "Deleted",
                        "N")));
        int agent = nextSkillTarget++;
        add(row("Skill_Target", Map.of("SkillTargetID", agent, "SkillTargetType", AGENT)));
        agents.add(row(
                "Agent",
                Map.of(
                        "SkillTargetID",
                        agent,
                        "PersonID",
                        person,
                        "PeripheralID",
                        peripheral,
                        "PeripheralNumber",
                        Integer.toString(10_000 + number),
                        "EnterpriseName",
                        login,
                        "SupervisorAgent",
                        "N",
                        "AgentStateTrace",
                        "N",
                        "Description",
                        "Came with the centre",
                        "Deleted",
                        "N")));
        add(agents.get(number));
        int group = random.nextInt(groups.length);
        for (int i = 0; i < GROUPS_OF_AGENT; i++) {
            add(row(
                    "Skill_Group_Member",
                    Map.of(
                            "SkillGroupSkillTargetID",
                            groups[(group + i) % groups.length],
                            "AgentSkillTargetID",
                            agent)));
        }
    }

    private void add(Row row) {
        transactions.get(transactions.size() - 1).add(row);
        rows++;
    }

    private static Row row(String name, Map<String, Object> values) {
        Table table = Catalog.table(name).table();
        Object[] row = new Object[table.columns().size()];
        values.forEach((column, value) -> row[table.column(column)] = value);
        return table.row(row);
    }

    /** How many there are. */
    int rows() {
        return rows;
    }

    int agents() {
        return agents.size();
    }

    /**
     * A change of one agent, as an editor makes it who saved what is in the form. An agent has four references and three
     * names that must be unique.
     */
    Change edit(int agent, String description) {
        Row row = agents.get(agent);
        Object[] values = row.values();
        values[row.table().column("Description")] = description;
        return Change.put(row.table().row(values));
    }

    List<Row> all() {
        return transactions.stream().flatMap(List::stream).toList();
    }

    /** Enters all of it, some thousand rows a transaction. */
    void commitTo(ConfigurationStore store) {
        for (int i = 0; i < transactions.size(); i++) {
            ConfigurationResult result = store.commit(new ConfigurationTransaction(
                    "generated-" + i,
                    "benchmark",
                    transactions.get(i).stream().map(Change::put).toList()));
            if (!(result instanceof ConfigurationResult.Committed)) {
                throw new IllegalStateException("What was generated breaks the rules: " + result);
            }
        }
    }
}
