package dev.avionics.testkit.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the kernel holds of a loopback connection in its buffers; reads {@code /proc/net}, so it needs Linux. */
final class KernelQueues {
    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));

    private KernelQueues() {}

    /** Bytes that left the sender's program and have not come to the receiver's. */
    static long between(int senderPort, int receiverPort) {
        long bytes = 0;
        for (Path table : TABLES) {
            for (String line : lines(table)) {
                String[] fields = line.strip().split("\\s+");
                if (fields.length < 5 || !fields[4].contains(":")) {
                    continue;
                }
                int local = port(fields[1]);
                int remote = port(fields[2]);
                String[] queues = fields[4].split(":");
                if (local == senderPort && remote == receiverPort) {
                    bytes += Long.parseLong(queues[0], 16);
                } else if (local == receiverPort && remote == senderPort) {
                    bytes += Long.parseLong(queues[1], 16);
                }
            }
        }
        return bytes;
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.indexOf(':') + 1), 16);
    }

    private static List<String> lines(Path table) {
        try {
            List<String> all = Files.exists(table) ? Files.readAllLines(table) : List.of();
            return all.isEmpty() ? all : all.subList(1, all.size());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
