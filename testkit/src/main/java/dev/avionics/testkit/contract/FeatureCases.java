package dev.avionics.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.CacheHint;
import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.Capabilities.Support;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.RerankRequest;
import dev.avionics.airframe.RerankResult;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.ToolChoice;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonValues;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Holds an adapter to what it declares. For each feature there is a call: declared YES, it has to succeed and to show the
 * feature; NO, it has to be refused before anything is sent; UNKNOWN, the backend may take it or refuse it in its own words.
 *
 * <p>Some features are never refused, as a call does not depend on them. Where they are declared NO, a stream is one piece,
 * arguments of tools come whole, thinking and wishes for the cache are left out and told as adjustments, and nothing is
 * known of tokens before the end.
 */
final class FeatureCases {
    /** A one-pixel PNG. */
    static final String PIXEL =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5" + "ErkJggg==";

    static final String CITY_SCHEMA =
            "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\",\"maxLength\":20},"
                    + "\"large\":{\"type\":\"boolean\"}},\"required\":[\"name\",\"large\"],\"additionalProperties\":false}";

    static final ToolSpec WEATHER = ToolSpec.of(
            "weather",
            "Tells the weather of a city",
            "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},\"required\":[\"city\"]}");

    /** {@code %PDF-1.4} and nothing behind it. */
    private static final String PDF = "JVBERi0xLjQK";

    private final Calls calls;
    private final BackendUnderTest backend;
    private final Capabilities declared;

    FeatureCases(Calls calls, BackendUnderTest backend) {
        this.calls = calls;
        this.backend = backend;
        declared = calls.airframe()
                .adapters()
                .adapter(backend.target().endpoint().kind())
                .capabilities(backend.target());
    }

    /** Runs the call of a feature. */
    void check(Feature feature) {
        Support support = declared.of(feature);
        switch (feature) {
            case CHAT -> taken(support, backend.ask("Why is the sky blue?"), FeatureCases::hasText);
            case STREAM -> stream(support);
            case TOOLS -> taken(support, weather(), FeatureCases::callsWeather);
            case STREAMED_TOOL_ARGUMENTS -> streamedArguments(support);
            case FORCED_TOOL -> taken(support, weather().toolChoice(ToolChoice.REQUIRED), FeatureCases::callsWeather);
            case IMAGES -> taken(support, showing(Part.image("image/png", PIXEL)), FeatureCases::hasText);
            case IMAGE_URLS ->
                taken(support, showing(Part.image(URI.create("https://example.org/a.png"))), FeatureCases::hasText);
            case DOCUMENTS -> taken(support, showing(document()), FeatureCases::hasText);
            case THINKING -> thinking(support);
            case JSON_OBJECT -> taken(support, city(OutputFormat.JSON_OBJECT), FeatureCases::isObject);
            case JSON_SCHEMA ->
                taken(support, city(OutputFormat.jsonSchema("city", CITY_SCHEMA)), FeatureCases::isObject);
            case PROMPT_CACHE -> cache(support);
            case EMBEDDINGS ->
                value(
                        support,
                        () -> calls.embed(backend.target(), List.of("The sea.")),
                        result -> assertThat(result.vectors()).hasSize(1));
            case RERANK ->
                value(
                        support,
                        this::rerank,
                        result -> assertThat(result.ranked()).isNotEmpty());
            case MODELS ->
                value(
                        support,
                        () -> calls.airframe()
                                .models(backend.target(), calls.airframe().newCall()),
                        models -> assertThat(models).isNotEmpty());
            case HEALTH -> health(support);
            case USAGE_IN_STREAM -> usage(support);
            // Who goes on behind tokens does so behind a text.
            case CONTINUE_TEXT, CONTINUE_TOKENS -> goesOn(support);
        }
    }

    private void goesOn(Support support) {
        if (support != Support.YES) {
            // Nobody asks those; whether they refuse it is their own affair.
            return;
        }
        String beginning = "The colors of the rainbow are red,";
        InferenceRequest begun = backend.ask("Name the colors of the rainbow.").build();
        List<Message> turns = new ArrayList<>(begun.messages());
        turns.add(Message.assistant(beginning));
        InferenceResult result =
                calls.answer(backend.target(), begun.toBuilder().messages(turns).build());
        assertThat(result.text()).isNotBlank().doesNotContain(beginning);
    }

    private InferenceRequest.Builder weather() {
        return backend.ask("What is the weather in Paris?").tool(WEATHER);
    }

