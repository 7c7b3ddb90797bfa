package dev.avionics.benchmarks.idle;

import dev.avionics.testkit.backend.IdleStreamServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * The backend of the idle streams, in a process of its own. Prints {@code listening PORT}, then obeys the lines of its
 * standard input: {@code say} sends one more event on every stream, {@code finish} ends them all; the end of the input
 * ends the process.
 */
final class IdleUpstream {
    private IdleUpstream() {}

    static String event(String text) {
        return "{\"id\":\"idle\",\"object\":\"chat.completion.chunk\",\"model\":\"m\",\"choices\":[{\"index\":0,"
                + "\"delta\":{\"content\":\"" + text + "\"},\"finish_reason\":null}]}";
    }

    static String end() {
        return "{\"id\":\"idle\",\"object\":\"chat.completion.chunk\",\"model\":\"m\",\"choices\":[{\"index\":0,"
                + "\"delta\":{},\"finish_reason\":\"stop\"}]}";
    }

    static IdleStreamServer start() {
        return IdleStreamServer.start(event("first"));
    }

    static void obey(IdleStreamServer server, String command) {
        switch (command) {
            case "say" -> server.broadcast(event("second"));
            case "finish" -> {
                server.broadcast(end());
                server.broadcast("[DONE]");
                server.finish();
            }
            default -> throw new IllegalArgumentException("command: " + command + " (expected: say or finish)");
        }
    }

    public static void main(String[] args) throws IOException {
        try (IdleStreamServer server = start();
                BufferedReader commands =
                        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            System.out.println("listening " + server.port());
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                obey(server, line);
            }
        }
    }
}
