package org.openrtd.sql.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.opentest4j.TestAbortedException;

/**
 * A PostgreSQL server of this process, with an empty data directory, on a port of the loopback interface and behind a random
 * password. It ends when this process does, even when that is killed. Where the build is root, the server runs as
 * {@code nobody}: PostgreSQL refuses root.
 */
public final class PostgreSql implements AutoCloseable {

    private static final String ARCHIVE = "/postgres-linux-x86_64.txz";

    private static PostgreSql shared;

    private final AtomicInteger databases = new AtomicInteger();
    private final String password;
    private final Process keeper;
    private final Writer commands;
    private final BufferedReader answers;
    private int port;
    private long processId;
    private Path home;

    /** The one that tests share, each with a database of its own. */
    public static synchronized PostgreSql shared() {
        if (shared == null) {
            shared = start();
        }
        return shared;
    }

    /**
     * One of the caller's own.
     *
     * @throws TestAbortedException where there is no server for this platform
     */
    public static PostgreSql start() {
        String platform = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        if (!platform.equals("Linux amd64")) {
            throw new TestAbortedException("There is a PostgreSQL for tests on Linux amd64 only, not on " + platform);
        }
        try {
            return new PostgreSql();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start a PostgreSQL", e);
        }
    }

    private PostgreSql() throws IOException {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();
        Path programs = programs(temporary).resolve("bin");
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        password = HexFormat.of().formatHex(random);
        List<String> command = new ArrayList<>(asUserOfItsOwn());
        command.addAll(List.of("sh", "-c", script(), "postgresql.sh", programs.toString(), temporary.toString()));
        keeper = new ProcessBuilder(command)
                .directory(temporary.toFile())
                .redirectErrorStream(true)
                .start();
        commands = keeper.outputWriter(StandardCharsets.UTF_8);
        answers = new BufferedReader(new InputStreamReader(keeper.getInputStream(), StandardCharsets.UTF_8));
        boolean started = false;
        try {
            String made = ask(password);
            if (!"made".equals(made)) {
                throw new IOException(made + answers.lines().reduce("", (all, line) -> all + "\n" + line));
            }
            listen();
            started = true;
        } finally {
            if (!started) {
                close();
            }
        }
    }

    private static List<String> asUserOfItsOwn() {
        if (!System.getProperty("user.name").equals("root")) {
            return List.of();
        }
        if (Files.isExecutable(Path.of("/usr/bin/setpriv"))) {
            return List.of("/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--");
        }
        return List.of("runuser", "-u", "nobody", "--");
    }

    private static String script() throws IOException {
        try (InputStream in = PostgreSql.class.getResourceAsStream("postgresql.sh")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Unpacked once for all builds of this user: that takes longer than the server's start. */
    private static synchronized Path programs(Path temporary) throws IOException {
        byte[] version = digest();
        Path programs = temporary.resolve("openrtd-postgresql-" + System.getProperty("user.name") + "-"
                + HexFormat.of().formatHex(version, 0, 6));
        if (Files.isDirectory(programs, LinkOption.NOFOLLOW_LINKS)) {
            String owner = Files.getOwner(programs, LinkOption.NOFOLLOW_LINKS).getName();
            if (!owner.equals(System.getProperty("user.name"))) {
                throw new IOException(programs + " belongs to " + owner + ": remove it");
            }
            return programs;
        }
        Path unpacked = Files.createTempDirectory(temporary, "openrtd-postgresql-unpacking");
        try (InputStream in = PostgreSql.class.getResourceAsStream(ARCHIVE);
                TarArchiveInputStream tar = new TarArchiveInputStream(new XZCompressorInputStream(in))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path path = unpacked.resolve(entry.getName()).normalize();
                if (!path.startsWith(unpacked) || entry.getName().endsWith(".a")) {
                    continue;
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                } else if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else {
                    Files.createDirectories(path.getParent());
                    Files.copy(tar, path, StandardCopyOption.REPLACE_EXISTING);
                    Files.setPosixFilePermissions(
                            path,
                            PosixFilePermissions.fromString((entry.getMode() & 0100) != 0 ? "rwxr-xr-x" : "rw-r--r--"));
                }
            }
        }
        Files.setPosixFilePermissions(unpacked, PosixFilePermissions.fromString("rwxr-xr-x"));
        try {
            return Files.move(unpacked, programs, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException | java.nio.file.DirectoryNotEmptyException e) {
            // Another build was quicker; what is left over here is in the way of nothing.
            return programs;
        }
    }

    private static byte[] digest() throws IOException {
        try (InputStream in = PostgreSql.class.getResourceAsStream(ARCHIVE)) {
            if (in == null) {
                throw new IOException("The archive of the server is not on the class path: " + ARCHIVE);
            }
            return java.security.MessageDigest.getInstance("SHA-256").digest(in.readAllBytes());
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    private void listen() throws IOException {
        String answer = "";
        // The port is free when it is looked for, and may be another's a moment later.
        for (int attempt = 0; attempt < 10; attempt++) {
            int free = port;
            if (free == 0) {
                try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                    free = socket.getLocalPort();
                }
            }
            answer = ask("start " + free);
            if (answer == null) {
                throw new IOException("The server's keeper has ended");
            }
            if (!answer.startsWith("failed")) {
                port = free;
                String[] words = answer.split(" ", 2);
                processId = Long.parseLong(words[0]);
                home = Path.of(words[1]);
                return;
            }
        }
        throw new IOException(answer);
    }

    private String ask(String command) throws IOException {
        commands.write(command + "\n");
        commands.flush();
        return answers.readLine();
    }

    /** Ends the server without letting it write anything more, and starts it again on what is on the disk. */
    public synchronized void crash() {
        try {
            ask("crash");
            listen();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start the PostgreSQL again", e);
        }
    }

    /** Of the server. */
    public long processId() {
        return processId;
    }

    /** Where the server keeps its data; gone when it has ended. */
    Path home() {
        return home;
    }

    /** Returns the URL of a new, empty database, with user and password in it. */
    String createDatabase() {
        String name = "test" + databases.incrementAndGet();
        administer(url("postgres"), "CREATE DATABASE " + name);
        return url(name);
    }

    static void dropDatabase(String url) {
        String name = url.replaceFirst("\\?.*", "").replaceFirst(".*/", "");
        administer(url.replace("/" + name + "?", "/postgres?"), "DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
    }

    private static void administer(String url, String sql) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** With user and password in it. */
    String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=openrtd&password=" + password;
    }

    /** Ends the server, with all that is in it. */
    @Override
    public void close() {
        try {
            commands.close();
            keeper.waitFor();
        } catch (IOException e) {
            keeper.destroyForcibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
