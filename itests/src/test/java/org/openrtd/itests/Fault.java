package org.openrtd.itests;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openrtd.itests.FaultyLine.Direction;

/** What may happen to a site. Each is begun here; it ends with {@link FaultySite#heal}. */
enum Fault {
    CLIENT_LINE_RESET("the client's line is reset", 4, 8, (site, random) -> site.lineToDesk(site.followed())
            .reset()),
    CLIENT_LINE_SILENT("the client's line is cut, no reset", 6, 10, (site, random) -> site.lineToDesk(site.followed())
            .silence()),
    CLIENT_LINE_DEAF("the client hears nothing, and is heard", 6, 10, (site, random) -> site.lineToDesk(site.followed())
            .block(Direction.DOWN)),
    CLIENT_LINE_DUMB("the client hears, and is not heard", 6, 10, (site, random) -> site.lineToDesk(site.followed())
            .block(Direction.UP)),
    CLIENT_LINES_CUT("both lines of the client are cut, no reset", 8, 12, true, (site, random) -> {
        site.deskToNorth.silence();
        site.deskToSouth.silence();
    }),
    CLIENT_LINES_FLAP("both lines of the client flap", 8, 12, (site, random) -> {
        flap(site, site.deskToNorth, random.nextLong());
        flap(site, site.deskToSouth, random.nextLong());
    }),
    CLIENT_LINES_SLOW("both lines of the client carry 2 to 20 kB/s", 8, 12, (site, random) -> {
        site.deskToNorth.slow(2_000 + random.nextInt(18_000));
        site.deskToSouth.slow(2_000 + random.nextInt(18_000));
    }),
    CENTRE_LINE_ONE_WAY(
            "a distributor hears nothing from the centre", 6, 10, (site, random) -> site.lineToCentral(site.followed())
                    .block(Direction.DOWN)),
    CENTRE_LINE_RESET("a distributor's line is reset", 4, 8, (site, random) -> site.lineToCentral(site.followed())
            .reset()),
    CENTRE_LINES_FLAP("both distributors' lines flap", 8, 12, (site, random) -> {
        flap(site, site.northToCentral, random.nextLong());
        flap(site, site.southToCentral, random.nextLong());
    }),
    CENTRE_LINES_LATE("all from the centre is 0.5 to 6 s late", 8, 12, (site, random) -> {
        long millis = 500 + random.nextInt(5500);
        site.northToCentral.late(millis);
        site.southToCentral.late(millis);
    }),
    GATEWAY_LINE_FLAPS(
            "the gateway's line flaps", 6, 10, (site, random) -> flap(site, site.gatewayToCentral, random.nextLong())),

    STOP_SHORT(
            "any node is stopped for less than the time-outs",
            0.5,
            2,
            (site, random) -> site.pause(site.nodes().get(random.nextInt(5)))),
    STOP_CENTRE("the centre is stopped for longer", 7, 15, true, (site, random) -> site.pause(site.central)),
    STOP_DISTRIBUTOR("the primary is stopped for longer", 7, 15, (site, random) -> TakeOver.from(site, site::pause)),
    STOP_CLIENT("the client is stopped for longer", 7, 15, (site, random) -> site.pause(site.desk)),
    STOP_GATEWAY("the gateway is stopped for longer", 7, 15, (site, random) -> site.pause(site.gateway)),

    KILL_CENTRE("the centre is killed", 4, 6, true, (site, random) -> site.central.kill()),
    KILL_DISTRIBUTOR("the primary is killed", 4, 6, (site, random) -> TakeOver.from(site, KarafNode::kill)),
    KILL_BOTH_DISTRIBUTORS("both distributors are killed", 4, 6, true, (site, random) -> {
        site.north.kill();
        site.south.kill();
    }),
    KILL_CLIENT("the client is killed", 0, 1, (site, random) -> site.desk.kill()),
    KILL_GATEWAY("the gateway is killed", 4, 6, (site, random) -> site.gateway.kill()),
    KILL_SOURCE_IN_SNAPSHOT("a source is killed while its snapshot is fetched", 1, 2, (site, random) -> {
        KarafNode source = inSnapshot(site);
        source.kill();
    }),
    KILL_CLIENT_IN_SNAPSHOT("the client is killed while it fetches a snapshot", 0, 1, (site, random) -> {
        inSnapshot(site);
        site.desk.kill();
    }),

