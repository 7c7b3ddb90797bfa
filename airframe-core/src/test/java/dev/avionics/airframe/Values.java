package dev.avionics.airframe;

import dev.avionics.airframe.EndpointSpec.Billing;
import dev.avionics.airframe.EndpointSpec.CapacityHints;
import dev.avionics.airframe.call.Attempt;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.Deadline;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.call.Failure;
import dev.avionics.airframe.call.RandomSource;
import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.airframe.call.SystemScheduler;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.error.RetryRule;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.spi.BackendAdapterProvider;
import dev.avionics.airframe.spi.Credential;
import dev.avionics.airframe.spi.CredentialSource;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.ModelPages;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.Turns;
import dev.avionics.airframe.spi.WireScope;
import dev.avionics.airframe.stream.Outcome;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One of every value of this module, each with all its components set. */
final class Values {
    static final String KEY = "sk-canary-" + "9f8e7d6c5b4a";
    static final VendorData VENDOR = VendorData.of("anthropic", "{\"signature\":\"s\"}");

    static final EndpointSpec ENDPOINT = EndpointSpec.builder(
                    "gpu-a", URI.create("https://user:" + KEY + "@gpu-a:8443/v1?key=" + KEY), BackendKind.OPENAI_CHAT)
            .apiType("native")
            .credentials(CredentialSource.key(Secret.of(KEY)))
            .billing(Billing.FREE)
            .capacity(new CapacityHints(4, "A100-80GB"))
            .timeouts(Timeouts.Override.total(Duration.ofSeconds(7)))
            .tag("zone", "a")
            .header("x-team-token", KEY)
            .metadata("api_path", "/v3/chat")
            .build();

    static final Target TARGET = new Target(ENDPOINT, "m");

    static final Part.ToolCall CALL = new Part.ToolCall("id-1", "f", "{\"a\":1}", VENDOR, CacheHint.SHORT);
    static final Part.Opaque OPAQUE = new Part.Opaque("redacted_thinking", VENDOR, CacheHint.SHORT);
    static final Part.MediaSource INLINE = new Part.MediaSource.Inline("image/png", "QUJD");

    static final List<Part> PARTS = List.of(
            new Part.Text("text", VENDOR, CacheHint.LONG),
            new Part.Image(INLINE, VENDOR, CacheHint.SHORT),
            new Part.Document(new Part.MediaSource.FileId("openai", "file-1"), "title", VENDOR, CacheHint.SHORT),
            new Part.Thinking("thinking", VENDOR, CacheHint.SHORT),
            CALL,
            new Part.ToolResult("id-1", "f", List.of(new Part.Text("7")), true, VENDOR, CacheHint.SHORT),
            new Part.Refusal("no", VENDOR, CacheHint.SHORT),
            OPAQUE);

    static final List<Part.MediaSource> SOURCES = List.of(
            INLINE,
            new Part.MediaSource.Url(URI.create("https://pictures.test/a.png"), "image/png"),
            new Part.MediaSource.FileId("openai", "file-1"));

    static final RateLimitInfo LIMITS = new RateLimitInfo(
            new RateLimitInfo.Window(10L, 9L, Duration.ofSeconds(1)),
            new RateLimitInfo.Window(1000L, 900L, Duration.ofSeconds(2)),
            Map.of("x-ratelimit-limit", "10"));

    static final Usage USAGE = Usage.builder()
            .inputUncached(TokenCount.known(1))
            .cacheRead(TokenCount.known(2))
            .cacheWriteShort(TokenCount.known(3))
            .cacheWriteLong(TokenCount.known(4))
            .audioInput(TokenCount.known(5))
            .output(TokenCount.known(6))
            .reasoning(TokenCount.known(7))
            .audioOutput(TokenCount.known(8))
            .told(new Usage.Told(TokenCount.known(9), TokenCount.known(10), TokenCount.known(11)))
            .build();

    static final InferenceEvent.Completed COMPLETED =
            new InferenceEvent.Completed(FinishReason.STOP, "stop", USAGE, "resp-1", "m-2026");

    static final List<InferenceEvent> EVENTS = List.of(
            new InferenceEvent.Started(TARGET, 2, LIMITS, List.of(Adjustment.dropped("thinking", "not known here"))),
            new InferenceEvent.RawFrame("{}"),
            new InferenceEvent.TextDelta("text"),
            new InferenceEvent.ThinkingDelta("thinking"),
            new InferenceEvent.RefusalDelta("no"),
            new InferenceEvent.VendorNote(VENDOR),
            new InferenceEvent.ToolCallDelta(0, "id-1", "f", "{\"a\""),
            new InferenceEvent.ToolCallReady(0, CALL),
            new InferenceEvent.OpaquePart(OPAQUE),
            new InferenceEvent.Resumed(
                    TARGET, 2, ErrorCategory.CONNECTION, List.of(Adjustment.dropped("thinking", "not known here"))),
            COMPLETED);

    static final Sampling SAMPLING = Sampling.builder()
            .temperature(0.0)
            .topP(0.9)
            .topK(40)
            .minP(0.1)
            .maxTokens(0)
            .stop(List.of("END"))
            .seed(7L)
            .presencePenalty(-1.0)
            .frequencyPenalty(1.0)
            .repeatPenalty(1.1)
            .build();