    private InferenceRequest.Builder city(OutputFormat format) {
        return backend.ask("Describe the city of Paris as JSON.").maxTokens(200).output(format);
    }

    private InferenceRequest.Builder showing(Part part) {
        return backend.ask("Look.").messages(List.of(Message.user(Part.text("What do you see?"), part)));
    }

    private static Part document() {
        return new Part.Document(new Part.MediaSource.Inline("application/pdf", PDF), "a.pdf", VendorData.none(), null);
    }

    private static void hasText(InferenceResult result) {
        assertThat(result.text()).isNotBlank();
    }

    private static void callsWeather(InferenceResult result) {
        assertThat(result.toolCalls()).isNotEmpty().allSatisfy(call -> {
            assertThat(call.name()).isEqualTo("weather");
            assertThat(call.arguments()).containsKey("city");
        });
        assertThat(result.finish()).isEqualTo(FinishReason.TOOL_CALLS);
    }

    private static void isObject(InferenceResult result) {
        if (result.finish() == FinishReason.LENGTH) {
            // A small model finds no end; as far as it came it is JSON.
            assertThat(result.text().strip()).startsWith("{");
        } else {
            assertThat(JsonValues.parse(result.text())).isInstanceOf(Map.class);
        }
    }

    /** Runs a call that is refused where the feature is not there. */
    void taken(Support support, InferenceRequest.Builder asked, Consumer<InferenceResult> proof) {
        InferenceRequest request = asked.build();
        if (support == Support.YES) {
            proof.accept(calls.answer(backend.target(), request));
            return;
        }
        long before = backend.requestsSeen();
        Object end = calls.resultOrFailure(backend.target(), request);
        if (support == Support.NO) {
            assertRefused(end, before);
        } else if (end instanceof InferenceException why) {
            assertOwnWords(why);
        } else {
            InferenceResult result = (InferenceResult) end;
            assertThat(result.text() + result.toolCalls()).isNotEqualTo("[]");
        }
    }

    private void assertRefused(Object end, long seenBefore) {
        assertThat(end).isInstanceOfSatisfying(InferenceException.class, why -> {
            assertThat(why.category()).as(why.toString()).isEqualTo(ErrorCategory.UNSUPPORTED);
            assertThat(why.sent()).isEqualTo(InferenceException.Sent.NOTHING);
        });
        assertThat(backend.requestsSeen()).isEqualTo(seenBefore);
    }

    private static void assertOwnWords(InferenceException why) {
        assertThat(why.category()).as(why.toString()).isIn(ErrorCategory.UNSUPPORTED, ErrorCategory.INVALID_REQUEST);
        if (why.category() == ErrorCategory.INVALID_REQUEST) {
            assertThat(why.origin()).as(why.toString()).isEqualTo(ErrorOrigin.BACKEND);
        }
    }

    private void stream(Support support) {
        List<InferenceEvent> events = calls.events(calls.infer(
                backend.target(), backend.ask("Tell me about the sea.").build()));
        long pieces = events.stream()
                .filter(InferenceEvent.TextDelta.class::isInstance)
                .count();
        switch (support) {
            case YES -> assertThat(pieces).isGreaterThan(1);
            case NO -> assertThat(pieces).isEqualTo(1);
            case UNKNOWN -> assertThat(pieces).isPositive();
        }
    }

    private void streamedArguments(Support support) {
        if (declared.of(Feature.TOOLS) == Support.NO) {
            assertThat(support).as("streamed arguments without tools").isEqualTo(Support.NO);
            taken(Support.NO, weather(), result -> {});
            return;
        }
        List<InferenceEvent> events;
        try {
            events = calls.events(calls.infer(backend.target(), weather().build()));
        } catch (InferenceException why) {
            assertThat(declared.of(Feature.TOOLS)).as(why.toString()).isNotEqualTo(Support.YES);
            assertOwnWords(why);
            return;
        }
        Map<Integer, List<String>> pieces = new LinkedHashMap<>();
        for (InferenceEvent event : events) {
            if (event instanceof InferenceEvent.ToolCallDelta delta) {
                pieces.computeIfAbsent(delta.index(), index -> new ArrayList<>())
                        .add(delta.arguments());
            }
        }
        if (declared.of(Feature.TOOLS) == Support.YES || support == Support.YES) {
            assertThat(pieces).isNotEmpty();
        }
        assertThat(pieces.values())
                .allSatisfy(one ->
                        assertThat(JsonValues.parse(String.join("", one))).isInstanceOf(Map.class));
        if (support == Support.NO) {
            assertThat(pieces.values()).allSatisfy(one -> assertThat(one).hasSize(1));
        } else if (support == Support.YES) {
            assertThat(pieces.values()).anySatisfy(one -> assertThat(one).hasSizeGreaterThan(1));
        }
    }

