package dev.avionics.gateway.cache;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.CacheHint;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.RateLimitInfo;
import dev.avionics.airframe.Role;
import dev.avionics.airframe.Sampling;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.ToolChoice;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.VendorData;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A request with everything set, and answers made by chance of every kind of event. */
final class Samples {
    private static final VendorData VENDOR = new VendorData(Map.of("anthropic", "{\"s\": 1}", "openai", "[ ]"));

    /** Every component of it is set, every kind of part and of source is in it. */
    static final InferenceRequest REQUEST = InferenceRequest.builder()
            .message(Message.system("be brief"))
            .message(new Message(
                    Role.USER,
                    List.of(
                            new Part.Text("what is this?", VENDOR, CacheHint.SHORT),
                            new Part.Image(new Part.MediaSource.Inline("image/png", "QUJD"), VENDOR, CacheHint.LONG),
                            new Part.Image(
                                    new Part.MediaSource.Url(URI.create("https://pictures.test/a.png"), "image/png"),
                                    VENDOR,
                                    CacheHint.LONG),
                            new Part.Document(
                                    new Part.MediaSource.FileId("openai", "file-1"), "title", VENDOR, CacheHint.SHORT)),
                    "ann",
                    Instant.EPOCH))
            .message(Message.assistant(
                    new Part.Thinking("hm", VENDOR, CacheHint.SHORT),
                    new Part.Refusal("no", VENDOR, CacheHint.SHORT),
                    new Part.Opaque("redacted", VENDOR, CacheHint.SHORT),
                    new Part.ToolCall("id-1", "f", "{\"a\":1}", VENDOR, CacheHint.SHORT)))
            .message(new Message(
                    Role.TOOL,
                    List.of(new Part.ToolResult(
                            "id-1", "f", List.of(new Part.Text("7")), true, VENDOR, CacheHint.SHORT))))
            .tool(new ToolSpec("f", "a tool", "{\"type\":\"object\"}", true))
            .tool(ToolSpec.of("g", "another"))
            .toolChoice(ToolChoice.tool("f"))
            .parallelToolCalls(false)
            .output(OutputFormat.jsonSchema("answer", "{\"type\":\"object\"}"))
            .thinking(new ThinkingOptions(ThinkingOptions.Effort.HIGH, 100))
            .sampling(Sampling.builder()
                    .temperature(0.0)
                    .topP(0.9)
                    .topK(40)
                    .minP(0.1)
                    .maxTokens(7)
                    .stop(List.of("END", "STOP"))
                    .seed(7L)
                    .presencePenalty(-1.0)
                    .frequencyPenalty(1.0)
                    .repeatPenalty(1.1)
                    .build())
            .context(4096)
            .user("u-1")
            .extra("field", List.of(Map.of("a", 1, "b", true), "text", 2.5))
            .extra("other", "x")
            .build();

    static final EndpointSpec ENDPOINT = EndpointSpec.builder(
                    "openai", URI.create("https://api.test/v1"), BackendKind.OPENAI_CHAT)
            .billing(EndpointSpec.Billing.FREE)
            .build();

    private Samples() {}

    static InferenceEvent.Started started() {
        return new InferenceEvent.Started(new Target(ENDPOINT, "gpt-4o"), 1, RateLimitInfo.none(), List.of());
    }

    /** Texts that break what is careless: empty, long, half pairs of surrogates, every plane, quotes, zeros. */
    static String text(SplittableRandom random, int least) {
        int length = random.nextInt(20) == 0 ? 700 + random.nextInt(2000) : least + random.nextInt(12);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            switch (random.nextInt(6)) {
                case 0 -> text.append((char) random.nextInt(0x10000));
                case 1 -> text.appendCodePoint(0x1F300 + random.nextInt(500));
                case 2 -> text.append((char) (0xD800 + random.nextInt(0x800)));
                case 3 -> text.append("\"\\\n\0".charAt(random.nextInt(4)));
                default -> text.append((char) (' ' + random.nextInt(95)));
            }
        }
        return text.toString();
    }

    private static String orNull(SplittableRandom random) {
        return random.nextBoolean() ? null : text(random, 0);
    }

    private static VendorData vendor(SplittableRandom random) {
        Map<String, String> json = new LinkedHashMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            json.put(text(random, 1), text(random, 0));
        }
        return new VendorData(json);
    }

    private static CacheHint hint(SplittableRandom random) {
        return random.nextBoolean() ? null : CacheHint.values()[random.nextInt(CacheHint.values().length)];
    }

    private static TokenCount count(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> TokenCount.absent();
            case 1 -> TokenCount.estimated(random.nextInt(1000));
            case 2 -> TokenCount.known(random.nextLong(Long.MAX_VALUE));
            default -> TokenCount.known(random.nextInt(100_000));
        };
    }

    static Usage usage(SplittableRandom random) {
        return new Usage(
                count(random),
                count(random),
                count(random),
                count(random),
                count(random),
                count(random),
                count(random),
                count(random),
                random.nextBoolean() ? null : new Usage.Told(count(random), count(random), count(random)));
    }

    /** A piece of an answer: anything but its start and end. */
    static InferenceEvent piece(SplittableRandom random) {
        return switch (random.nextInt(9)) {
            case 0 -> new InferenceEvent.TextDelta(text(random, 1));
            case 1 -> new InferenceEvent.ThinkingDelta(text(random, 1));
            case 2 -> new InferenceEvent.RefusalDelta(text(random, 1));
            case 3 ->
                new InferenceEvent.ToolCallDelta(
                        random.nextInt(2), "id-" + random.nextInt(2), "f" + random.nextInt(2), text(random, 0));
            case 4 ->
                new InferenceEvent.ToolCallReady(
                        random.nextInt(1000),
                        new Part.ToolCall(
                                text(random, 0), text(random, 0), text(random, 0), vendor(random), hint(random)));
            case 5 -> new InferenceEvent.VendorNote(vendor(random));
            case 6 -> new InferenceEvent.OpaquePart(new Part.Opaque(text(random, 0), vendor(random), hint(random)));
            case 7 -> new InferenceEvent.RawFrame(text(random, 0));
            default -> new InferenceEvent.TextDelta("word ");
        };
    }

    /** A whole answer. */
    static List<InferenceEvent> answer(SplittableRandom random) {
        List<InferenceEvent> events = new ArrayList<>();
        List<Adjustment> adjustments = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            Adjustment.Action action = Adjustment.Action.values()[random.nextInt(Adjustment.Action.values().length)];
            adjustments.add(new Adjustment(text(random, 0), action, text(random, 0)));
        }
        events.add(new InferenceEvent.Started(
                new Target(ENDPOINT, text(random, 0)), 1, RateLimitInfo.none(), adjustments));
        for (int i = random.nextInt(30); i > 0; i--) {
            events.add(piece(random));
        }
        FinishReason finish = FinishReason.values()[random.nextInt(FinishReason.values().length)];
        events.add(new InferenceEvent.Completed(finish, orNull(random), usage(random), orNull(random), orNull(random)));
        return events;
    }
}
