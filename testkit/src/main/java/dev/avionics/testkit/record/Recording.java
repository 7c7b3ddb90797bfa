package dev.avionics.testkit.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Exchanges as they went over the wire, in the order in which the requests were sent; scrubbed of secrets. Immutable.
 *
 * <p>On a file it is one JSON object a line: the format first, then for each exchange its request, the head of its answer,
 * each chunk of the body, and the end, with the microseconds since the request. Chunks that are UTF-8 are readable:
 *
 * <pre>{@code
 * {"recording":1}
 * {"request":{"method":"POST","path":"/v1/chat/completions","headers":{"authorization":"***"},"json":{"model":"m"}}}
 * {"at":5120,"head":{"status":200,"headers":{"content-type":"text/event-stream"}}}
 * {"at":5480,"text":"data: {\"choices\":[]}\n\n"}
 * {"at":5990,"base64":"8J+Q"}
 * {"at":6020,"end":"complete"}
 * }</pre>
 */
public final class Recording {
    private final List<RecordedExchange> exchanges;

    Recording(List<RecordedExchange> exchanges) {
        this.exchanges = List.copyOf(exchanges);
    }

    /**
     * Reads a recording.
     *
     * @throws IllegalArgumentException that names the line, if it is none
     */
    public static Recording read(Path file) {
        try {
            return RecordingFormat.read(file.toString(), Files.readAllLines(file, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the recording " + file, e);
        }
    }

    /** Writes a recording; a file that is there is replaced. */
    public void write(Path file) {
        try {
            Files.write(file, RecordingFormat.lines(this), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the recording " + file, e);
        }
    }

    /** The exchanges, in the order in which their requests were sent. */
    public List<RecordedExchange> exchanges() {
        return exchanges;
    }

    @Override
    public String toString() {
        return "Recording" + exchanges.stream().map(RecordedExchange::request).toList();
    }
}
