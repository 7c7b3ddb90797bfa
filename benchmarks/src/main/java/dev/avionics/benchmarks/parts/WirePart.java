package dev.avionics.benchmarks.parts;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.spi.EventDecoder;
import dev.avionics.airframe.spi.EventDecoder.Progress;
import dev.avionics.airframe.spi.EventSink;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.spi.WireScope;
import dev.avionics.benchmarks.Answers;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** Bytes out and events in: the protocol of OpenAI chats with its framings. */
@State(Scope.Thread)
public class WirePart {
    private final WireProtocol protocol = Material.protocol();
    private final InferenceRequest wholeRequest = Material.request(false);
    private final InferenceRequest streamedRequest = Material.request(true);
    private final List<byte[]> streamed = Material.streamedReads();
    private final List<byte[]> whole = List.of(Answers.whole());
    private final HttpHead eventsHead = HttpHead.of(200, Map.of("content-type", Material.EVENTS));
    private final HttpHead jsonHead = HttpHead.of(200, Map.of("content-type", Material.JSON));
    private final Step.Send<InferenceResult> streamedStep =
            exchange(streamedRequest).first();
    private final Step.Send<InferenceResult> wholeStep = exchange(wholeRequest).first();

    private Exchange<InferenceResult> exchange(InferenceRequest request) {
        WireScope scope =
                new WireScope(Material.TARGET.endpoint(), Material.TARGET.model(), "call", Instant.EPOCH, Set.of());
        return protocol.inference(scope, request);
    }

    /** A request into the bytes of its body. */
    @Benchmark
    public Object encodeRequest() {
        return exchange(wholeRequest);
    }

    /** A whole answer of 0.4 KB into events. */
    @Benchmark
    public void decodeWhole(Blackhole events) {
        decode(wholeStep, jsonHead, whole, events);
    }

    /** A streamed answer of 200 chunks, 20 to a read, into events. */
    @Benchmark
    public void decodeStream(Blackhole events) {
        decode(streamedStep, eventsHead, streamed, events);
    }

    private static void decode(Step.Send<InferenceResult> step, HttpHead head, List<byte[]> reads, Blackhole events) {
        if (!(step.onHead().apply(head) instanceof Step.Decode<InferenceResult> decode)) {
            throw new IllegalStateException("the protocol does not decode");
        }
        EventDecoder decoder = decode.decoder();
        EventSink sink = new EventSink(new Output(events), "call", false, false);
        for (byte[] read : reads) {
            ByteBuffer bytes = ByteBuffer.wrap(read);
            Progress progress;
            do {
                progress = decoder.decode(bytes, sink);
            } while (progress != Progress.NEED_MORE && progress != Progress.END);
        }
        decoder.end(sink);
        sink.complete(true);
    }

    private record Output(Blackhole events) implements EventSink.Output {
        @Override
        public void event(InferenceEvent event) {
            events.consume(event);
        }

        @Override
        public void fail(InferenceException why) {
            throw why;
        }
    }
}
