package dev.avionics.testkit.backend;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * One accepted connection: a thread that reads, always, so that a leaving peer is seen at once, and a thread that plays
 * the replies.
 */
final class BackendConnection implements ReplyWriter.Wire {
    /** What a connection needs from its backend. */
    interface Host {
        Optional<Reply> takeEarly(SeenRequest request);

        Reply take(SeenRequest request);

        SeenRequest log(SeenConnection connection, RequestReader.RequestHead head, long arrivalNanos);

        void scriptFailed(Throwable failure);

        void ended(BackendConnection connection);
    }

    private record Job(SeenRequest request, Reply reply) {}

    private static final long STACK = 256 * 1024;

    private final Host host;
    private final Socket raw;
    private final @Nullable ServerIdentity identity;
    private final AcceptEffect effect;
    private final SeenConnection seen;
    private final BlockingQueue<Optional<Job>> jobs = new LinkedBlockingQueue<>();
    private final CompletableFuture<Void> gone = new CompletableFuture<>();
    private final Thread reader;
    private final Thread writer;
    private volatile Socket io;
    private volatile @Nullable SeenRequest answering;
    private volatile @Nullable Ending staleEnding;
    private boolean ended;

    BackendConnection(
            Host host,
            Socket raw,
            @Nullable ServerIdentity identity,
            AcceptEffect effect,
            SeenConnection seen,
            String name) {
        this.host = host;
        this.raw = raw;
        this.io = raw;
        this.identity = identity;
        this.effect = effect;
        this.seen = seen;
        this.reader = thread(this::readAll, name + "-read");
        this.writer = thread(this::writeAll, name + "-write");
    }

    private static Thread thread(Runnable task, String name) {
        Thread thread = new Thread(null, task, name, STACK);
        thread.setDaemon(true);
        return thread;
    }

    SeenConnection seen() {
        return seen;
    }

    void start() {
        if (effect instanceof AcceptEffect.Close) {
            end(Ending.CLOSE);
        } else if (effect instanceof AcceptEffect.ResetPeer) {
            end(Ending.RESET);
        } else if (!(effect instanceof AcceptEffect.NeverRead)) {
            reader.start();
        }
    }

    /** Ends the connection from outside, whatever it is doing. */
    void abort(Ending how) {
        end(how == Ending.RESET ? Ending.RESET : Ending.CLOSE);
    }

    /** Waits for its threads; false when one is still alive at the end. */
    boolean join(long millis) throws InterruptedException {
        reader.join(millis);
        writer.join(millis);
        return !reader.isAlive() && !writer.isAlive();
    }

    private void readAll() {
        boolean handshaken = identity == null;
        try {
            if (identity != null) {
                SSLSocket tls = identity.accept(raw);
                io = tls;
                tls.startHandshake();
                handshaken = true;
            }
            if (effect instanceof AcceptEffect.Greet greet) {
                byte[] bytes = greet.bytes();
                write(bytes, 0, bytes.length);
            }
            writer.start();
            InputStream in = io.getInputStream();
            readRequests(new RequestReader(
                    effect instanceof AcceptEffect.ReadSlowly slow ? new Crawl(in, slow) : in, seen::read));
        } catch (RequestReader.MalformedRequest e) {
            seen.problem(String.valueOf(e.getMessage()));
            end(Ending.CLOSE);
        } catch (IOException e) {
            if (!handshaken || (e instanceof SSLException && seen.bytesRead() == 0)) {
                seen.problem("TLS: " + e);
            }
            peerLeft(e);
        } catch (RuntimeException e) {
            host.scriptFailed(e);
            end(Ending.RESET);
        }
    }

    private void readRequests(RequestReader in) throws IOException {
        while (in.awaitByte()) {
            Ending stale = staleEnding;
            if (stale != null) {
                seen.staleHit();
                end(stale);
                return;
            }
            long arrival = System.nanoTime();
            RequestReader.RequestHead head = in.readHead();
            SeenRequest request = host.log(seen, head, arrival);
            Optional<Reply> early = host.takeEarly(request);
            early.ifPresent(reply -> jobs.add(Optional.of(new Job(request, reply))));
            if (early.isPresent() && early.get().start == Reply.Start.HEAD_THEN_STOP_READING) {
                return;
            }
            in.readBody(head, request);
            if (early.isEmpty()) {
                Reply reply = host.take(request);
                request.completed();
                jobs.add(Optional.of(new Job(request, reply)));
            } else {
                request.completed();
            }
        }
        throw new EOFException("end of stream");
    }