    CLIENTS_NEVER_READ("20 clients never read", 10, 15, (site, random) -> {
        KarafNode source = site.followed();
        FaultyLine line = new FaultyLine(source.brokerPort());
        Guests guests = new Guests(line.url(), "desk", site.password("desk"));
        site.later(guests::close);
        site.later(line::close);
        for (int i = 0; i < 20; i++) {
            guests.subscribe(List.of("calls", "agents", "config"), "distributor");
        }
        line.block(Direction.DOWN);
        // And somebody asks for what nobody takes.
        try (Guests asking = new Guests(source.brokerUrl(), "desk", site.password("desk"))) {
            for (int i = 0; i < 100; i++) {
                asking.sendBytes("openrtd.calls.distributor.resume", Guests.resume("calls", random.nextLong()));
            }
        }
    }),
    KILL_CLIENTS("200 clients are killed and started at once", 0, 0, (site, random) -> {
        long before = snapshotsMade(site);
        try (Herd herd = new Herd(site, 200, List.of(site.north.brokerUrl(), site.south.brokerUrl()))) {
            site.note("200 new clients equal within " + herd.awaitEqual() / 100 / 10.0 + " s");
            long between = snapshotsMade(site);
            herd.restart();
            site.note("started again, within " + herd.awaitEqual() / 100 / 10.0 + " s");
            long after = snapshotsMade(site);
            site.note("snapshots encoded by the distributors, for 2 feeds: " + (between - before) + ", then "
                    + (after - between));
        }
    }),
    KILL_PRIMARY_OF_CLIENTS("the primary of 200 clients is killed", 0, 0, (site, random) -> {
        try (Herd herd = new Herd(site, 200, List.of(site.north.brokerUrl(), site.south.brokerUrl()))) {
            herd.awaitEqual();
            site.north.kill();
            site.note("200 clients equal again within " + herd.awaitEqual() / 100 / 10.0 + " s");
        }
    }),
    MALFORMED("malformed and oversized messages at every address", 3, 5, (site, random) -> {
        for (KarafNode source : List.of(site.north, site.south)) {
            try (Guests guests = new Guests(source.brokerUrl(), "desk", site.password("desk"))) {
                guests.sendNonsense(
                        random,
                        List.of(
                                "openrtd.calls.distributor.resume",
                                "openrtd.agents.distributor.resume",
                                "openrtd.config.distributor.resume",
                                "openrtd.configuration.distributor",
                                "openrtd.status.distributor"),
                        List.of("openrtd.calls.distributor", "openrtd.reply.desk.x", "openrtd.events.central", "#"));
                System.out.println("Nemesis: nonsense to " + source.name() + ": " + guests.told());
            }
        }
        try (Guests guests = new Guests(site.central.brokerUrl(), "north", site.password("north"))) {
            guests.sendNonsense(
                    random,
                    List.of(
                            "openrtd.calls.central.resume",
                            "openrtd.agents.central.resume",
                            "openrtd.config.central.resume",
                            "openrtd.configuration.central",
                            "openrtd.status.central"),
                    List.of("openrtd.calls.central", "openrtd.events.central"));
        }
        try (Guests guests = new Guests(site.central.brokerUrl(), "bank", site.password("bank"))) {
            guests.sendNonsense(
                    random,
                    List.of("openrtd.events.central"),
                    List.of("openrtd.calls.central.resume", "openrtd.configuration.central"));
        }
    }),

    WRITES_FAIL_CENTRE(
            "every write to the centre's disk fails", 5, 8, (site, random) -> failWrites(site, site.central)),
    WRITES_FAIL_DISTRIBUTOR(
            "every write to a distributor's disk fails", 5, 8, (site, random) -> failWrites(site, site.followed())),
    WRITES_FAIL_CLIENT("every write to the client's disk fails", 5, 8, (site, random) -> failWrites(site, site.desk)),
    DISK_FULL_CENTRE(
            "the disk under the centre's database is full", 5, 8, (site, random) -> SmallDisk.fill(site, site.central)),
    DISK_FULL_CLIENT(
            "the disk under the client's database is full", 5, 8, (site, random) -> SmallDisk.fill(site, site.desk)),
    CORRUPT_DATABASE("a distributor's database is damaged while it is down", 0, 1, (site, random) -> {
        KarafNode node = site.followed();
        node.kill();
        damage(node.home().resolve("data/derby/local/seg0"), random);
    }),
    CORRUPT_BROKER("the broker's directory is full of rubbish", 0, 1, (site, random) -> {
        KarafNode node = site.followed();
        node.kill();
        for (String name : List.of("journal", "bindings", "paging", "large")) {
            Path directory =
                    Files.createDirectories(node.home().resolve("data/broker").resolve(name));
            for (String file : List.of("activemq-data-1.amq", "activemq-bindings-1.bindings", "1.msg")) {
                byte[] rubbish = new byte[10_000];
                random.nextBytes(rubbish);
                Files.write(directory.resolve(file), rubbish);
            }
        }
    }),
    UPDATE_BUNDLES(
            "every role's bundle is updated under load",
            0,
            0,
            (site, random) -> Updates.all(site, Integer.getInteger("nemesis.updates", 20))),

