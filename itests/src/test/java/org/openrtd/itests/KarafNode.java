package org.openrtd.itests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ThreadInfo;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * One node in a process of its own: the assembly that this build made, with ports that nobody else uses and a console user
 * whose password is made for it. It lies under {@code target/nodes}, where its log stays after the test.
 *
 * <p>Settings are made before {@link #start()}; they may be changed while it runs, and then take effect as they would for an
 * operator who edits the file.
 */
final class KarafNode implements AutoCloseable {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String OPERATOR = "operator";
    private static final Set<Integer> GIVEN_PORTS = new HashSet<>();
    private static final Path TARGET = Path.of(System.getProperty("openrtd.target", "target"));
    private static final Pattern OURS =
            Pattern.compile("openrtd|activemq|artemis|netty|nioevent|globalevent|derby", Pattern.CASE_INSENSITIVE);
    private static Path unpacked;

    private final String name;
    private final Path home;
    private final String operatorPassword = secret();
    private final int sshPort = freePort();
    private final int registryPort = freePort();
    private final int rmiPort = freePort();
    private final int brokerPort = freePort();
    private Process process;
    private JMXConnector jmx;

    private KarafNode(String name, Path home) {
        this.name = name;
        this.home = home;
    }

    /** A node called {@code name}, of the test that asks; not started. */
    static KarafNode unpack(Class<?> test, String name) {
        try {
            Path home = TARGET.resolve("nodes").resolve(test.getSimpleName()).resolve(name);
            delete(home);
            Files.createDirectories(home);
            Path original = assembly();
            // Only what a node writes to is copied; its libraries and bundles are the same files for all.
            for (String shared : new String[] {"system", "lib"}) {
                Files.createSymbolicLink(home.resolve(shared), original.resolve(shared));
            }
            for (String own : new String[] {"bin", "etc", "deploy", "data"}) {
                copy(original.resolve(own), home.resolve(own));
            }
            KarafNode node = new KarafNode(name, home.toRealPath());
            node.configure();
            return node;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void configure() {
        user(OPERATOR, operatorPassword, "_g_:admins");
        set("org.openrtd.node", "name", name);
        set("org.apache.karaf.shell", "sshPort", sshPort);
        set("org.apache.karaf.management", "rmiRegistryPort", registryPort);
        set("org.apache.karaf.management", "rmiServerPort", rmiPort);
        set("org.openrtd.broker", "port", brokerPort);
    }

    String name() {
        return name;
    }

    Path home() {
        return home;
    }

    int brokerPort() {
        return brokerPort;
    }

    /** Where this node's broker is, for the settings of other nodes. */
    String brokerUrl() {
        return "tcp://127.0.0.1:" + brokerPort;
    }

    /** Sets one key of one configuration; other keys and the comments stay. */
    KarafNode set(String pid, String key, Object value) {
        Path file = home.resolve("etc").resolve(pid + ".cfg");
        try {
            String line = key + " = " + value;
            String text = Files.exists(file) ? Files.readString(file) : "";
            String pattern = "(?m)^\\s*" + Pattern.quote(key) + "\\s*=.*$";
            String changed = Pattern.compile(pattern).matcher(text).find()
                    ? text.replaceAll(pattern, Matcher.quoteReplacement(line))
                    : text + (text.endsWith("\n") || text.isEmpty() ? "" : "\n") + line + "\n";
            Files.writeString(file, changed);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The node never writes to its files of settings: it does so after a change, with what it read before, and so could
     * undo what is edited twice within moments.
     */
    KarafNode neverSavesSettings() {
        Path file = home.resolve("etc/config.properties");
        try {
            Files.writeString(
                    file,
                    Files.readString(file)
                            .replaceFirst("(?m)^(felix.fileinstall.enableConfigSave\\s*=).*$", "$1 false"));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What stands in a configuration's file for a key; empty when it does not stand there. */
    String get(String pid, String key) {
        try {
            Matcher line = Pattern.compile("(?m)^\\s*" + Pattern.quote(key) + "\\s*=\\s*(.*)$")
                    .matcher(Files.readString(home.resolve("etc").resolve(pid + ".cfg")));
            return line.find() ? line.group(1).trim() : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    KarafNode user(String user, String password, String roles) {
        try {
            Files.writeString(
                    home.resolve("etc/users.properties"),
                    user + " = " + password + "," + roles + "\n",
                    StandardOpenOption.APPEND);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Features that the node has when it starts for the first time. */
    KarafNode features(String... features) {
        Path file = home.resolve("etc/org.apache.karaf.features.cfg");
        try {
            Files.writeString(
                    file,
                    Files.readString(file)
                            .replaceFirst("(?m)^(featuresBoot\\s*=.*)$", "$1, " + String.join(", ", features)));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts the process; what it needs to be up is waited for by {@link #awaitUp} or by what the test asks for. */
    KarafNode start() {
        return start(List.of());
    }

    /** @param under what runs the node, as {@code nice} would; empty for nothing */
    KarafNode start(List<String> under) {
        try {
            List<String> command = new ArrayList<>(under);
            command.add(home.resolve("bin/karaf").toString());
            command.add("daemon");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(home.toFile())
                    .redirectErrorStream(true)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            home.resolve("out.txt").toFile()));
            Map<String, String> environment = builder.environment();
            environment.keySet().removeIf(key -> key.startsWith("KARAF_") || key.endsWith("JAVA_OPTS"));
            environment.put("JAVA_HOME", System.getProperty("java.home"));
            environment.put("OPENRTD_MAX_HEAP", "320m");
            // Several nodes start together on few processors; what compiles best would compile longest.
            environment.put("EXTRA_JAVA_OPTS", "-XX:TieredStopAtLevel=1");
            process = builder.start();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until all that the node was told to install is there. */
    KarafNode awaitUp() {
        await("all features of " + name + " installed", () -> {
            Object root = attribute("org.apache.karaf:type=feature,name=root", "Features");
            return root != null && log().contains("Done.");
        });
        // The console comes last.
        await("the console of " + name, () -> console("rtd:status").contains(name));
        return this;
    }

    private ProcessHandle jvm() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .filter(handle -> handle.info().command().orElse("").endsWith("/java"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " does not run:\n" + tail(log())));
    }

    long pid() {
        return jvm().pid();
    }

    /**
     * As if the power had failed: nothing is closed or written.
     *
     * @return when, by {@link System#nanoTime}
     */
    long kill() {
        closeJmx();
        ProcessHandle jvm = jvm();
        long moment = System.nanoTime();
        jvm.destroyForcibly();
        awaitEnd();
        return moment;
    }

    /** The process stops, its connections stay. */
    void pause() {
        signal("STOP");
    }

    void resume() {
        signal("CONT");
    }

    private void signal(String signal) {
        try {
            int status = new ProcessBuilder("kill", "-" + signal, Long.toString(pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new AssertionError("kill -" + signal + " of " + name + " answered " + status);
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Ends the node in order. */
    void stop() {
        closeJmx();
        if (process != null && process.isAlive()) {
            jvm().destroy();
            awaitEnd();
        }
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new AssertionError(name + " does not end:\n" + tail(log()));
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    boolean runs() {
        return process != null && process.isAlive();
    }

    @Override
    public void close() {
        closeJmx();
        if (process != null) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    /** Runs one command at the node's console, as an operator would. */
    String console(String command) {
        return consoleAs(OPERATOR, operatorPassword, command);
    }

    /** A connection to its console, as its operator; may be made before the node runs. */
    Console console() {
        return new Console(sshPort, OPERATOR, operatorPassword);
    }

    String consoleAs(String user, String password, String command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(
                            home.resolve("bin/client").toString(),
                            "-a",
                            Integer.toString(sshPort),
                            "-u",
                            user,
                            "-p",
                            password,
                            "-b")
                    .redirectErrorStream(true);
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            Process client = builder.start();
            try (var in = client.getOutputStream()) {
                in.write((command + "\n").getBytes(StandardCharsets.UTF_8));
            }
            String output = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            client.waitFor();
            return output.replaceAll("\u001b\\[[0-9;?]*[a-zA-Z]", "");
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** A connection to the node's JMX, as long as the node runs. */
    MBeanServerConnection jmx() throws IOException {
        if (jmx != null) {
            try {
                jmx.getConnectionId();
                return jmx.getMBeanServerConnection();
            } catch (IOException e) {
                closeJmx();
            }
        }
        jmx = connectJmx();
        return jmx.getMBeanServerConnection();
    }

    /** A connection of its own to the node's JMX, for a thread of its own; whoever asks closes it. */
    JMXConnector connectJmx() throws IOException {
        return JMXConnectorFactory.connect(
                new JMXServiceURL("service:jmx:rmi://127.0.0.1:" + rmiPort + "/jndi/rmi://127.0.0.1:" + registryPort
                        + "/karaf-root"),
                Map.of(JMXConnector.CREDENTIALS, new String[] {OPERATOR, operatorPassword}));
    }

    private void closeJmx() {
        if (jmx != null) {
            try {
                jmx.close();
            } catch (IOException gone) {
                // The node has ended; nothing is left to close.
            }
            jmx = null;
        }
    }

    /** An attribute over JMX, or {@code null} when node or MBean is not there. */
    Object attribute(String mbean, String attribute) {
        try {
            return jmx().getAttribute(new ObjectName(mbean), attribute);
        } catch (JMException | IOException | SecurityException notThere) {
            return null;
        }
    }

    /** Names of the MBeans of OpenRTD. */
    Set<String> mbeans() {
        try {
            return jmx().queryNames(new ObjectName("org.openrtd:*"), null).stream()
                    .map(ObjectName::toString)
                    .collect(Collectors.toSet());
        } catch (JMException | IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Installs a feature as {@code feature:install} does, and returns when that is done. */
    void install(String feature) {
        features("installFeature", feature);
    }

    void uninstall(String feature) {
        features("uninstallFeature", feature);
    }

    private void features(String operation, String feature) {
        try {
            jmx().invoke(
                            new ObjectName("org.apache.karaf:type=feature,name=root"),
                            operation,
                            new Object[] {feature},
                            new String[] {String.class.getName()});
        } catch (JMException | IOException e) {
            throw new AssertionError(operation + " " + feature + " on " + name + ": " + e, e);
        }
    }

    /** The feeds of a role that are LIVE, by its MBean: {@code Distributor}, {@code Client}. */
    Set<String> liveFeeds(String role) {
        return feeds(role)
                .filter(feed -> "LIVE".equals(feed.get("state")))
                .map(feed -> (String) feed.get("feed"))
                .collect(Collectors.toSet());
    }

    /** How far a role has come in a feed. */
    long sequence(String role, String feed) {
        return feeds(role)
                .filter(line -> feed.equals(line.get("feed")))
                .mapToLong(line -> (Long) line.get("sequence"))
                .findFirst()
                .orElse(-1);
    }

    /** The feeds of a role, by its MBean. */
    Stream<CompositeData> feeds(String role) {
        Object feeds = attribute("org.openrtd:type=" + role, "Feeds");
        return feeds == null ? Stream.empty() : Stream.of((CompositeData[]) feeds);
    }

    /** Waits until these feeds of a role are LIVE, all at once. */
    void awaitLive(String role, Set<String> feeds) {
        await(role + " of " + name + " LIVE in " + feeds, () -> liveFeeds(role).equals(feeds));
    }

    /** Threads that OpenRTD, the broker or the database made, by name; how many of a pool there are says nothing. */
    Set<String> threads() {
        try {
            CompositeData[] all = (CompositeData[]) jmx().invoke(
                            new ObjectName("java.lang:type=Threading"),
                            "dumpAllThreads",
                            new Object[] {false, false},
                            new String[] {"boolean", "boolean"});
            return Stream.of(all)
                    .map(each -> ThreadInfo.from(each).getThreadName())
                    .filter(each -> OURS.matcher(each).find())
                    .map(each -> each.replaceAll("\\d+", "N"))
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (JMException | IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits until there is no thread of another name; a role's may take a moment to end. */
    void awaitNoThreadsBut(Set<String> names) {
        try {
            await("threads to end", () -> names.containsAll(threads()));
        } catch (AssertionError e) {
            Set<String> left = threads();
            left.removeAll(names);
            throw new AssertionError("Threads stay: " + left, e);
        }
    }

    String log() {
        Path log = home.resolve("data/log/karaf.log");
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits, at most two minutes, for what the node does in its own time. */
    void await(String what, Callable<Boolean> condition) {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (true) {
            try {
                if (condition.call()) {
                    return;
                }
                if (process == null || !process.isAlive()) {
                    throw new AssertionError(name + " has ended before: " + what + "\n" + tail(log()));
                }
                if (System.nanoTime() > end) {
                    throw new AssertionError("Did not come within two minutes: " + what + "\n" + tail(log()));
                }
                TimeUnit.MILLISECONDS.sleep(100);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Exception e) {
                throw new AssertionError(what, e);
            }
        }
    }

    static String secret() {
        byte[] random = new byte[12];
        RANDOM.nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /** Never the same twice in a run, as some are used only much later. */
    static synchronized int freePort() {
        while (true) {
            try (ServerSocket socket = new ServerSocket(0)) {
                if (GIVEN_PORTS.add(socket.getLocalPort())) {
                    return socket.getLocalPort();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static String tail(String text) {
        String[] lines = text.split("\n");
        return Stream.of(lines).skip(Math.max(0, lines.length - 40)).collect(Collectors.joining("\n"));
    }

    private static synchronized Path assembly() throws IOException {
        if (unpacked == null) {
            Path archive = Path.of(System.getProperty("openrtd.assembly"));
            Path to = TARGET.resolve("nodes/assembly").toAbsolutePath();
            delete(to);
            Files.createDirectories(to);
            try {
                int status = new ProcessBuilder(
                                "tar", "-xzf", archive.toString(), "-C", to.toString(), "--strip-components", "1")
                        .inheritIO()
                        .start()
                        .waitFor();
                if (status != 0) {
                    throw new IOException(archive + " cannot be unpacked");
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            unpacked = to;
        }
        return unpacked;
    }

    private static void copy(Path from, Path to) throws IOException {
        if (!Files.exists(from)) {
            return;
        }
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(from.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path each, IOException e) throws IOException {
                Files.delete(each);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
