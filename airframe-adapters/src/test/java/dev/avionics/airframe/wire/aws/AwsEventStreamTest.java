package dev.avionics.airframe.wire.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.anthropic.answer.MessageFrames;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpErrors;
import dev.avionics.airframe.http.Sse;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.spi.EventDecoder;
import dev.avionics.airframe.spi.EventSink;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.spi.WireScope;
import dev.avionics.airframe.wire.Decoded;
import dev.avionics.airframe.wire.RecordedCheck;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A binary framing through the same seam as all others, on the recorded streams of a service that is no backend here. */
class AwsEventStreamTest {
    private static final RecordedCheck CONVERSE = check("bedrock-converse", AwsEventStreamTest::converse);
    private static final RecordedCheck MESSAGES = check("bedrock-anthropic", AwsEventStreamTest::messages);

    private static EventDecoder converse() {
        return new AwsEventStream(Sse.decoder(new ConverseFrames()), payload -> payload);
    }

    private static EventDecoder messages() {
        return new AwsEventStream(
                Sse.decoder(new MessageFrames(HttpErrors.of("bedrock"), "bedrock", null)),
                AwsEventStreamTest::unwrapped);
    }

    /** The event that a chunk carries. */
    private static String unwrapped(String payload) {
        if (!(JsonValues.parseObject(payload).get("bytes") instanceof String bytes)) {
            throw InferenceException.of(ErrorCategory.PARSE, "a chunk without bytes");
        }
        try {
            return new String(Base64.getDecoder().decode(bytes), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException noBase64) {
            throw InferenceException.of(ErrorCategory.PARSE, "the bytes of a chunk are no base64");
        }
    }

    private static RecordedCheck check(String api, Supplier<EventDecoder> decoder) {
        return new RecordedCheck(
                api,
                new Streaming(decoder),
                EndpointSpec.builder("bedrock", URI.create("http://localhost:1"), BackendKind.of(api))
                        .build(),
                answer -> answer.api().equals(api) && answer.framing().equals("aws-eventstream"));
    }

    /** A protocol that only reads. */
    private record Streaming(Supplier<EventDecoder> decoder) implements WireProtocol {
        @Override
        public BackendKind kind() {
            return BackendKind.of("bedrock");
        }

        @Override
        public Capabilities capabilities(EndpointSpec endpoint, String model) {
            return Capabilities.unknown();
        }

        @Override
        public Exchange<InferenceResult> inference(WireScope scope, InferenceRequest request) {
            return Exchange.of(new Step.Send<>(
                    HttpCall.get(scope.endpoint().baseUrl()), head -> new Step.Decode<>(decoder.get())));
        }

        @Override
        public Exchange<HealthState> health(WireScope scope) {
            throw new AssertionError();
        }

        @Override
        public Exchange<List<ModelInfo>> models(WireScope scope) {
            throw new AssertionError();
        }
    }

    @TestFactory
    List<DynamicTest> streams_ofConverse_giveWhatIsExpected() {
        return CONVERSE.answers(0);
    }

    @TestFactory
    List<DynamicTest> streams_ofConverse_cutAnywhere_giveTheSameEvents() {
        return CONVERSE.cuts(0);
    }

    @TestFactory
    List<DynamicTest> streams_ofMessages_giveWhatIsExpected() {
        return MESSAGES.answers(0);
    }

    @TestFactory
    List<DynamicTest> streams_ofMessages_cutAnywhere_giveTheSameEvents() {
        return MESSAGES.cuts(0);
    }

    // Broken streams

    private static byte[] message(String type, String event, String payload) {
        return message(
                concat(
                        header(":message-type", type),
                        header(type.equals("event") ? ":event-type" : ":exception-type", event)),
                payload);
    }

    private static byte[] message(byte[] headers, String payload) {
        byte[] body = payload.getBytes(StandardCharsets.UTF_8);
        int total = 16 + headers.length + body.length;
        ByteBuffer all = ByteBuffer.allocate(total).putInt(total).putInt(headers.length);
        all.putInt(sum(all.array(), 8)).put(headers).put(body);
        return all.putInt(sum(all.array(), total - 4)).array();
    }

    private static byte[] header(String name, String value) {
        byte[] key = name.getBytes(StandardCharsets.UTF_8);
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(4 + key.length + text.length)
                .put((byte) key.length)
                .put(key)
                .put((byte) 7)
                .putShort((short) text.length)
                .put(text)
                .array();
    }

    private static int sum(byte[] bytes, int count) {
        CRC32 sum = new CRC32();
        sum.update(bytes, 0, count);
        return (int) sum.getValue();
    }

    private static byte[] concat(byte[]... parts) {
        ByteBuffer all = ByteBuffer.allocate(
                Arrays.stream(parts).mapToInt(part -> part.length).sum());
        Arrays.stream(parts).forEach(all::put);
        return all.array();
    }

    private static byte[] greeting() {
        return concat(
                message("event", "contentBlockDelta", "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"hi\"}}"),
                message("event", "messageStop", "{\"stopReason\":\"end_turn\"}"));
    }

    @Test
    void byte_flippedAnywhere_isAParseError() {
        byte[] whole = message("event", "contentBlockDelta", "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"hi\"}}");
        for (int i = 0; i < whole.length; i++) {
            byte[] flipped = whole.clone();
            flipped[i] ^= 1;
            Decoded decoded = Decoded.of(converse(), flipped);
            assertThat(decoded.text()).isEmpty();
            assertThat(decoded.error().category()).as("byte " + i).isEqualTo(ErrorCategory.PARSE);
        }
    }

    @Test
    void stream_cutBeforeItsFinish_isAConnectionError() {
        byte[] whole = greeting();
        int last = message("event", "messageStop", "{\"stopReason\":\"end_turn\"}").length;

        assertThat(Decoded.of(converse(), whole).completed().finishRaw()).isEqualTo("end_turn");
        assertThat(IntStream.range(0, whole.length))
                .allSatisfy(cut -> assertThat(Decoded.of(converse(), Arrays.copyOf(whole, cut))
                                .error()
                                .category())
                        .isEqualTo(ErrorCategory.CONNECTION));
        assertThat(Decoded.of(converse(), Arrays.copyOf(whole, 20)).error())
                .hasMessageContaining("middle of a message");
        assertThat(Decoded.of(converse(), Arrays.copyOf(whole, whole.length - last))
                        .text())
                .isEqualTo("hi");
    }

    @Test
    void length_thatCannotBe_isRefusedBeforeItIsWaitedFor() {
        for (int total : new int[] {Integer.MAX_VALUE, -1, 0, 15}) {
            ByteBuffer prelude = ByteBuffer.allocate(12).putInt(total).putInt(0);
            prelude.putInt(sum(prelude.array(), 8));

            assertThat(Decoded.of(converse(), prelude.array()).error())
                    .hasMessageContaining("a message of " + total + " bytes");
        }
    }

    @Test
    void headersLength_thatCannotBe_isRefusedBeforeItIsWaitedFor() {
        for (int headers : new int[] {Integer.MAX_VALUE, Integer.MIN_VALUE, -1, 5}) {
            ByteBuffer prelude = ByteBuffer.allocate(12).putInt(20).putInt(headers);
            prelude.putInt(sum(prelude.array(), 8));

            Decoded decoded = Decoded.of(converse(), prelude.array());
            assertThat(decoded.error().category()).isEqualTo(ErrorCategory.PARSE);
            assertThat(decoded.error()).hasMessageContaining("with headers of " + headers);
        }
    }

    @Test
    void header_thatCannotBeRead_isAParseError() {
        byte[] cut = {1, 'a', 7, 0, 9, 'x'};
        byte[] flag = {1, 'a', 0};

        assertThat(Decoded.of(converse(), message(cut, "{}")).error().category())
                .isEqualTo(ErrorCategory.PARSE);
        assertThat(Decoded.of(converse(), message(flag, "{}")).error().category())
                .isEqualTo(ErrorCategory.PARSE);
    }

    @Test
    void message_withoutHeaders_isPassedOver() {
        assertThat(Decoded.of(converse(), concat(message(new byte[0], "{}"), greeting()))
                        .text())
                .isEqualTo("hi");
    }

    @Test
    void chunk_withoutReadableBytes_isAParseError() {
        for (String payload : new String[] {"{\"bytes\":\"***\"}", "{\"bytes\":1}", "{}", "no json"}) {
            assertThat(Decoded.of(messages(), message("event", "chunk", payload))
                            .error()
                            .category())
                    .as(payload)
                    .isEqualTo(ErrorCategory.PARSE);
        }
    }

    @Test
    void messages_inOneBuffer_areTakenOneACall() {
        ByteBuffer bytes = ByteBuffer.wrap(greeting());
        int first = bytes.getInt(0);
        List<InferenceEvent> events = new ArrayList<>();
        EventSink sink = new EventSink(
                new EventSink.Output() {
                    @Override
                    public void event(InferenceEvent event) {
                        events.add(event);
                    }

                    @Override
                    public void fail(InferenceException why) {
                        throw why;
                    }
                },
                "call",
                false,
                false);

        assertThat(converse().decode(bytes, sink)).isEqualTo(EventDecoder.Progress.FRAME);
        assertThat(bytes.position()).isEqualTo(first);
        assertThat(events).hasSize(1);
    }

    @Test
    void cacheCounts_areToldApartFromOtherInput() {
        byte[] told = message(
                "event",
                "metadata",
                "{\"usage\":{\"inputTokens\":5,\"outputTokens\":2,"
                        + "\"cacheReadInputTokens\":7,\"cacheWriteInputTokens\":3}}");

        Usage usage =
                Decoded.of(converse(), concat(greeting(), told)).completed().usage();
        assertThat(usage.cacheReadTold()).isEqualTo(TokenCount.known(7));
        assertThat(usage.cacheWrite()).isEqualTo(TokenCount.known(3));
        assertThat(usage.inputTold()).isEqualTo(TokenCount.known(15));
    }

    @Test
    void stop_ofAGuard_isAContentFilter() {
        for (String reason : new String[] {"content_filtered", "guardrail_intervened"}) {
            byte[] stop = message("event", "messageStop", "{\"stopReason\":\"" + reason + "\"}");

            assertThat(Decoded.of(converse(), stop).completed().finish()).isEqualTo(FinishReason.CONTENT_FILTER);
        }
    }

    @Test
    void exception_inTheStream_isItsCategory() {
        byte[] broken = concat(
                message("event", "contentBlockDelta", "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"hi\"}}"),
                message("exception", "throttlingException", "{\"message\":\"Too many requests\"}"));

        Decoded decoded = Decoded.of(converse(), broken);
        assertThat(decoded.text()).isEqualTo("hi");
        assertThat(decoded.error().category()).isEqualTo(ErrorCategory.RATE_LIMITED);
        assertThat(decoded.error()).hasMessageContaining("Too many requests");
    }
}
