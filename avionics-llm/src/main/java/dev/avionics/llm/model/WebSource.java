package dev.avionics.llm.model;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The model's public home. Goes on where an earlier download stopped. */
final class WebSource implements ModelSource {
    private static final Duration CONNECT = Duration.ofSeconds(10);

    private final String name;
    private final URI address;
    private final Duration patience;

    /**
     * A source.
     *
     * @param patience how long nothing may come, neither answer nor byte
     */
    WebSource(String name, URI address, Duration patience) {
        this.name = name;
        this.address = address;
        this.patience = patience;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean resumes() {
        return true;
    }

    @Override
    public void get(ModelFile model, Path target, Path work, FetchProgress progress)
            throws IOException, InterruptedException, SourceException {
        long there = Files.exists(target) ? Files.size(target) : 0;
        if (there > model.bytes()) {
            Files.delete(target);
            there = 0;
        }
        if (there == model.bytes()) {
            return;
        }
        HttpClient client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(CONNECT)
                .build();
        HttpRequest.Builder request = HttpRequest.newBuilder(address).header("Accept-Encoding", "identity");
        if (there > 0) {
            request.header("Range", "bytes=" + there + "-");
        }
        HttpResponse<Flow.Publisher<List<ByteBuffer>>> response = send(client, request.build());
        Pieces pieces = new Pieces();
        response.body().subscribe(pieces);
        try {
            long from = start(response, there, model);
            write(pieces, from, target, model, progress);
        } finally {
            pieces.cancel();
        }
    }

    private HttpResponse<Flow.Publisher<List<ByteBuffer>>> send(HttpClient client, HttpRequest request)
            throws InterruptedException, SourceException {
        CompletableFuture<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> sending =
                client.sendAsync(request, HttpResponse.BodyHandlers.ofPublisher());
        try {
            return sending.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            sending.cancel(true);
            throw new SourceException("no answer within " + seconds(patience));
        } catch (InterruptedException e) {
            sending.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            throw new SourceException(reasonOf(e.getCause() == null ? e : e.getCause()));
        }
    }

    /** Where in the file the body belongs. */
    private static long start(HttpResponse<?> response, long there, ModelFile model) throws SourceException {
        int status = response.statusCode();
        if (status != 200 && status != 206) {
            throw new SourceException("status " + status);
        }
        long from = 0;
        if (status == 206) {
            String range = response.headers().firstValue("Content-Range").orElse("");
            if (there == 0 || !range.startsWith("bytes " + there + "-")) {
                throw new SourceException("a part of the file that was not asked for: " + range);
            }
            from = there;
        }
        long length = response.headers().firstValueAsLong("Content-Length").orElse(model.bytes() - from);
        if (from + length != model.bytes()) {
            throw new SourceException("a file of " + (from + length) + " bytes (expected: " + model.bytes() + ")");
        }
        return from;
    }

    private void write(Pieces pieces, long from, Path target, ModelFile model, FetchProgress progress)
            throws IOException, InterruptedException, SourceException {
        long written = from;
        try (FileChannel file = FileChannel.open(target, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.truncate(from);
            file.position(from);
            progress.update(written, model.bytes(), name);
            for (List<ByteBuffer> next = next(pieces, written); !next.isEmpty(); next = next(pieces, written)) {
                for (ByteBuffer piece : next) {
                    written += piece.remaining();
                    if (written > model.bytes()) {
                        throw new SourceException("more than the expected " + model.bytes() + " bytes");
                    }
                    while (piece.hasRemaining()) {
                        file.write(piece);
                    }
                }
                progress.update(written, model.bytes(), name);
            }
            file.force(true);
        }
        if (written < model.bytes()) {
            throw new SourceException("ended after " + written + " of " + model.bytes() + " bytes");
        }
    }

    private List<ByteBuffer> next(Pieces pieces, long written) throws InterruptedException, SourceException {
        try {
            return pieces.next(patience);
        } catch (TimeoutException e) {
            throw new SourceException("no byte came for " + seconds(patience));
        } catch (IOException e) {
            throw new SourceException("broke off after " + written + " bytes: " + reasonOf(e));
        }
    }

    /** A time for people: {@code 60 s}, {@code 0.5 s}. */
    static String seconds(Duration time) {
        return BigDecimal.valueOf(time.toMillis(), 3).stripTrailingZeros().toPlainString() + " s";
    }

    private static String reasonOf(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return "its host name is not known here";
            }
            if (cause instanceof HttpConnectTimeoutException) {
                return "no connection within " + seconds(CONNECT);
            }
        }
        if (error instanceof ConnectException && error.getMessage() == null) {
            return "no connection";
        }
        String message = error.getMessage();
        return message == null || message.isBlank() ? error.getClass().getSimpleName() : message;
    }
}
