package dev.avionics.llm.model;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server on this machine that stands for the model's public home, with the faults that homes have. */
final class ModelHome implements AutoCloseable {
    final List<String> ranges = new CopyOnWriteArrayList<>();
    final CountDownLatch asked = new CountDownLatch(1);
    volatile byte[] content;
    volatile CountDownLatch gate = new CountDownLatch(0);
    volatile int status = 200;
    volatile int cutAfter = Integer.MAX_VALUE;
    volatile boolean knowsRanges = true;
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final HttpServer server;

    ModelHome(byte[] content) throws IOException {
        this.content = content;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(executor);
        server.createContext("/model", this::model);
        server.createContext("/moved", exchange -> {
            exchange.getResponseHeaders().add("Location", "/model");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        server.start();
    }

    URI address(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    private void model(HttpExchange exchange) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        ranges.add(String.valueOf(range));
        asked.countDown();
        try {
            gate.await();
        } catch (InterruptedException e) {
            exchange.close();
            return;
        }
        if (status != 200) {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
            return;
        }
        int from = 0;
        if (range != null && knowsRanges) {
            from = Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
            exchange.getResponseHeaders()
                    .add("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        }
        byte[] body = Arrays.copyOfRange(content, from, content.length);
        exchange.sendResponseHeaders(range != null && knowsRanges ? 206 : 200, body.length);
        exchange.getResponseBody().write(body, 0, Math.min(cutAfter, body.length));
        exchange.getResponseBody().flush();
        // A body that is shorter than announced makes this close the connection: that is the fault.
        exchange.close();
    }

    @Override
    public void close() {
        gate.countDown();
        server.stop(0);
        executor.shutdownNow();
    }
}
