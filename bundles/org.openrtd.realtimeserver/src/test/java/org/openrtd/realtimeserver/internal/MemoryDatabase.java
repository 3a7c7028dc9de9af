package org.openrtd.realtimeserver.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.openrtd.catalog.Catalog;
import org.openrtd.centraldb.CentralDatabaseException;
import org.openrtd.centraldb.CommittedTransaction;
import org.openrtd.centraldb.ConfigurationStore;
import org.openrtd.centraldb.EventLog;
import org.openrtd.centraldb.Provisioning;
import org.openrtd.centraldb.ProvisioningResult;
import org.openrtd.configuration.ConfigurationProblem;
import org.openrtd.configuration.ConfigurationResult;
import org.openrtd.configuration.ConfigurationTransaction;
import org.openrtd.configuration.HistoryEntry;
import org.openrtd.feed.Change;
import org.openrtd.feed.DurableHistory;
import org.openrtd.feed.FeedSchema;
import org.openrtd.feed.Row;
import org.openrtd.feed.Table;

/** What a disk would hold, and a program that may be killed at any call, before or after the call took effect. */
final class MemoryDatabase {

    // What survives.
    private final List<EventLog.Entry> entries = new ArrayList<>();
    private final Map<String, EventLog.Mark> marks = new HashMap<>();
    private final List<CommittedTransaction> transactions = new ArrayList<>();
    private final Map<String, Integer> ids = new LinkedHashMap<>();
    private final Map<List<Object>, Row> rows = new LinkedHashMap<>();
    private EventLog.Checkpoint checkpoint;
    /** The change log is always pruned as far as the checkpoint allows, and further than a real one. */
    private long prunedUpTo;

    private boolean prunesTooMuch;

    private long epoch;
    private int nextId = 5000;

    /** From now on it is wrong: whatever the checkpoint is, all of the change log is gone at a start. */
    void pruneAllAtEachStart() {
        prunesTooMuch = true;
    }

    /** One program's use of it. */
    final class Session implements EventLog, ConfigurationStore {

        private final long killAt;
        private final boolean after;
        private long calls;
        private boolean killed;
        private volatile boolean failing;
        private volatile boolean failingChangeLog;
        private volatile RuntimeException afterAppend;
        private volatile RuntimeException atProvision;
        private volatile int refusing;
        private volatile CountDownLatch hanging = new CountDownLatch(0);
        private volatile CountDownLatch hung = new CountDownLatch(1);
        private final List<Consumer<CommittedTransaction>> listeners = new ArrayList<>();

        /**
         * @param killAt the writing call at which the program is killed; 0 for never
         * @param after whether that call still takes effect
         */
        Session(long killAt, boolean after) {
            this.killAt = killAt;
            this.after = after;
            epoch++;
            if (prunesTooMuch) {
                prunedUpTo = transactions.size();
            }
        }

        boolean killed() {
            synchronized (MemoryDatabase.this) {
                return killed;
            }
        }

        /** The next provisionings are refused, so many of them. */
        void refusing(int times) {
            refusing = times;
        }

        /** From now on every call fails, until it is said otherwise. */
        void failing(boolean fails) {
            failing = fails;
        }

        /** From now on the change log of the configuration cannot be read, until it is said otherwise. */
        void failingChangeLog(boolean fails) {
            failingChangeLog = fails;
        }

        /** The next append that stores something takes effect, and then throws this. */
        void failAfterAppend(RuntimeException failure) {
            afterAppend = failure;
        }

        /** The next call for automatic configuration throws this. */
        void failAtProvision(RuntimeException failure) {
            atProvision = failure;
        }

        /** Whether everything that was to be thrown has been. */
        boolean hasThrown() {
            return afterAppend == null && atProvision == null;
        }

        /** From now on every writing call hangs, until the latch is down. Answers what goes down when the first one does. */
        CountDownLatch hanging(CountDownLatch until) {
            hung = new CountDownLatch(1);
            hanging = until;
            return hung;
        }

