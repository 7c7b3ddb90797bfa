package dev.avionics.benchmarks.cancel;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.http.TransportOptions;
import dev.avionics.testkit.backend.AcceptEffect;
import dev.avionics.testkit.backend.Gate;
import dev.avionics.testkit.backend.PeerClose;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.SeenRequest;
import dev.avionics.testkit.backend.SilentPort;
import dev.avionics.testkit.backend.SimulatedBackend;
import dev.avionics.testkit.time.VirtualTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings calls into a phase, has their callers leave at a random moment of it, and looks at what the upstream sees. One
 * trial at a time. Every phase has an upstream of its own, so that a request that should not have come is found.
 */
final class CancelTrials implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final Duration BACK_OFF = Duration.ofMillis(50);
    private static final long LONGEST_DELAY = 3_000_000;
    private static final long WHOLE_CALL = 30_000_000;
    private static final int HALF_WRITTEN_BYTES = 8 << 20;
    private static final String HOST = "slow-look-up.test";

    private final Random random;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final VirtualTime time = VirtualTime.create();
    private final Airframe plain = airframe(Duration.ZERO, TransportOptions.builder());
    private final Airframe paused =
            airframe(Duration.ofMillis(2), TransportOptions.builder().ioThreads(1));
    private final Airframe narrow =
            airframe(Duration.ZERO, TransportOptions.builder().ioThreads(1).maxConnections(1));
    private final Airframe lookingUp =
            airframe(Duration.ZERO, TransportOptions.builder().ioThreads(1).resolver(this::resolve));
    private final Airframe virtual = opened(Airframe.builder()
            .discover(false)
            .scheduler(time)
            .ticker(time)
            .random(() -> 0.5)
            .transportOptions(TransportOptions.builder().ioThreads(1).build())
            .build());
    private final InferenceRequest request = InferenceRequest.of("a question");
    private final InferenceRequest large = InferenceRequest.of("x".repeat(HALF_WRITTEN_BYTES));
    private final SilentPort silent = opened(SilentPort.open());
    private final SimulatedBackend lookUp = opened(SimulatedBackend.start());
    private final SimulatedBackend queue = opened(SimulatedBackend.start());
    private final SimulatedBackend steps = opened(SimulatedBackend.start());
    private final SimulatedBackend slowReader = opened(SimulatedBackend.builder()
            .receiveBuffer(8 * 1024)
            .start()
            .onEveryConnection(AcceptEffect.readSlowly(2048, Duration.ofNanos(200_000))));
    private final SimulatedBackend mute = opened(SimulatedBackend.start());
    private final SimulatedBackend talker = opened(SimulatedBackend.start());
    private final SimulatedBackend chatterbox = opened(SimulatedBackend.start());
    private final SimulatedBackend busy = opened(SimulatedBackend.start());
    private final SimulatedBackend any = opened(SimulatedBackend.start());

    private @Nullable LookUp running;

    /** A look-up that is held. */
    private record LookUp(CountDownLatch entered, CountDownLatch goOn, CountDownLatch done) {
        LookUp() {
            this(new CountDownLatch(1), new CountDownLatch(1), new CountDownLatch(1));
        }
    }

    CancelTrials(long seed) {
        random = new Random(seed);
        virtual.adapters().register(new Wire(PAUSE));
        any.scenario()
                .always(seen -> seen.path().equals("/ticket"), Wire.ticket().latency(Duration.ofMillis(2)))
                .always(seen -> seen.path().equals("/answer"), talk(10).latency(Duration.ofMillis(2)));
    }

    private Airframe airframe(Duration pause, TransportOptions.Builder options) {
        Airframe airframe = opened(Airframe.builder()
                .discover(false)
                .transportOptions(options.build())
                .build());
        airframe.adapters().register(new Wire(pause));
        return airframe;
    }

    private <T extends AutoCloseable> T opened(T resource) {
        opened.add(resource);
        return resource;
    }

    /** An answer of that many events, a millisecond apart. */
    private static Reply talk(int events) {
        Reply reply = Reply.stream("text/event-stream");
        for (int i = 0; i < events; i++) {
            reply = reply.event("text").pause(Duration.ofMillis(1));
        }
        return reply.event("end");
    }

    /**
     * One caller that leaves.
     *
     * @return nanoseconds until the upstream saw it; empty where there was nothing to see, and nothing arrived
     * @throws IllegalStateException if something arrived upstream that should not have
     */
    OptionalLong leaveIn(Phase phase) throws InterruptedException {
        return switch (phase) {
            case LOOK_UP -> inLookUp();
            case CONNECT -> inConnect();
            case POOL_WAIT -> inPoolWait();
            case BETWEEN_STEPS -> betweenSteps();
            case HALF_WRITTEN -> halfWritten();
            case BEFORE_FIRST_BYTE -> withAnswer(mute, Reply.silence(), null);
            case MID_STREAM -> inMidStream();
            case IN_ON_NEXT -> inOnNext();
            case BACK_OFF -> inBackOff();
            case ANYWHERE -> anywhere();
        };
    }

    private Caller begin(Airframe airframe, URI backend, InferenceRequest what) {
        return Caller.begin(airframe.infer(Wire.target(backend), what, airframe.newCall()), random);
    }

    private void hesitate() {
        LockSupport.parkNanos(random.nextLong(LONGEST_DELAY));
    }

    /** Puts a whole call behind the one that was given up: what that still sends comes before. */
    private void runAnother(Airframe airframe, SimulatedBackend backend) throws InterruptedException {
        backend.then(Wire.ticket(), Wire.answer());
        var answer = airframe.infer(Wire.target(backend.uri()), request, airframe.newCall())
                .collect();
        if (airframe == virtual) {
            awaitTimer(PAUSE);
            time.advance(PAUSE);
        }
        try {
            String text = answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).text();
            require(text.equals("text"), () -> "the next call got " + text);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the next call broke: " + time + ", " + backend, e);
        }
        if (airframe == virtual) {
            // Whoever waits for an answer may have it before the call's clock is stopped; what is left on that clock
            // must not be taken for a wait of the next trial.
            awaitNoTimer();
        }
    }

    private static void require(boolean holds, Supplier<String> otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise.get());
        }
    }

    private static void await(String what, BooleanSupplier there) {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (!there.getAsBoolean()) {
            require(System.nanoTime() - until < 0, () -> "not within " + PATIENCE + ": " + what);
            LockSupport.parkNanos(100_000);
        }
    }

    /** Holds for one call at a time: a trial begins and ends without timers. */
    private void awaitTimer(Duration wait) {
        await("a wait of " + wait, () -> time.untilNext().equals(Optional.of(wait)));
    }

    /** A timer that was set just as the caller left is called off by the thread that set it. */
    private void awaitNoTimer() {
        await("the end of every timer", () -> time.pendingTasks() == 0);
    }

    private OptionalLong inLookUp() throws InterruptedException {
        LookUp mine = new LookUp();
        synchronized (this) {
            running = mine;
        }
        Caller caller = begin(lookingUp, URI.create("http://" + HOST + ":" + lookUp.port()), request);
        require(mine.entered.await(PATIENCE.toSeconds(), TimeUnit.SECONDS), () -> "no look-up");
        hesitate();
        caller.leave();
        mine.goOn.countDown();
        require(mine.done.await(PATIENCE.toSeconds(), TimeUnit.SECONDS), () -> "the look-up hangs");
        runAnother(lookingUp, lookUp);
        require(lookUp.connectionCount() == 1, () -> "a connection after a look-up that was given up: " + lookUp);
        return OptionalLong.empty();
    }

    private List<InetAddress> resolve(String host) {
        LookUp mine;
        synchronized (this) {
            mine = running;
        }
        if (mine == null || !host.equals(HOST)) {
            throw new IllegalStateException("a look-up that no trial began: " + host);
        }
        mine.entered.countDown();
        try {
            require(mine.goOn.await(PATIENCE.toSeconds(), TimeUnit.SECONDS), () -> "nobody lets the look-up go on");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            mine.done.countDown();
        }
        return List.of(InetAddress.getLoopbackAddress());
    }

    /** The sign of a connection attempt is a socket in the state SYN_SENT. */
    private OptionalLong inConnect() {
        Caller caller = begin(plain, silent.uri(), request);
        await("a connection attempt", () -> isConnecting(silent.port()));
        hesitate();
        caller.leave();
        await("the end of the connection attempt", () -> !isConnecting(silent.port()));
        return OptionalLong.empty();
    }

    private static boolean isConnecting(int port) {
        String address = String.format(Locale.ROOT, ":%04X 02 ", port);
        try {
            for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
                if (Files.exists(Path.of(table))
                        && Files.readString(Path.of(table)).contains(address)) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException("the sockets are read from /proc, so this needs Linux", e);
        }
    }

    private OptionalLong inPoolWait() throws InterruptedException {
        int before = queue.requests().size();
        queue.then(Wire.ticket(), Reply.silence());
        Caller first = begin(narrow, queue.uri(), request);
        queue.awaitRequests(before + 2, PATIENCE);
        Caller waiting = begin(narrow, queue.uri(), request);
        hesitate();
        waiting.leave();
        first.leave();
        runAnother(narrow, queue);
        require(queue.requests().size() == before + 4, () -> "a request of a call that waited and left: " + queue);
        return OptionalLong.empty();
    }

    private OptionalLong betweenSteps() throws InterruptedException {
        int before = steps.requests().size();
        steps.then(Wire.ticket());
        Caller caller = begin(virtual, steps.uri(), request);
        awaitTimer(PAUSE);
        hesitate();
        caller.leave();
        awaitNoTimer();
        time.advance(PAUSE.multipliedBy(2));
        runAnother(virtual, steps);
        require(steps.requests().size() == before + 3, () -> "a second step after the caller left: " + steps);
        return OptionalLong.empty();
    }

    private OptionalLong halfWritten() {
        int before = slowReader.requests().size();
        Caller caller = begin(plain, slowReader.uri(), large);
        SeenRequest seen = slowReader.awaitHeads(before + 1, PATIENCE).get(before);
        hesitate();
        require(!seen.isComplete(), () -> "the request is whole already: " + seen);
        long left = caller.leave();
        return after(left, seen.awaitPeerClosed(PATIENCE));
    }

    /** A caller that leaves after its second request was read and, where there is a gate, the answer has come to it. */
    private OptionalLong withAnswer(SimulatedBackend backend, Reply answer, @Nullable Gate gate) {
        int before = backend.requests().size();
        backend.then(Wire.ticket(), answer);
        Caller caller = begin(plain, backend.uri(), request);
        SeenRequest seen = backend.awaitRequests(before + 2, PATIENCE).get(before + 1);
        if (gate != null) {
            gate.awaitArrivals(1, PATIENCE);
        }
        hesitate();
        long left = caller.leave();
        return after(left, seen.awaitPeerClosed(PATIENCE));
    }

    private OptionalLong inMidStream() {
        Gate begun = Gate.create();
        begun.open();
        Reply answer = Reply.stream("text/event-stream").event("text").await(begun);
        for (int i = 0; i < 10; i++) {
            answer = answer.pause(Duration.ofMillis(1)).event("text");
        }
        return withAnswer(talker, answer.stall(), begun);
    }

    private OptionalLong inOnNext() throws InterruptedException {
        int before = chatterbox.requests().size();
        Reply answer = Reply.stream("text/event-stream")
                .part("data: text\n\n".repeat(40_000))
                .chunked(600)
                .stall();
        chatterbox.then(Wire.ticket(), answer);
        Caller.Subscriber reader = new Caller.Subscriber(2 + random.nextInt(200));
        plain.infer(Wire.target(chatterbox.uri()), request, plain.newCall()).subscribe(reader);
        try {
            long left = reader.left().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return after(left, chatterbox.request(before + 1).awaitPeerClosed(PATIENCE));
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the reader did not leave", e);
        }
    }

    private OptionalLong inBackOff() throws InterruptedException {
        int before = busy.requests().size();
        busy.then(Reply.json(503, "{}"));
        Caller caller = begin(virtual, busy.uri(), request);
        awaitTimer(BACK_OFF);
        hesitate();
        caller.leave();
        awaitNoTimer();
        time.advance(PAUSE);
        runAnother(virtual, busy);
        require(busy.requests().size() == before + 3, () -> "another attempt after the caller left: " + busy);
        return OptionalLong.empty();
    }

    /** Each request of the call that was read must have been answered to its end, or have lost its connection. */
    private OptionalLong anywhere() {
        int before = any.requests().size();
        Caller caller = begin(paused, any.uri(), request);
        LockSupport.parkNanos(random.nextLong(WHOLE_CALL));
        long left = caller.leave();
        await(
                "the end of every request of a call that was left: " + any,
                () -> any.requests().stream()
                        .skip(before)
                        .allMatch(seen -> seen.connection().peerClose().isPresent() || isAnswered(seen)));
        return any.requests().stream()
                .skip(before)
                .flatMap(seen -> seen.connection().peerClose().stream())
                .mapToLong(close -> Math.max(0, close.nanos() - left))
                .max();
    }

    private static boolean isAnswered(SeenRequest seen) {
        return seen.answerEndNanos().isPresent()
                && seen.connection().isOpen()
                && seen.connection().peerClose().isEmpty();
    }

    private static OptionalLong after(long left, PeerClose close) {
        return OptionalLong.of(close.nanos() - left);
    }

    @Override
    public void close() {
        RuntimeException failure = null;
        for (int i = opened.size() - 1; i >= 0; i--) {
            try {
                opened.get(i).close();
            } catch (Exception e) {
                failure = failure == null ? new IllegalStateException("cannot close " + opened.get(i), e) : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
