package dev.avionics.airframe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.Capabilities.Support;
import dev.avionics.airframe.spi.Credential;
import dev.avionics.airframe.spi.CredentialSource;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each value refuses, in which words, and what it makes of what it takes. */
class ValueRulesTest {
    private static final Part IMAGE = Part.image("image/png", "QUJD");

    private static Arguments refused(String message, ThrowingCallable made) {
        return Arguments.of(message, made);
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                refused(
                        "image in a system message (expected: in user or assistant)",
                        () -> new Message(Role.SYSTEM, List.of(IMAGE))),
                refused("parts: empty (expected: at least one for user)", () -> new Message(Role.USER, List.of())),
                refused("parts: empty (expected: at least one for tool)", () -> new Message(Role.TOOL, List.of())),
                refused("ToolCall in a user message (expected: assistant)", () -> Message.user(Values.CALL)),
                refused("Thinking in a user message (expected: assistant)", () -> Message.user(new Part.Thinking("t"))),
                refused(
                        "Text in a tool message (expected: tool results in tool messages, and nothing else there)",
                        () -> new Message(Role.TOOL, List.of(Part.text("t")))),
                refused(
                        "ToolResult in a assistant message (expected: tool results in tool messages, and nothing else"
                                + " there)",
                        () -> Message.assistant(new Part.ToolResult("id", "f", "7"))),
                refused(
                        "callId: empty (expected: the id of the tool call it answers)",
                        () -> Message.toolResult("", "f", "7")),
                refused(
                        "content: Thinking (expected: Text, Image or Document)",
                        () -> new Part.ToolResult(
                                "id", "f", List.of(new Part.Thinking("t")), false, VendorData.none(), null)),
                refused("mediaType: png (expected: such as image/png)", () -> Part.image("png", "QUJD")),
                refused("base64: empty or a data URI (expected: plain base64)", () -> Part.image("image/png", "")),
                refused(
                        "base64: empty or a data URI (expected: plain base64)",
                        () -> Part.image("image/png", "data:image/png;base64,QUJD")),
                refused("name: 0 characters (expected: 1 to 128)", () -> ToolSpec.of("", "d")),
                refused("name: 129 characters (expected: 1 to 128)", () -> ToolSpec.of("f".repeat(129), "d")),
                refused(
                        "parametersJson: not a JSON object: [1] (expected: a JSON Schema object)",
                        () -> ToolSpec.of("f", "d", "[1]")),
                refused(
                        "toolName: null (expected: with mode TOOL, and only there)",
                        () -> new ToolChoice(ToolChoice.Mode.TOOL, null)),
                refused(
                        "toolName: f (expected: with mode TOOL, and only there)",
                        () -> new ToolChoice(ToolChoice.Mode.AUTO, "f")),
                refused(
                        "schemaJson: given with kind TEXT (expected: with kind JSON_SCHEMA, and only there)",
                        () -> new OutputFormat(OutputFormat.Kind.TEXT, null, "{}", false)),
                refused(
                        "schemaJson: none with kind JSON_SCHEMA (expected: with kind JSON_SCHEMA, and only there)",
                        () -> new OutputFormat(OutputFormat.Kind.JSON_SCHEMA, "n", null, false)),
                refused(
                        "name: null, strict: false with kind JSON_SCHEMA (expected: a name with a schema, and neither"
                                + " without)",
                        () -> new OutputFormat(OutputFormat.Kind.JSON_SCHEMA, null, "{}", false)),
                refused(
                        "name: null, strict: true with kind TEXT (expected: a name with a schema, and neither without)",
                        () -> new OutputFormat(OutputFormat.Kind.TEXT, null, null, true)),
                refused(
                        "messages: empty (expected: at least one)",
                        () -> InferenceRequest.builder().build()),
                refused(
                        "context: 0 (expected: >= 1)",
                        () -> request().context(0).build()),
                refused("temperature: -0.1 (expected: >= 0.0)", () -> request().temperature(-0.1)),
                refused("temperature: NaN (expected: >= 0.0)", () -> request().temperature(Double.NaN)),
                refused("maxTokens: -1 (expected: >= 0)", () -> request().maxTokens(-1)),
                refused(
                        "topP: 1.1 (expected: 0.0 to 1.0)",
                        () -> Sampling.builder().topP(1.1).build()),
                refused(
                        "minP: -1.0 (expected: 0.0 to 1.0)",
                        () -> Sampling.builder().minP(-1.0).build()),
                refused(
                        "topK: -1 (expected: >= 0)",
                        () -> Sampling.builder().topK(-1).build()),
                refused(
                        "presencePenalty: 2.5 (expected: -2.0 to 2.0)",
                        () -> Sampling.builder().presencePenalty(2.5).build()),
                refused(
                        "frequencyPenalty: -2.5 (expected: -2.0 to 2.0)",
                        () -> Sampling.builder().frequencyPenalty(-2.5).build()),
                refused(
                        "repeatPenalty: 0.0 (expected: > 0)",
                        () -> Sampling.builder().repeatPenalty(0.0).build()),
                refused(
                        "stop: an empty sequence (expected: at least one character each)",
                        () -> Sampling.builder().stop(List.of("a", "")).build()),
                refused("budgetTokens: 0 (expected: >= 1)", () -> new ThinkingOptions(ThinkingOptions.Effort.LOW, 0)),
                refused("inputs: empty (expected: at least one text)", EmbeddingRequest::of),
                refused(
                        "inputs: an empty text (expected: at least one character each)",
                        () -> EmbeddingRequest.of("a", "")),
                refused("dimensions: 0 (expected: >= 1)", () -> new EmbeddingRequest(List.of("a"), 0, null, Map.of())),
                refused("documents: empty (expected: at least one)", () -> new RerankRequest("q", List.of(), null)),
                refused("topN: 0 (expected: >= 1)", () -> new RerankRequest("q", List.of("d"), 0)),
                refused("value: -1 (expected: >= 0)", () -> TokenCount.known(-1)),
                refused(
                        "attempts: 0 (expected: >= 1)",
                        () -> new InferenceEvent.Started(Values.TARGET, 0, RateLimitInfo.none(), List.of())),
                refused("text: empty (expected: at least one character)", () -> new InferenceEvent.TextDelta("")),
                refused("text: empty (expected: at least one character)", () -> new InferenceEvent.ThinkingDelta("")),
                refused("text: empty (expected: at least one character)", () -> new InferenceEvent.RefusalDelta("")),
                refused("index: -1 (expected: >= 0)", () -> new InferenceEvent.ToolCallDelta(-1, "i", "f", "")),
                refused("index: -1 (expected: >= 0)", () -> new InferenceEvent.ToolCallReady(-1, Values.CALL)),
                refused("baseUrl: ftp (expected: an http or https address)", () -> endpoint("ftp://a")),
                refused("baseUrl: null (expected: an http or https address)", () -> endpoint("a/b")),
                refused("baseUrl: no host (expected: such as http://localhost:8080)", () -> endpoint("http:///v1")),
                refused(
                        "name: empty (expected: what people call it)",
                        () -> endpoint("http://a").toBuilder().name("").build()),
                refused("maxConcurrency: 0 (expected: >= 1)", () -> new EndpointSpec.CapacityHints(0, "")),
                refused(
                        "id: Open AI (expected: lower-case letters, digits and dashes)",
                        () -> new BackendKind("Open AI")),
                refused("secret: empty", () -> Secret.of(" \n")),
                refused(
                        "secret: character 4 is not printable ASCII (was it cut and pasted wrongly?)",
                        () -> Secret.of("sk-\u00e9")),
                refused(
                        "secret: (expected: for every placement but NONE)",
                        () -> new Credential(Credential.Placement.BEARER, null, null)),
                refused(
                        "header: null (expected: with placement HEADER, and only there)",
                        () -> new Credential(Credential.Placement.HEADER, Secret.of("k"), null)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    void value_wrong_isRefusedInWords(String message, ThrowingCallable made) {
        assertThatIllegalArgumentException().isThrownBy(made).withMessage(message);
    }

    private static InferenceRequest.Builder request() {
        return InferenceRequest.builder().message(Message.user("hi"));
    }

    private static EndpointSpec endpoint(String url) {
        return EndpointSpec.builder("a", URI.create(url), BackendKind.MOCK).build();
    }

    @Test
    @Tag("row-2")
    void role_unknown_isRefused_withTheFourNames() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Role.parse("robot"))
                .withMessage("role: robot (expected: system, user, assistant or tool)");
    }