        private void before() {
            try {
                CountDownLatch until = hanging;
                if (until.getCount() > 0) {
                    hung.countDown();
                }
                until.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            synchronized (MemoryDatabase.this) {
                alive();
                if (++calls == killAt && !after) {
                    killed = true;
                }
                alive();
            }
        }

        private void after() {
            if (calls == killAt) {
                killed = true;
            }
            alive();
        }

        private void alive() {
            if (killed || failing) {
                throw new CentralDatabaseException(killed ? "killed" : "the disk is full", null);
            }
        }

        // ---- event log

        @Override
        public List<Logged> append(List<Entry> appended) {
            before();
            synchronized (MemoryDatabase.this) {
                alive();
                List<Logged> stored = new ArrayList<>();
                for (Entry entry : appended) {
                    if (!entry.gateway().isEmpty()) {
                        Mark mark = marks.getOrDefault(entry.gateway(), new Mark(0, 0));
                        long number = mark.run() == entry.run() ? mark.number() : 0;
                        if (entry.number() <= number) {
                            continue;
                        }
                        if (entry.number() != number + 1) {
                            throw new IllegalArgumentException("a gap after " + mark + " before " + entry.number());
                        }
                        marks.put(entry.gateway(), new Mark(entry.run(), entry.number()));
                    }
                    entries.add(entry);
                    stored.add(new Logged(entries.size(), entry));
                }
                after();
                RuntimeException failure = afterAppend;
                if (failure != null && !stored.isEmpty()) {
                    afterAppend = null;
                    throw failure;
                }
                return stored;
            }
        }

        @Override
        public long lastSequence() {
            synchronized (MemoryDatabase.this) {
                return entries.size();
            }
        }

        @Override
        public long read(long from, Consumer<Logged> to) {
            synchronized (MemoryDatabase.this) {
                for (long i = from; i < entries.size(); i++) {
                    to.accept(new Logged(i + 1, entries.get((int) i)));
                }
                return Math.max(from, entries.size());
            }
        }

        @Override
        public Map<String, Mark> marks() {
            synchronized (MemoryDatabase.this) {
                return new HashMap<>(marks);
            }
        }

        @Override
        public OptionalLong mark(String gateway, long run) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void writeCheckpoint(long logSequence, long recoveryKey, byte[] state) {
            before();
            synchronized (MemoryDatabase.this) {
                alive();
                checkpoint = new Checkpoint(logSequence, state);
                prunedUpTo = recoveryKey;
                after();
            }
        }

        @Override
        public Optional<Checkpoint> latestCheckpoint() {
            synchronized (MemoryDatabase.this) {
                return Optional.ofNullable(checkpoint);
            }
        }

        // ---- configuration

        @Override
        public String feedId() {
            return "memory";
        }

        @Override
        public long epoch() {
            return epoch;
        }

        @Override
        public long beginEpoch(long last, long utcMillis) {
            return Math.max(Math.max(last, epoch) + 1, utcMillis);
        }

        @Override
        public FeedSchema schema() {
            return Catalog.feed(Catalog.CONFIG);
        }

        @Override
        public ConfigurationResult commit(ConfigurationTransaction transaction) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int allotIds(String table, int count) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ProvisioningResult provision(Provisioning wanted) {
            RuntimeException failure = atProvision;
            if (failure != null) {
                atProvision = null;
                throw failure;
            }
            before();
            CommittedTransaction committed;
            synchronized (MemoryDatabase.this) {
                alive();
                if (refusing > 0) {
                    refusing--;
                    return new ProvisioningResult.Refused(List.of(new ConfigurationProblem(
                            ConfigurationProblem.Kind.DUPLICATE, "Agent", List.of(1), null, "is there")));
                }
                List<Change> changes = missing(wanted);
                if (changes.isEmpty()) {
                    return new ProvisioningResult.Unchanged(transactions.size());
                }
                changes.forEach(change -> rows.put(key(change), change.row()));
                committed = new CommittedTransaction(
                        transactions.size() + 1,
                        transactions.size(),
                        "t" + transactions.size(),
                        wanted.gateway(),
                        java.time.Instant.EPOCH,
                        changes);
                transactions.add(committed);
                after();
            }
            listeners.forEach(listener -> listener.accept(committed));
            return new ProvisioningResult.Entered(committed.recoveryKey());
        }

        @Override
        public List<HistoryEntry> history(String table, List<Object> key, int limit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long recoveryKey() {
            return transactions.size();
        }

        @Override
        public Configuration rows() {
            synchronized (MemoryDatabase.this) {
                Collection<Row> all = new ArrayList<>(rows.values());
                return new Configuration(transactions.size(), all);
            }
        }

        @Override
        public DurableHistory history() {
            return new DurableHistory() {
                @Override
                public List<Epoch> epochs() {
                    return List.of(new Epoch(epoch, transactions.size()));
                }

                @Override
                public List<Entry> after(long key, int limit) {
                    return List.of();
                }
            };
        }

        @Override
        public AutoCloseable listen(long from, Consumer<CommittedTransaction> listener) {
            synchronized (MemoryDatabase.this) {
                notPruned(from);
                transactions.subList((int) from, transactions.size()).forEach(listener);
                listeners.add(listener);
                return () -> listeners.remove(listener);
            }
        }

        private void notPruned(long after) {
            if (after < prunedUpTo) {
                throw new IllegalArgumentException("The transaction after recovery key " + after + " has been pruned");
            }
        }

        @Override
        public List<CommittedTransaction> after(long recoveryKey, int limit) {
            if (failingChangeLog) {
                throw new CentralDatabaseException("the change log cannot be read", null);
            }
            synchronized (MemoryDatabase.this) {
                notPruned(recoveryKey);
                int to = (int) Math.min(transactions.size(), recoveryKey + limit);
                return List.copyOf(transactions.subList((int) recoveryKey, to));
            }
        }
    }

    private static List<Object> key(Change change) {
        List<Object> key = new ArrayList<>();
        key.add(change.table().name());
        key.addAll(change.key());
        return key;
    }

    private List<Change> missing(Provisioning wanted) {
        List<Change> changes = new ArrayList<>();
        int peripheral = id("Peripheral", wanted.gateway());
        add(changes, "Peripheral", peripheral, "EnterpriseName", wanted.gateway(), "TimeZone", wanted.zone());
        wanted.callTypes()
                .forEach(type -> add(
                        changes,
                        "Call_Type",
                        id("Call_Type", type.name()),
                        "EnterpriseName",
                        type.name(),
                        "ServiceLevelThreshold",
                        20,
                        "ServiceLevelType",
                        1,
                        "AbandonWaitTime",
                        0));
        wanted.skillGroups().forEach(group -> group(changes, peripheral, group.name()));
        wanted.agents().forEach(agent -> {
            int id = id("Agent", agent.agent());
            add(changes, "Agent", id, "PeripheralID", peripheral, "PeripheralNumber", agent.agent());
            agent.skillGroups().forEach(group -> {
                Table table = Catalog.table("Skill_Group_Member").table();
                Object[] values = new Object[table.columns().size()];
                values[0] = group(changes, peripheral, group);
                values[1] = id;
                add(changes, Change.put(table.row(values)));
            });
        });
        return changes;
    }

    private int group(List<Change> changes, int peripheral, String group) {
        int id = id("Skill_Group", group);
        add(
                changes,
                "Skill_Group",
                id,
                "PeripheralID",
                peripheral,
                "PeripheralName",
                group,
                "MRDomainID",
                1,
                "ServiceLevelThreshold",
                20,
                "ServiceLevelType",
                1);
        return id;
    }

    private int id(String table, String name) {
        return ids.computeIfAbsent(table + "/" + name, any -> nextId++);
    }

    private void add(List<Change> changes, String name, int id, Object... namesAndValues) {
        Table table = Catalog.table(name).table();
        Object[] values = new Object[table.columns().size()];
        values[0] = id;
        values[table.column("Deleted")] = "N";
        for (int i = 0; i < namesAndValues.length; i += 2) {
            values[table.column((String) namesAndValues[i])] = namesAndValues[i + 1];
        }
        add(changes, Change.put(table.row(values)));
    }

    private void add(List<Change> changes, Change change) {
        if (!rows.containsKey(key(change)) && changes.stream().noneMatch(c -> key(c).equals(key(change)))) {
            changes.add(change);
        }
    }
}