    NOTHING("nothing happens", 2, 4, (site, random) -> {});

    /** Begins a fault. */
    interface Begin {
        void on(FaultySite site, Random random) throws Exception;
    }

    final String title;
    private final double least;
    private final double most;
    /** Nothing new reaches the client while it lasts. */
    final boolean cutsOff;

    private final Begin begin;

    Fault(String title, double least, double most, Begin begin) {
        this(title, least, most, false, begin);
    }

    Fault(String title, double least, double most, boolean cutsOff, Begin begin) {
        this.title = title;
        this.least = least;
        this.most = most;
        this.cutsOff = cutsOff;
        this.begin = begin;
    }

    void begin(FaultySite site, Random random) throws Exception {
        begin.on(site, random);
    }

    /** How long it lasts, this time. */
    long millis(Random random) {
        return (long) (1000 * (least + random.nextDouble() * (most - least)));
    }

    /** By both distributors, of all feeds, since they began. */
    private static long snapshotsMade(FaultySite site) {
        return Stream.of(site.north, site.south)
                .mapToLong(node -> node.feeds("ClientFeed")
                        .mapToLong(feed -> feed.containsKey("snapshotsMade") ? (Long) feed.get("snapshotsMade") : 0)
                        .sum())
                .sum();
    }

    /** A line that is there and is not, a second at most at a time. */
    private static void flap(FaultySite site, FaultyLine line, long seed) {
        Random random = new Random(seed);
        Thread flapping = new Thread(
                () -> {
                    try {
                        while (true) {
                            if (random.nextBoolean()) {
                                line.reset();
                            } else {
                                line.silence();
                            }
                            TimeUnit.MILLISECONDS.sleep(50 + random.nextInt(1000));
                            line.heal();
                            TimeUnit.MILLISECONDS.sleep(50 + random.nextInt(1000));
                        }
                    } catch (InterruptedException healed) {
                        line.heal();
                    }
                },
                "flapping line");
        flapping.setDaemon(true);
        flapping.start();
        site.later(() -> {
            flapping.interrupt();
            flapping.join();
        });
    }

    /** The client begins anew, over slow lines, and has got a part of what it needs. */
    private static KarafNode inSnapshot(FaultySite site) throws Exception {
        site.desk.kill();
        site.deskToNorth.slow(4_000);
        site.deskToSouth.slow(4_000);
        site.desk.start();
        KarafNode[] source = {null};
        site.await("a snapshot at the client", () -> {
            var line = ThreeNodes.feed(site.desk, "Client", "calls");
            if (line == null || !line.get("state").equals("RESUMING")) {
                return false;
            }
            source[0] = String.valueOf(line.get("source")).contains("south") ? site.south : site.north;
            return true;
        });
        return source[0];
    }

    /** For the process alone: no file that it writes to may grow, nor be written to beyond its first byte. */
    private static void failWrites(FaultySite site, KarafNode node) throws Exception {
        long pid = node.pid();
        limit(pid, "0");
        site.later(() -> limit(pid, "unlimited"));
    }

    private static void limit(long pid, String bytes) throws IOException, InterruptedException {
        int status = new ProcessBuilder("prlimit", "--pid", Long.toString(pid), "--fsize=" + bytes + ":unlimited")
                .inheritIO()
                .start()
                .waitFor();
        if (status != 0) {
            throw new AssertionError("prlimit answered " + status);
        }
    }

    /** A few pages of a few files. */
    private static void damage(Path directory, Random random) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(directory)) {
            files = all.filter(each -> each.toString().endsWith(".dat"))
                    .sorted()
                    .toList();
        }
        for (int i = 0; i < files.size(); i++) {
            if (random.nextInt(4) > 0) {
                continue;
            }
            try (RandomAccessFile file = new RandomAccessFile(files.get(i).toFile(), "rw")) {
                byte[] rubbish = new byte[512];
                random.nextBytes(rubbish);
                file.seek(random.nextInt((int) Math.max(1, file.length() - rubbish.length)));
                file.write(rubbish);
            }
        }
    }
}
