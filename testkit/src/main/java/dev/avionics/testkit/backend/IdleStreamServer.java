package dev.avionics.testkit.backend;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * A server for thousands of streams that are open and silent: one thread, one selector, plain text.
 *
 * <p>It answers every request, whatever it asks for, with the head of a chunked event stream and a first event, and then
 * says nothing until {@link #broadcast} or {@link #finish}. It sees peers leave. A connection serves one request after
 * the other, with {@code Content-Length} bodies only. Any thread may use it.
 */
public final class IdleStreamServer implements AutoCloseable {
    private static final int MOST_HEAD = 64 * 1024;

    private final Object lock = new Object();
    private final Selector selector;
    private final ServerSocketChannel listener;
    private final byte[] opening;
    private final Thread thread;
    private final ConcurrentLinkedQueue<Runnable> commands = new ConcurrentLinkedQueue<>();
    private final Set<Peer> peers = new HashSet<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
    private volatile boolean closed;
    private int connections;
    private int streams;
    private long requests;
    private long departures;
    private @Nullable Throwable failure;

    private IdleStreamServer(String firstEvent) {
        String event = "data: " + firstEvent + "\n\n";
        opening = bytes("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                + chunk(event));
        try {
            selector = Selector.open();
            listener = ServerSocketChannel.open();
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4096);
            listener.configureBlocking(false);
            listener.register(selector, SelectionKey.OP_ACCEPT);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen", e);
        }
        thread = new Thread(this::run, "idle-stream-server-" + port());
        thread.setDaemon(true);
        thread.start();
    }

    /** Starts a server whose streams open with one event of this data. */
    public static IdleStreamServer start(String firstEvent) {
        return new IdleStreamServer(requireNonNull(firstEvent, "firstEvent"));
    }

    /** Returns the port on the loopback address. */
    public int port() {
        return listener.socket().getLocalPort();
    }

    /** Returns {@code http://127.0.0.1:<port>}. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + port());
    }

    /** Returns how many connections are open. */
    public int openConnections() {
        synchronized (lock) {
            return connections;
        }
    }

    /** Returns how many streams are open. */
    public int openStreams() {
        synchronized (lock) {
            return streams;
        }
    }

    /** Returns how many requests were answered so far. */
    public long requests() {
        synchronized (lock) {
            return requests;
        }
    }

    /** Returns how many peers have left, with a stream open or not. */
    public long departures() {
        synchronized (lock) {
            return departures;
        }
    }

    /**
     * Waits until exactly that many streams are open.
     *
     * @throws AssertionError when they are not within the time
     */
    public void awaitOpenStreams(int count, Duration timeout) {
        Waiting.until(lock, timeout, () -> streams == count || failure != null, () -> this + ", expected " + count);
        failIfBroken();
    }

    /**
     * Waits until exactly that many connections are open.
     *
     * @throws AssertionError when they are not within the time
     */
    public void awaitOpenConnections(int count, Duration timeout) {
        Waiting.until(lock, timeout, () -> connections == count || failure != null, () -> this + ", expected " + count);
        failIfBroken();
    }

    /** Sends one event of this data on every open stream. */
    public void broadcast(String data) {
        byte[] chunk = bytes(chunk("data: " + data + "\n\n"));
        command(() -> peers.stream().filter(peer -> peer.streaming).toList().forEach(peer -> peer.send(chunk)));
    }

    /** Ends every open stream in order; the connections stay open for further requests. */
    public void finish() {
        byte[] end = bytes("0\r\n\r\n");
        command(() -> peers.stream().filter(peer -> peer.streaming).toList().forEach(peer -> {
            peer.send(end);
            peer.endStream();
        }));
    }

    @Override
    public String toString() {
        synchronized (lock) {
            return "IdleStreamServer[connections=" + connections + ", streams=" + streams + ", requests=" + requests
                    + ", departures=" + departures + "]";
        }
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join(5000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        failIfBroken();
    }

    private void failIfBroken() {
        synchronized (lock) {
            if (failure != null) {
                throw new IllegalStateException("the server broke", failure);
            }
        }
    }

    private void command(Runnable action) {
        commands.add(action);
        selector.wakeup();
    }

    private void run() {
        try {
            while (!closed) {
                selector.select();
                for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
                    command.run();
                }
                for (SelectionKey key : selector.selectedKeys()) {
                    serve(key);
                }
                selector.selectedKeys().clear();
            }
        } catch (IOException | RuntimeException e) {
            synchronized (lock) {
                failure = e;
                lock.notifyAll();
            }
        } finally {
            closeAll();
        }
    }

    private void serve(SelectionKey key) throws IOException {
        if (!key.isValid()) {
            return;
        }
        if (key.isAcceptable()) {
            for (SocketChannel channel = listener.accept(); channel != null; channel = listener.accept()) {
                channel.configureBlocking(false);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                Peer peer = new Peer(channel);
                peer.key = channel.register(selector, SelectionKey.OP_READ, peer);
                peers.add(peer);
                change(1, 0, 0, 0);
            }
        } else {
            ((Peer) key.attachment()).serve();
        }
    }

    private void change(int connection, int stream, int request, int departure) {
        synchronized (lock) {
            connections += connection;
            streams += stream;
            requests += request;
            departures += departure;
            lock.notifyAll();
        }
    }

    private void closeAll() {
        try {
            for (Peer peer : Set.copyOf(peers)) {
                peer.end();
            }
            listener.close();
            selector.close();
        } catch (IOException e) {
            synchronized (lock) {
                failure = e;
            }
        }
    }

    private static String chunk(String text) {
        return Integer.toHexString(bytes(text).length) + "\r\n" + text + "\r\n";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private final class Peer {
        private final SocketChannel channel;
        private final Deque<ByteBuffer> outbound = new ArrayDeque<>(1);
        private final StringBuilder head = new StringBuilder();
        private @Nullable SelectionKey key;
        private long bodyLeft;
        private boolean streaming;

        Peer(SocketChannel channel) {
            this.channel = channel;
        }

        void serve() {
            try {
                SelectionKey ready = key;
                if (ready != null && ready.isValid() && ready.isWritable()) {
                    flush();
                }
                if (ready != null && ready.isValid() && ready.isReadable()) {
                    read();
                }
            } catch (IOException peerReset) {
                leave();
            }
        }

        private void read() throws IOException {
            buffer.clear();
            int count = channel.read(buffer);
            if (count < 0) {
                leave();
                return;
            }
            buffer.flip();
            while (buffer.hasRemaining()) {
                if (bodyLeft > 0) {
                    int skipped = (int) Math.min(bodyLeft, buffer.remaining());
                    buffer.position(buffer.position() + skipped);
                    bodyLeft -= skipped;
                    if (bodyLeft == 0) {
                        answer();
                    }
                } else {
                    head.append((char) (buffer.get() & 0xff));
                    if (endsHead()) {
                        bodyLeft = contentLength();
                        head.setLength(0);
                        head.trimToSize();
                        if (bodyLeft == 0) {
                            answer();
                        }
                    } else if (head.length() > MOST_HEAD) {
                        leave();
                        return;
                    }
                }
            }
        }

        private boolean endsHead() {
            int length = head.length();
            return length >= 4 && head.charAt(length - 1) == '\n' && head.charAt(length - 3) == '\n';
        }

        private long contentLength() {
            for (String line : head.toString().split("\r\n")) {
                if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                    return Long.parseLong(line.substring(15).strip());
                }
            }
            return 0;
        }

        private void answer() {
            if (!streaming) {
                streaming = true;
                change(0, 1, 1, 0);
            }
            send(opening);
        }

        void endStream() {
            if (streaming) {
                streaming = false;
                change(0, -1, 0, 0);
            }
        }

        void send(byte[] bytes) {
            outbound.add(ByteBuffer.wrap(bytes));
            try {
                flush();
            } catch (IOException peerReset) {
                leave();
            }
        }

        private void flush() throws IOException {
            for (ByteBuffer next = outbound.peek(); next != null; next = outbound.peek()) {
                channel.write(next);
                if (next.hasRemaining()) {
                    break;
                }
                outbound.remove();
            }
            SelectionKey current = key;
            if (current != null && current.isValid()) {
                current.interestOps(
                        outbound.isEmpty() ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
            }
        }

        private void leave() {
            if (peers.contains(this)) {
                change(0, 0, 0, 1);
                end();
            }
        }

        void end() {
            if (peers.remove(this)) {
                endStream();
                change(-1, 0, 0, 0);
                try {
                    channel.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }
}