    @ParameterizedTest
    @EnumSource
    @Tag("row-2")
    void role_survivesARoundTrip(Role role) {
        assertThat(Role.parse(role.wireName())).isEqualTo(role);
        assertThat(Role.parse(role.name())).isEqualTo(role);
    }

    @Test
    @Tag("row-3")
    void message_withToolCallsAlone_hasNoText() {
        Message message = Message.assistant(Values.CALL);
        assertThat(message.text()).isEmpty();
        assertThat(message.toolCalls()).containsExactly(Values.CALL);
        assertThat(new Message(Role.ASSISTANT, List.of()).text()).isEmpty();
    }

    @Test
    @Tag("row-4")
    void message_withImages_isForUserAndAssistant() {
        assertThat(Message.user(Part.text("what is it?"), IMAGE).images()).containsExactly((Part.Image) IMAGE);
        assertThat(Message.assistant(IMAGE).images()).hasSize(1);
    }

    @Test
    void message_joinsItsParts() {
        Message message = Message.assistant(
                new Part.Thinking("so"), Part.text("a"), IMAGE, new Part.Thinking(" what"), Part.text("b"));
        assertThat(message.text()).isEqualTo("ab");
        assertThat(message.thinking()).isEqualTo("so what");
        assertThat(message.only(Part.Thinking.class)).hasSize(2);
        assertThat(Message.user("hi").at(Instant.EPOCH).createdAt()).isEqualTo(Instant.EPOCH);
    }

