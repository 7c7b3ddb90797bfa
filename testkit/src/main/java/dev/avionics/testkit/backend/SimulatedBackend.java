package dev.avionics.testkit.backend;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 server on the loopback address that answers by a {@link Scenario} and logs what it sees.
 *
 * <p>Two threads serve each connection: one always reads, so that a peer that leaves is seen at once, even while a reply
 * stalls. That is good for some hundred connections; for thousands of idle streams there is {@link IdleStreamServer}.
 *
 * <p>A peer that closes its side counts as gone: a reply that waits ends, and so does the connection. Requests on one
 * connection may be pipelined. Any thread may use this class.
 *
 * <p>{@link #close()} ends all connections and throws {@link IllegalStateException} when the script went wrong: a request
 * found no reply, a condition threw, a cut was never reached.
 */
public final class SimulatedBackend implements AutoCloseable {
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final Duration JOIN = Duration.ofSeconds(5);

    private final Object lock = new Object();
    private final Object upOrDown = new Object();
    private final String name = "simulated-backend-" + NUMBERS.getAndIncrement();
    private final Scenario scenario;
    private final @Nullable ServerIdentity identity;
    private final int receiveBuffer;
    private final int sendBuffer;
    private final int port;
    private final Host host = new Host();
    private final List<SeenConnection> connections = new ArrayList<>();
    private final List<SeenRequest> requests = new ArrayList<>();
    private final Set<BackendConnection> open = new LinkedHashSet<>();
    private final Deque<AcceptEffect> nextEffects = new ArrayDeque<>();
    private final List<Throwable> failures = new ArrayList<>();
    private AcceptEffect everyEffect = AcceptEffect.serve();
    private @Nullable ServerSocket listener;
    private @Nullable Thread acceptor;
    private @Nullable ClosedPort placeholder;
    private boolean closed;

    private SimulatedBackend(Builder builder) {
        scenario = builder.scenario;
        identity = builder.identity;
        receiveBuffer = builder.receiveBuffer;
        sendBuffer = builder.sendBuffer;
        ServerSocket first = listen(0);
        port = first.getLocalPort();
        serve(first);
    }

    /** Starts a backend in plain text with an empty scenario. */
    public static SimulatedBackend start() {
        return builder().start();
    }

    /** Starts a backend in plain text that gives these replies in order. */
    public static SimulatedBackend start(Reply... replies) {
        return start(Scenario.of(replies));
    }

    /** Starts a backend in plain text. */
    public static SimulatedBackend start(Scenario scenario) {
        return builder().scenario(scenario).start();
    }

    /** Returns a builder. */
    public static Builder builder() {
        return new Builder();
    }

    // Address

    /** Returns the port. */
    public int port() {
        return port;
    }

    /** Returns the address. */
    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Returns {@code http://127.0.0.1:<port>}, with TLS {@code https://localhost:<port>}, without a slash at the end. */
    public URI uri() {
        return URI.create((identity == null ? "http://127.0.0.1:" : "https://localhost:") + port);
    }

    /** Returns {@link #uri()} with a path, which begins with a slash. */
    public URI uri(String path) {
        return URI.create(uri() + path);
    }

    // Script

    /** Returns the scenario, to which replies may be added at any time. */
    public Scenario scenario() {
        return scenario;
    }

    /** Adds replies to the queue of the scenario. */
    public SimulatedBackend then(Reply... replies) {
        scenario.then(replies);
        return this;
    }

    /** Sets what happens to the next connections, one effect each; those after them get the effect for every one. */
    public SimulatedBackend onNextConnections(AcceptEffect... effects) {
        synchronized (lock) {
            nextEffects.addAll(List.of(effects));
        }
        return this;
    }

    /** Sets what happens to every connection to come; {@link AcceptEffect#serve()} at first. */
    public SimulatedBackend onEveryConnection(AcceptEffect effect) {
        requireNonNull(effect, "effect");
        synchronized (lock) {
            everyEffect = effect;
        }
        return this;
    }

    /**
     * Stops listening: connections to the port are refused, and the port stays taken. Accepted
     * connections go on.
     */
    public void down() {
        synchronized (upOrDown) {
            stopListening();
            if (!closed && placeholder == null) {
                placeholder = ClosedPort.on(port);
            }
        }
    }

    /** Listens again on the same port after {@link #down()}. */
    public void up() {
        synchronized (upOrDown) {
            ClosedPort place = placeholder;
            if (place != null) {
                placeholder = null;
                place.close();
                serve(listen(port));
            }
        }
    }

    /** Resets all open connections, as a restart of a backend does. */
    public void resetAll() {
        endAll(Ending.RESET);
    }

    /** Closes all open connections in order, with TLS without its closing alert. */
    public void closeAll() {
        endAll(Ending.CLOSE);
    }

    // Log

    /** Returns the requests whose heads were read, in that order. */
    public List<SeenRequest> requests() {
        synchronized (lock) {
            return List.copyOf(requests);
        }
    }

    /** Returns the request of that number, from 0. */
    public SeenRequest request(int index) {
        synchronized (lock) {
            return requests.get(index);
        }
    }

    /** Returns the accepted connections in order. */
    public List<SeenConnection> connections() {
        synchronized (lock) {
            return List.copyOf(connections);
        }
    }

    /** Returns how many connections were accepted. */
    public int connectionCount() {
        synchronized (lock) {
            return connections.size();
        }
    }

    /** Returns how many connections are open. */
    public int openConnections() {
        synchronized (lock) {
            return open.size();
        }
    }

    /**
     * Waits until that many requests were read whole.
     *
     * @return all requests whose heads were read by then
     * @throws AssertionError when they were not within the time
     */
    public List<SeenRequest> awaitRequests(int count, Duration timeout) {
        await(timeout, () -> completeRequests() >= count, count + " complete requests");
        return requests();
    }

    /**
     * Waits until the heads of that many requests were read.
     *
     * @throws AssertionError when they were not within the time
     */
    public List<SeenRequest> awaitHeads(int count, Duration timeout) {
        await(timeout, () -> requests.size() >= count, count + " requests");
        return requests();
    }

    /**
     * Waits until that many connections were accepted.
     *
     * @throws AssertionError when they were not within the time
     */
    public List<SeenConnection> awaitConnections(int count, Duration timeout) {
        await(timeout, () -> connections.size() >= count, count + " connections");
        return connections();
    }

    /**
     * Waits until exactly that many connections are open.
     *
     * @throws AssertionError when they are not within the time
     */
    public void awaitOpenConnections(int count, Duration timeout) {
        await(timeout, () -> open.size() == count, count + " open connections");
    }

    /** Returns what went wrong with the script so far; {@link #close()} throws it. */
    public List<Throwable> scriptFailures() {
        synchronized (lock) {
            return List.copyOf(failures);
        }
    }

    /** Returns the failures of the script and forgets them, for a test that expects them. */
    public List<Throwable> takeScriptFailures() {
        synchronized (lock) {
            List<Throwable> taken = List.copyOf(failures);
            failures.clear();
            return taken;
        }
    }

    @Override
    public String toString() {
        synchronized (lock) {
            return name + "[port=" + port + ", connections=" + connections + ", requests=" + requests + ", failures="
                    + failures + "]";
        }
    }

    @Override
    public void close() {
        List<BackendConnection> last;
        synchronized (upOrDown) {
            if (closed) {
                return;
            }
            closed = true;
            stopListening();
            if (placeholder != null) {
                placeholder.close();
                placeholder = null;
            }
        }
        synchronized (lock) {
            last = List.copyOf(open);
        }
        last.forEach(connection -> connection.abort(Ending.CLOSE));
        try {
            for (BackendConnection connection : last) {
                if (!connection.join(JOIN.toMillis())) {
                    host.scriptFailed(new IllegalStateException("still running: " + connection.seen()));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        List<Throwable> wrong = takeScriptFailures();
        if (!wrong.isEmpty()) {
            IllegalStateException failure = new IllegalStateException("the script went wrong: " + wrong);
            wrong.forEach(failure::addSuppressed);
            throw failure;
        }
    }

    private int completeRequests() {
        int complete = 0;
        for (SeenRequest request : requests) {
            complete += request.isComplete() ? 1 : 0;
        }
        return complete;
    }

    private void await(Duration timeout, BooleanSupplier condition, String wanted) {
        Waiting.until(lock, timeout, condition, () -> "no " + wanted + " on " + this);
    }

    private ServerSocket listen(int wantedPort) {
        ServerSocket socket = null;
        try {
            socket = new ServerSocket();
            socket.setReuseAddress(true);
            if (receiveBuffer > 0) {
                socket.setReceiveBufferSize(receiveBuffer);
            }
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wantedPort), 1024);
            return socket;
        } catch (IOException e) {
            if (socket != null) {
                quietly(socket);
            }
            throw new UncheckedIOException("cannot listen on port " + wantedPort, e);
        }
    }

    private void serve(ServerSocket socket) {
        Thread thread = new Thread(null, () -> acceptAll(socket), name + "-accept", 256 * 1024);
        thread.setDaemon(true);
        listener = socket;
        acceptor = thread;
        thread.start();
    }

    /** Closes the listener and waits for its thread, which holds the port until it has noticed. */
    private void stopListening() {
        ServerSocket socket = listener;
        Thread thread = acceptor;
        if (socket == null || thread == null) {
            return;
        }
        listener = null;
        quietly(socket);
        try {
            thread.join(JOIN.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void acceptAll(ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                accepted(socket.accept());
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    host.scriptFailed(e);
                }
                return;
            }
        }
    }

    private void accepted(Socket socket) throws IOException {
        socket.setTcpNoDelay(true);
        if (sendBuffer > 0) {
            socket.setSendBufferSize(sendBuffer);
        }
        BackendConnection connection;
        synchronized (lock) {
            AcceptEffect next = nextEffects.poll();
            SeenConnection seen = new SeenConnection(lock, connections.size(), socket.getPort());
            connection = new BackendConnection(
                    host, socket, identity, next == null ? everyEffect : next, seen, name + "-" + seen.index());
            connections.add(seen);
            open.add(connection);
            lock.notifyAll();
        }
        connection.start();
    }

    private void endAll(Ending how) {
        List<BackendConnection> all;
        synchronized (lock) {
            all = List.copyOf(open);
        }
        all.forEach(connection -> connection.abort(how));
    }

    private static void quietly(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class Host implements BackendConnection.Host {
        @Override
        public Optional<Reply> takeEarly(SeenRequest request) {
            return scenario.takeEarly(request);
        }

        @Override
        public Reply take(SeenRequest request) {
            return scenario.take(request).orElseGet(() -> {
                request.unscripted();
                String what = "no reply scripted for " + request.method() + " " + request.path() + " (request "
                        + request.index() + ")";
                scriptFailed(new IllegalStateException(what));
                return Reply.status(501)
                        .header("Content-Type", "text/plain")
                        .part(what)
                        .thenClose();
            });
        }

        @Override
        public SeenRequest log(SeenConnection connection, RequestReader.RequestHead head, long arrivalNanos) {
            synchronized (lock) {
                SeenRequest request = new SeenRequest(
                        connection,
                        requests.size(),
                        head.method(),
                        head.target(),
                        head.version(),
                        head.headers(),
                        arrivalNanos);
                connection.add(request);
                requests.add(request);
                lock.notifyAll();
                return request;
            }
        }

        @Override
        public void scriptFailed(Throwable failure) {
            synchronized (lock) {
                failures.add(failure);
                lock.notifyAll();
            }
        }

        @Override
        public void ended(BackendConnection connection) {
            synchronized (lock) {
                open.remove(connection);
                lock.notifyAll();
            }
        }
    }

    /** Collects the settings of a backend. Not for several threads. */
    public static final class Builder {
        private Scenario scenario = Scenario.create();
        private @Nullable ServerIdentity identity;
        private int receiveBuffer;
        private int sendBuffer;

        private Builder() {}

        /** Sets the scenario; an empty one by default. */
        public Builder scenario(Scenario value) {
            scenario = requireNonNull(value, "scenario");
            return this;
        }

        /** Serves TLS with this certificate; plain text by default. */
        public Builder tls(ServerIdentity value) {
            identity = requireNonNull(value, "identity");
            return this;
        }

        /** Sets the receive buffer of each socket in bytes; a small one makes an unread upload block soon. */
        public Builder receiveBuffer(int bytes) {
            receiveBuffer = positive("receiveBuffer", bytes);
            return this;
        }

        /** Sets the send buffer of each socket in bytes; a small one makes a peer that does not read felt soon. */
        public Builder sendBuffer(int bytes) {
            sendBuffer = positive("sendBuffer", bytes);
            return this;
        }

        /** Starts the backend on a free port. */
        public SimulatedBackend start() {
            return new SimulatedBackend(this);
        }

        private static int positive(String name, int bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException(name + ": " + bytes + " (expected: >= 1)");
            }
            return bytes;
        }
    }
}