    private void thinking(Support support) {
        InferenceRequest request = backend.ask("Why is the sky blue?")
                .thinking(ThinkingOptions.of(ThinkingOptions.Effort.MEDIUM))
                .build();
        Object end = calls.resultOrFailure(backend.target(), request);
        if (support == Support.UNKNOWN && end instanceof InferenceException why) {
            assertOwnWords(why);
            return;
        }
        InferenceResult result = result(end);
        assertThat(result.text()).isNotBlank();
        if (support == Support.YES) {
            assertThat(result.thinking()).isNotBlank();
        } else if (support == Support.NO) {
            assertThat(result.thinking()).isEmpty();
            assertAdjusted(result, "thinking");
        }
    }

    private void cache(Support support) {
        Part.Text hinted = new Part.Text("Why is the sky blue?", VendorData.none(), CacheHint.SHORT);
        InferenceRequest request =
                backend.ask("Why?").messages(List.of(Message.user(hinted))).build();
        InferenceResult result = result(calls.resultOrFailure(backend.target(), request));
        assertThat(result.text()).isNotBlank();
        if (support == Support.NO) {
            assertAdjusted(result, "cache");
        } else if (support == Support.YES) {
            assertThat(result.adjustments()).noneMatch(one -> one.what().contains("cache"));
        }
    }

    private static InferenceResult result(Object end) {
        if (end instanceof InferenceResult result) {
            return result;
        }
        throw new AssertionError("it failed: " + end);
    }

    private static void assertAdjusted(InferenceResult result, String what) {
        assertThat(result.adjustments())
                .as("adjustments that name the %s", what)
                .anySatisfy(one -> assertThat(one.what()).contains(what));
    }

    private CompletableFuture<RerankResult> rerank() {
        RerankRequest request = new RerankRequest("sea", List.of("The sea is deep.", "An invoice."), null);
        return calls.airframe()
                .rerank(backend.target(), request, calls.airframe().newCall());
    }

    private interface Asking<T> {
        CompletableFuture<T> ask();
    }

    /** Runs a call that is not an answer to a conversation. */
    private <T> void value(Support support, Asking<T> asking, Consumer<T> proof) {
        if (support == Support.YES) {
            proof.accept(Calls.get(asking.ask()));
            return;
        }
        long before = backend.requestsSeen();
        Object end = Calls.valueOrFailure(asking.ask());
        if (support == Support.NO) {
            assertRefused(end, before);
        } else if (end instanceof InferenceException why) {
            assertThat(why.category())
                    .as(why.toString())
                    .isIn(
                            ErrorCategory.UNSUPPORTED,
                            ErrorCategory.INVALID_REQUEST,
                            ErrorCategory.MODEL_NOT_FOUND,
                            ErrorCategory.SERVER_ERROR);
        } else {
            assertThat(end).isNotNull();
        }
    }

    private void health(Support support) {
        long before = backend.postsSeen();
        HealthState state = Calls.get(
                calls.airframe().health(backend.target(), calls.airframe().newCall()));
        switch (support) {
            case YES -> {
                assertThat(state.status()).as(state.detail()).isEqualTo(HealthState.Status.HEALTHY);
                assertThat(backend.postsSeen()).isEqualTo(before);
            }
            case NO -> assertThat(state.status()).isEqualTo(HealthState.Status.UNKNOWN);
            case UNKNOWN -> assertThat(state.detail()).isNotBlank();
        }
    }

    private void usage(Support support) {
        List<InferenceEvent> events = calls.events(calls.infer(
                backend.target(), backend.ask("Tell me about the sea.").build()));
        assertThat(events.get(events.size() - 1)).isInstanceOfSatisfying(InferenceEvent.Completed.class, end -> {
            TokenCount output = end.usage().outputTotal();
            if (support == Support.YES) {
                assertThat(output.certainty()).isEqualTo(backend.outputTokens());
                assertThat(output.value()).isPositive();
            } else if (support == Support.NO) {
                assertThat(output.certainty()).isNotEqualTo(TokenCount.Certainty.KNOWN);
            }
        });
    }
}
