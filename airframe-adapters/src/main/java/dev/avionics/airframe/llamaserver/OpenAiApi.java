package dev.avionics.airframe.llamaserver;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.ToolChoice;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.EndpointUrls;
import dev.avionics.airframe.llamaserver.completion.NativeApi;
import dev.avionics.airframe.llamaserver.completion.PlainText;
import dev.avionics.airframe.openai.chat.ChatWire;
import dev.avionics.airframe.openai.dialect.Dialect;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.WireScope;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Answers by chat completions; by text completions, whose prompt is the texts alone, when {@code raw_completion} is set. */
final class OpenAiApi {
    private static final String RAW_COMPLETION = "raw_completion";

    private final WireScope scope;
    private final InferenceRequest request;
    private final ChatWire wire;
    private final boolean raw;
    private final Set<Adjustment> adjustments;

    /**
     * An answer to be asked for.
     *
     * @param asked its options hold the defaults that both api types have, and nothing that neither knows
     * @param adjustments what was left out so far; more is added
     */
    OpenAiApi(WireScope scope, InferenceRequest asked, Dialect dialect, Set<Adjustment> adjustments) {
        this.adjustments = adjustments;
        this.scope = scope;
        wire = new ChatWire(dialect, NativeApi.errors(scope));
        raw = isTrue(asked.extra().get(RAW_COMPLETION))
                || isTrue(scope.endpoint().metadata().get(RAW_COMPLETION));
        InferenceRequest.Builder filled = asked.toBuilder();
        if (asked.sampling().stop().isEmpty() && !asked.extra().containsKey("stop")) {
            filled.extra("stop", List.of());
        }
        named(asked, filled);
        request = without(filled.build());
    }

    /** The server takes no notice of a choice by name: the one tool is sent alone, and some tool is required. */
    private void named(InferenceRequest asked, InferenceRequest.Builder filled) {
        ToolChoice choice = asked.toolChoice();
        if (choice == null || choice.mode() != ToolChoice.Mode.TOOL) {
            return;
        }
        List<ToolSpec> one = asked.tools().stream()
                .filter(tool -> tool.name().equals(choice.toolName()))
                .toList();
        if (one.isEmpty()) {
            throw InferenceException.of(
                    ErrorCategory.INVALID_REQUEST,
                    "toolChoice: " + choice.toolName() + " (expected: the name of one of the tools)");
        }
        filled.tools(one).toolChoice(ToolChoice.REQUIRED);
        if (asked.tools().size() > 1) {
            adjustments.add(Adjustment.changed("tools", "only the one that has to be called is sent"));
        }
    }

    private static boolean isTrue(@Nullable Object value) {
        return value != null && value.toString().equals("true");
    }

    /** The request without what is for this class only. */
    private static InferenceRequest without(InferenceRequest request) {
        Map<String, @Nullable Object> extra = new LinkedHashMap<>(request.extra());
        extra.remove(RAW_COMPLETION);
        return new InferenceRequest(
                request.messages(),
                request.tools(),
                request.toolChoice(),
                request.parallelToolCalls(),
                request.output(),
                request.thinking(),
                request.sampling(),
                request.stream(),
                request.context(),
                request.user(),
                extra);
    }

    Exchange<InferenceResult> answer() {
        if (!raw) {
            return chat();
        }
        String prompt = prompt();
        URI url = EndpointUrls.inference(scope.endpoint(), "/v1", "/completions");
        return new Exchange<>(new ArrayList<>(adjustments), wire.completion(scope, url, request, prompt, true));
    }

    private Exchange<InferenceResult> chat() {
        URI url = EndpointUrls.inference(scope.endpoint(), "/v1", "/chat/completions");
        Exchange<InferenceResult> chat = wire.chat(scope, url, request, true);
        adjustments.addAll(chat.adjustments());
        return new Exchange<>(new ArrayList<>(adjustments), chat.first());
    }

    private String prompt() {
        if (!request.tools().isEmpty()) {
            throw InferenceException.of(
                    ErrorCategory.UNSUPPORTED, "tools cannot be sent to text completions (leave out raw_completion)");
        }
        if (request.thinking() != null) {
            adjustments.add(Adjustment.dropped("thinking", "text completions know no templates"));
        }
        List<String> texts = new ArrayList<>();
        for (Message message : request.messages()) {
            texts.add(PlainText.of(message, adjustments));
        }
        return String.join("\n", texts);
    }

    /** The tokens of the prompt: what {@code /apply-template} makes of the whole request, tools included. */
    Exchange<Long> count() {
        if (raw) {
            String prompt = prompt();
            return new Exchange<>(new ArrayList<>(adjustments), NativeApi.tokens(scope, prompt, true));
        }
        for (Message message : request.messages()) {
            if (hasMedia(message.parts())) {
                throw InferenceException.of(
                        ErrorCategory.UNSUPPORTED, "llama-server counts the tokens of texts only, not of images");
            }
        }
        Exchange<InferenceResult> chat = chat();
        return new Exchange<>(
                chat.adjustments(),
                NativeApi.template(
                        scope,
                        chat.first().call().body(),
                        () -> PlainText.tagged(request.messages(), new ArrayList<>()),
                        prompt -> NativeApi.tokens(scope, prompt, true)));
    }

    private static boolean hasMedia(List<Part> parts) {
        return parts.stream()
                .anyMatch(part -> part instanceof Part.Image
                        || part instanceof Part.Document
                        || (part instanceof Part.ToolResult result && hasMedia(result.content())));
    }
}