    private void writeAll() {
        while (true) {
            try {
                Optional<Job> job = jobs.take();
                if (job.isEmpty() || !play(job.get())) {
                    return;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                end(Ending.RESET);
                return;
            }
        }
    }

    private boolean play(Job job) {
        SeenRequest request = job.request;
        answering = request;
        if (job.reply.ending == Ending.STALE_CLOSE || job.reply.ending == Ending.STALE_RESET) {
            // Set before the answer is written: the next request may follow its last byte at once.
            staleEnding = job.reply.ending == Ending.STALE_CLOSE ? Ending.CLOSE : Ending.RESET;
        }
        Ending ending;
        try {
            ending = new ReplyWriter(this, job.reply, request.method()).play();
        } catch (IOException e) {
            request.answerOver();
            peerLeft(e);
            return false;
        } catch (RuntimeException e) {
            request.answerOver();
            host.scriptFailed(e);
            end(Ending.RESET);
            return false;
        }
        request.answerOver();
        if (ending == Ending.KEEP_ALIVE && (request.wantsClose() || job.reply.framing == Framing.CLOSE_DELIMITED)) {
            ending = Ending.CLOSE;
        }
        switch (ending) {
            case KEEP_ALIVE -> {
                return true;
            }
            case STALE_CLOSE, STALE_RESET -> {
                staleEnding = ending == Ending.STALE_CLOSE ? Ending.CLOSE : Ending.RESET;
                return false;
            }
            case STALL -> {
                gone.join();
                return false;
            }
            default -> {
                end(ending);
                return false;
            }
        }
    }

    @Override
    public void write(byte[] bytes, int from, int to) throws IOException {
        OutputStream out = io.getOutputStream();
        out.write(bytes, from, to - from);
        out.flush();
        seen.written(to - from);
        SeenRequest request = answering;
        if (request != null) {
            request.answered(to - from);
        }
    }

    @Override
    public boolean pause(Duration duration) {
        return !happens(gone, duration.toNanos());
    }

    @Override
    public boolean await(Gate gate) {
        gate.arrive();
        CompletableFuture.anyOf(gone, gate.opened()).join();
        return !gone.isDone();
    }

    private static boolean happens(CompletableFuture<Void> event, long nanos) {
        try {
            event.get(nanos, TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private void peerLeft(IOException how) {
        // Writing to a peer that is gone fails with a broken pipe or a reset; which of both is a matter of timing.
        boolean reset = resetBehind(how);
        seen.peerLeft(reset ? PeerClose.Kind.RESET : PeerClose.Kind.FIN);
        end(Ending.CLOSE);
    }

    private static boolean resetBehind(Throwable e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof SocketException) {
                return true;
            }
        }
        return false;
    }

    private void end(Ending how) {
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
        }
        // First the log, then the socket: what the closing makes the reader see is not the peer's doing.
        seen.ended();
        try {
            if (how == Ending.RESET) {
                raw.setSoLinger(true, 0);
                raw.close();
            } else if (identity != null && Thread.currentThread() == writer) {
                io.close();
            } else {
                raw.close();
            }
        } catch (IOException e) {
            seen.problem("close: " + e.getMessage());
        } finally {
            gone.complete(null);
            jobs.add(Optional.empty());
            host.ended(this);
        }
    }

    /** Reads a little at a time, with pauses that end when the connection does. */
    private final class Crawl extends FilterInputStream {
        private final AcceptEffect.ReadSlowly pace;

        Crawl(InputStream in, AcceptEffect.ReadSlowly pace) {
            super(in);
            this.pace = pace;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            int count = super.read(into, from, Math.min(length, pace.bytes()));
            pause(pace.pause());
            return count;
        }
    }
}
