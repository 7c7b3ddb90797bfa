package dev.avionics.server.cli;

import dev.avionics.llm.settings.AvionicsSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * One chat with a server of this process's own, so that the start script can make an archive of the classes that a chat
 * loads. Prints nothing.
 */
@picocli.CommandLine.Command(
        name = "training-run",
        hidden = true,
        description = "Loads what a chat loads, for the archive of classes.")
final class TrainingRun implements Callable<Integer> {
    private static final String EVENTS = """
            data: {"id":"1","model":"training","choices":[{"index":0,"delta":{"role":"assistant","content":"a"}}]}

            data: {"id":"1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}

            data: [DONE]

            """;

    @Override
    public Integer call() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            Thread server = new Thread(() -> serve(listener), "avionics-training");
            server.setDaemon(true);
            server.start();
            Console silent = new Console(
                    InputStream.nullInputStream(),
                    OutputStream.nullOutputStream(),
                    OutputStream.nullOutputStream(),
                    List.of());
            AvionicsSettings plain = AvionicsSettings.builder().build();
            return new Program(silent, new Calls(), Map.of(), () -> plain)
                    .run(
                            "chat",
                            "--provider",
                            "openai-compatible",
                            "--model",
                            "training",
                            "--timeout",
                            "20",
                            "--base-url",
                            "http://127.0.0.1:" + listener.getLocalPort(),
                            "a");
        }
    }

    private static void serve(ServerSocket listener) {
        while (!listener.isClosed()) {
            try (Socket socket = listener.accept()) {
                answer(socket);
            } catch (IOException e) {
                // The listener is closed when the chat is over; what else fails, fails the chat.
                continue;
            }
        }
    }

    private static void answer(Socket socket) throws IOException {
        // The client waits for the answer, so its request is in this one read or in none that matters.
        int unused = socket.getInputStream().read(new byte[1 << 16]);
        String head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
        OutputStream out = socket.getOutputStream();
        out.write((head + EVENTS).getBytes(StandardCharsets.UTF_8));
        out.flush();
        socket.shutdownOutput();
        while (socket.getInputStream().read() >= 0) {
            // Read to the end: closing on unread bytes would reset the connection before the answer was read.
            continue;
        }
    }
}