    static final InferenceRequest REQUEST = InferenceRequest.builder()
            .message(Message.system("be brief"))
            .message(new Message(Role.USER, List.of(Part.text("hi")), "ann", Instant.EPOCH))
            .tool(new ToolSpec("f", "a tool", "{\"type\":\"object\"}", true))
            .toolChoice(ToolChoice.tool("f"))
            .parallelToolCalls(false)
            .output(OutputFormat.jsonSchema("answer", "{\"type\":\"object\"}"))
            .thinking(new ThinkingOptions(ThinkingOptions.Effort.HIGH, 100))
            .sampling(SAMPLING)
            .stream(false)
            .context(4096)
            .user("u-1")
            .extra("field", List.of(Map.of("a", 1)))
            .build();

    static final Timeouts.Override CLOCKS = new Timeouts.Override(
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(3),
            Duration.ofSeconds(4),
            Duration.ofSeconds(5),
            Duration.ofSeconds(6));

    private static final InferenceException ERROR = InferenceException.of(ErrorCategory.SERVER_ERROR, "broken");
    private static final HttpCall HTTP = HttpCall.get(URI.create("http://gpu-a/health"));
    private static final Step.Send<String> SEND =
            new Step.Send<>(HTTP, Duration.ZERO, (HttpHead head) -> new Step.Done<>("done"));

    /** Every record but those of events, parts and places of media, which have lists of their own. */
    static List<Record> others() {
        return List.of(
                Adjustment.changed("top_p", "renamed"),
                new AnswerTokens(3, 11, List.of(17, 4711, "lo")),
                BackendKind.OLLAMA,
                new EmbeddingRequest(List.of("a"), 3, EmbeddingRequest.Purpose.QUERY, Map.of("truncate", true)),
                new EmbeddingResult(List.of(new float[] {1, 2}), USAGE, TARGET, "m"),
                ENDPOINT,
                ENDPOINT.capacity(),
                new HealthState(HealthState.Status.HEALTHY, Instant.EPOCH, "fine"),
                REQUEST,
                REQUEST.messages().get(1),
                REQUEST.tools().get(0),
                ToolChoice.tool("f"),
                REQUEST.output(),
                new ThinkingOptions(ThinkingOptions.Effort.HIGH, 100),
                SAMPLING,
                new InferenceResult(
                        Message.assistant("hi"),
                        FinishReason.STOP,
                        "stop",
                        USAGE,
                        TARGET,
                        "resp-1",
                        "m-2026",
                        2,
                        LIMITS,
                        List.of(Adjustment.dropped("thinking", "not known here"))),
                new ModelPages.Page(List.of(ModelInfo.of("m")), "next"),
                new ModelInfo("m", "maker", 4096, Map.of("size", "7B")),
                LIMITS,
                new RateLimitInfo.Window(10L, 9L, Duration.ofSeconds(1)),
                new RerankRequest("q", List.of("d"), 1),
                new RerankResult(List.of(new RerankResult.Ranked(0, 0.5)), USAGE, TARGET),
                new RerankResult.Ranked(0, 0.5),
                TARGET,
                TokenCount.known(1),
                USAGE,
                new Usage.Told(TokenCount.known(9), TokenCount.known(10), TokenCount.known(11)),
                VENDOR,
                Attempt.at(TARGET),
                CallContext.create(Delivery.TRANSPORT)
                        .withDeadline(new Deadline(() -> 0, 1))
                        .with("agent", "planner")
                        .withHeaders(Map.of("traceparent", "00-1-2-01")),
                new Deadline(() -> 0, 1),
                Delivery.on(Runnable::run),
                new Failure(
                        Attempt.at(TARGET),
                        1,
                        ERROR,
                        new RetryRule(RetryRule.Same.ONCE, RetryRule.Other.YES),
                        true,
                        Duration.ZERO,
                        true),
                RetryPolicy.DEFAULT,
                Timeouts.HOSTED,
                CLOCKS,
                new RetryRule(RetryRule.Same.ONCE, RetryRule.Other.YES),
                new BackendAdapterProvider.Host(
                        new SystemScheduler(), () -> 0, Clock.systemUTC(), RandomSource.seeded(1)),
                Credential.header("x-key", Secret.of(KEY)),
                new Exchange<>(List.of(Adjustment.dropped("thinking", "not known here")), SEND),
                new Turns(PARTS, List.of(new Turns.Turn(true, PARTS))),
                new Turns.Turn(true, PARTS),
                SEND,
                new Step.ReadAll<>(10, body -> new Step.Done<>("done")),
                new Step.Decode<>(new NoDecoder()),
                new Step.Done<>("done"),
                new Step.Fail<>(ERROR, Set.of("no top_p")),
                new WireScope(ENDPOINT, "m", "seed", Instant.EPOCH, Set.of("no top_p")),
                new Outcome.Done(COMPLETED),
                new Outcome.Failed(ERROR),
                new Outcome.Cancelled(dev.avionics.airframe.call.CancelReason.CALLER, USAGE));
    }

    private Values() {}
}
