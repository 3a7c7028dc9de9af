package org.openrtd.itests;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A small disk under a node's databases, of its own and in memory, which only the node's processes see: it needs no rights
 * but those to make a namespace, and is gone with the node. What is on it is then written back.
 */
final class SmallDisk {

    /** $0 home, $1 size in KiB, then the node's command. */
    private static final String MOUNT =
            """
            mkdir -p "$0/data/derby" "$0/small" "$0/original" &&
            mount -t tmpfs -o size="$1"k none "$0/small" &&
            cp -a "$0/data/derby/." "$0/small/" &&
            mount --bind "$0/data/derby" "$0/original" &&
            mount --bind "$0/small" "$0/data/derby" || exit 1
            home=$0
            shift
            "$@"
            rm -rf "$home/original/"* && cp -a "$home/small/." "$home/original/"
            """;

    private static final int FREE_KIB = 8 * 1024;

    private SmallDisk() {}

    /** Starts a node anew with such a disk, and fills that when all is equal again. */
    static void fill(FaultySite site, KarafNode node) throws Exception {
        node.stop();
        long used;
        try (Stream<Path> files = Files.walk(node.home().resolve("data/derby"))) {
            used = files.mapToLong(file -> file.toFile().length()).sum();
        }
        node.start(List.of(
                "unshare",
                "--map-root-user",
                "--mount",
                "sh",
                "-c",
                MOUNT,
                node.home().toString(),
                Long.toString(used / 1024 + FREE_KIB)));
        site.awaitConverged();
        Path filler = Path.of("/proc/" + node.pid() + "/root" + node.home() + "/data/derby/filler");
        site.later(() -> Files.deleteIfExists(filler));
        byte[] block = new byte[1024];
        try (OutputStream out = Files.newOutputStream(filler)) {
            for (int i = 0; i < 64 * FREE_KIB; i++) {
                out.write(block);
            }
            throw new AssertionError("the small disk of " + node.name() + " is not full");
        } catch (IOException full) {
            System.out.println("Nemesis: " + filler + ": " + full.getMessage());
        }
    }
}