    @Test
    void image_doesNotPrintItsBytes() {
        assertThat(Message.user(Part.image("image/png", "QUJD".repeat(1000))).toString())
                .hasSizeLessThan(300)
                .contains("4000 characters");
        assertThat(new Part.MediaSource.Inline("image/png", "QUJD").dataUri()).isEqualTo("data:image/png;base64,QUJD");
    }

    @Test
    @Tag("row-16")
    void request_keepsZeros_andTellsThemFromNothing() {
        InferenceRequest request = request().temperature(0.0).maxTokens(0).build();
        assertThat(request.sampling().temperature()).isEqualTo(0.0);
        assertThat(request.sampling().maxTokens()).isEqualTo(0);
        assertThat(request().build().sampling()).isEqualTo(Sampling.NONE);
        assertThat(request().build().stream()).isTrue();
    }

    @Test
    void request_extra_isCopiedAllTheWayDown() {
        Map<String, Object> inner = new HashMap<>(Map.of("a", 1));
        List<Object> list = new ArrayList<>(List.of(inner));
        InferenceRequest request =
                request().extra("x", list).extra("none", null).build();
        inner.put("b", 2);
        list.clear();
        assertThat(request.extra()).isEqualTo(withNull(Map.of("x", List.of(Map.of("a", 1)))));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> request()
                        .extra("x", List.of(1, Map.of("y", Thread.class)))
                        .build())
                .withMessage("x[1].y: java.lang.Class (expected: a string, number, boolean, null, list or map)");
    }

    private static Map<String, Object> withNull(Map<String, Object> map) {
        Map<String, Object> more = new HashMap<>(map);
        more.put("none", null);
        return more;
    }

    @Test
    void request_builder_doesNotChangeWhatItBuilt() {
        InferenceRequest.Builder builder = request();
        InferenceRequest first = builder.build();
        builder.message(Message.user("more")).tool(ToolSpec.of("f", "d")).extra("a", 1);
        assertThat(first.messages()).hasSize(1);
        assertThat(first.tools()).isEmpty();
        assertThat(first.extra()).isEmpty();
    }

    @Test
    @Tag("row-9")
    void tool_withoutParameters_takesAnEmptyObject() {
        assertThat(ToolSpec.of("f", "d").parametersJson()).isEqualTo("{\"type\":\"object\",\"properties\":{}}");
        assertThat(ToolSpec.of("f", "d", Map.of("type", "object")).parametersJson())
                .isEqualTo("{\"type\":\"object\"}");
    }

    @Test
    void toolCall_givesItsArgumentsAsAMap() {
        assertThat(Values.CALL.arguments()).isEqualTo(Map.of("a", 1L));
    }

    @Test
    @Tag("row-22")
    void kind_isReadInAnyCase() {
        assertThat(BackendKind.of("LLAMA_SERVER")).isEqualTo(BackendKind.LLAMA_SERVER);
        assertThat(BackendKind.of("openai-chat")).hasToString("openai-chat");
        assertThatNullPointerException().isThrownBy(() -> new BackendKind(null)).withMessage("id");
    }

    @Test
    void capabilities_areUnknownUntilSaid_andDoNotChange() {
        Capabilities none = Capabilities.unknown();
        Capabilities some = none.yes(Feature.TOOLS, Feature.IMAGES).no(Feature.IMAGES);
        assertThat(none.of(Feature.TOOLS)).isEqualTo(Support.UNKNOWN);
        assertThat(none.allows(Feature.TOOLS)).isTrue();
        assertThat(some.of(Feature.TOOLS)).isEqualTo(Support.YES);
        assertThat(some.allows(Feature.IMAGES)).isFalse();
        assertThat(some)
                .isEqualTo(Capabilities.unknown().no(Feature.IMAGES).yes(Feature.TOOLS))
                .hasSameHashCodeAs(Capabilities.unknown().no(Feature.IMAGES).yes(Feature.TOOLS))
                .isNotEqualTo(none);
        assertThat(none.with(Support.UNKNOWN, Feature.CHAT)).isEqualTo(none);
    }

    @Test
    void secret_isTrimmed_comparedAndNeverPrinted() {
        Secret secret = Secret.of(" " + Values.KEY + "\n");
        assertThat(secret).hasToString("***").isEqualTo(Secret.of(Values.KEY)).hasSameHashCodeAs(Secret.of(Values.KEY));
        assertThat(secret).isNotEqualTo(Secret.of("other")).isNotEqualTo("***");
        assertThat(secret.reveal()).isEqualTo(Values.KEY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u00e9", "a\nb", "a\u0000b", "a\u007fb"})
    void secret_refused_isNotInTheMessage(String wrong) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Secret.of(Values.KEY + wrong))
                .withMessageNotContaining("canary");
    }

    @Test
    @Tag("row-73")
    void endpoint_showsNoKeyHeaderValueOrUserPart() {
        assertThat(Values.ENDPOINT.address()).isEqualTo("https://gpu-a:8443/v1");
        assertThat(Values.ENDPOINT.toString())
                .isEqualTo("EndpointSpec[gpu-a, openai-chat/native, https://gpu-a:8443/v1, FREE, tags={zone=a},"
                        + " headers=[x-team-token], metadata=[api_path]]");
        assertThat(CredentialSource.bearer(Secret.of(Values.KEY)).toString()).doesNotContain(Values.KEY);
    }

    @Test
    void vendorData_isMerged_theOtherWins() {
        VendorData both = VendorData.of("a", "1").with(VendorData.of("b", "2")).with(VendorData.of("a", "3"));
        assertThat(both.of("a")).hasValue("3");
        assertThat(both.of("b")).hasValue("2");
        assertThat(both.of("c")).isEmpty();
        assertThat(VendorData.none().with(both)).isSameAs(both);
        assertThat(both.with(VendorData.none())).isSameAs(both);
        assertThat(VendorData.none().isEmpty()).isTrue();
    }

    @Test
    void vendorDataField_isTheTextAsItStands_orEmpty() {
        VendorData data = VendorData.of("a", "{ \"x\" : [1, 2.50] , \"none\":null}");

        assertThat(data.field("a", "x")).hasValue("[1, 2.50]");
        assertThat(data.field("a", "none")).isEmpty();
        assertThat(data.field("a", "y")).isEmpty();
        assertThat(data.field("b", "x")).isEmpty();
        assertThat(VendorData.of("a", "[1]").field("a", "x")).isEmpty();
    }

    @Test
    void tokenCounts_addUp_andStayHonest() {
        assertThat(TokenCount.known(2).plus(TokenCount.known(3))).isEqualTo(TokenCount.known(5));
        assertThat(TokenCount.known(2).plus(TokenCount.estimated(3))).isEqualTo(TokenCount.estimated(5));
        assertThat(TokenCount.absent().plus(TokenCount.known(3))).isEqualTo(TokenCount.known(3));
        assertThat(TokenCount.known(3).plus(TokenCount.absent())).isEqualTo(TokenCount.known(3));
        assertThat(TokenCount.known(3).minus(TokenCount.known(5))).isEqualTo(TokenCount.known(0));
        assertThat(TokenCount.known(3).minus(TokenCount.absent())).isEqualTo(TokenCount.known(3));
        assertThat(TokenCount.absent().minus(TokenCount.known(1)).isPresent()).isFalse();
        assertThat(TokenCount.known(0).isPresent()).isTrue();
        assertThat(List.of(TokenCount.known(3), TokenCount.estimated(3), TokenCount.absent()))
                .hasToString("[3, ~3, ?]");
    }

    @Test
    void usage_bucketsAreDisjoint_andToldTotalsStandBeside() {
        assertThat(Values.USAGE.inputTotal()).isEqualTo(TokenCount.known(15));
        assertThat(Values.USAGE.outputTotal()).isEqualTo(TokenCount.known(21));
        assertThat(Values.USAGE.total()).isEqualTo(TokenCount.known(36));
        assertThat(Values.USAGE.cacheWrite()).isEqualTo(TokenCount.known(7));
        assertThat(Values.USAGE.inputTold()).isEqualTo(TokenCount.known(9));
        assertThat(Values.USAGE.outputTold()).isEqualTo(TokenCount.known(10));
        assertThat(Values.USAGE.cacheReadTold()).isEqualTo(TokenCount.known(11));
        Usage twice = Values.USAGE.plus(Values.USAGE);
        assertThat(twice.told()).isNull();
        assertThat(twice.inputTold()).isEqualTo(TokenCount.known(30));
        assertThat(twice.outputTold()).isEqualTo(TokenCount.known(42));
        assertThat(twice.cacheReadTold()).isEqualTo(TokenCount.known(4));
    }

    @Test
    void usage_builder_takesTotalsThatIncludeTheOthers() {
        Usage usage = Usage.builder()
                .cacheRead(TokenCount.known(60))
                .inputTotal(TokenCount.known(100))
                .reasoning(TokenCount.known(5))
                .outputTotal(TokenCount.known(20))
                .build();
        assertThat(usage.inputUncached()).isEqualTo(TokenCount.known(40));
        assertThat(usage.output()).isEqualTo(TokenCount.known(15));
        assertThat(usage.inputTotal()).isEqualTo(TokenCount.known(100));
        assertThat(usage.outputTotal()).isEqualTo(TokenCount.known(20));
        assertThat(Usage.absent().isPresent()).isFalse();
        assertThat(Usage.absent().inputTotal().isPresent()).isFalse();
        assertThat(Usage.estimated(3, 4).isEstimated()).isTrue();
        assertThat(usage.isEstimated()).isFalse();
    }

    @Test
    void rateLimits_andHealth_tellWhatIsKnown() {
        assertThat(RateLimitInfo.none().requestLimit()).isEmpty();
        assertThat(Values.LIMITS.tokenLimit().orElseThrow().reset()).isEqualTo(Duration.ofSeconds(2));
        assertThat(new HealthState(HealthState.Status.DEGRADED, Instant.EPOCH, "").isHealthy())
                .isFalse();
    }

    @Test
    void finishReason_isPrintedInLowerCase() {
        assertThat(Stream.of(FinishReason.values()).map(FinishReason::wireName))
                .containsExactly("stop", "length", "tool_calls", "content_filter", "error", "cancelled", "other");
    }
}
