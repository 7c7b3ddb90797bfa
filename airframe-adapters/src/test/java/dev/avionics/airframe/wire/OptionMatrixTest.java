package dev.avionics.airframe.wire;

import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Sampling;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.ToolChoice;
import dev.avionics.airframe.ToolSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Every option of a request changes what is sent, or an adjustment names it, or it is refused: at every backend. The outcomes are
 * the committed ones in {@code src/test/resources/matrix/options.tsv}.
 */
class OptionMatrixTest {
    private static final ToolSpec CLOCK = ToolSpec.of("clock", "Tells the time");
    private static final Map<String, UnaryOperator<InferenceRequest.Builder>> OPTIONS = options();

    /** What the request holds already when the option is added. */
    private static final Map<String, UnaryOperator<InferenceRequest.Builder>> BEFORE = Map.of(
            "thinking-budget", request -> request.thinking(ThinkingOptions.of(ThinkingOptions.Effort.HIGH)),
            "tool-choice-none", request -> request.tool(CLOCK),
            "tool-choice-required", request -> request.tool(CLOCK));

    private static Map<String, UnaryOperator<InferenceRequest.Builder>> options() {
        Map<String, UnaryOperator<InferenceRequest.Builder>> all = new LinkedHashMap<>();
        all.put("temperature", request -> request.temperature(0.5));
        all.put("top-p", request -> sampled(request, Sampling.builder().topP(0.5)));
        all.put("top-k", request -> sampled(request, Sampling.builder().topK(30)));
        all.put("min-p", request -> sampled(request, Sampling.builder().minP(0.05)));
        all.put("max-tokens", request -> request.maxTokens(1234));
        all.put("stop", request -> sampled(request, Sampling.builder().stop(List.of("END"))));
        all.put("seed", request -> sampled(request, Sampling.builder().seed(7L)));
        all.put(
                "presence-penalty",
                request -> sampled(request, Sampling.builder().presencePenalty(0.5)));
        all.put(
                "frequency-penalty",
                request -> sampled(request, Sampling.builder().frequencyPenalty(0.5)));
        all.put("repeat-penalty", request -> sampled(request, Sampling.builder().repeatPenalty(1.3)));
        all.put("user", request -> request.user("user-1"));
        all.put("context", request -> request.context(16_384));
        all.put("output-json", request -> request.output(OutputFormat.JSON_OBJECT));
        all.put("thinking", request -> request.thinking(ThinkingOptions.of(ThinkingOptions.Effort.HIGH)));
        all.put("thinking-none", request -> request.thinking(ThinkingOptions.of(ThinkingOptions.Effort.NONE)));
        all.put("thinking-budget", request -> request.thinking(new ThinkingOptions(ThinkingOptions.Effort.HIGH, 2048)));
        all.put("tools", request -> request.tool(CLOCK));
        all.put("tool-choice-none", request -> request.toolChoice(ToolChoice.NONE));
        all.put("tool-choice-required", request -> request.toolChoice(ToolChoice.REQUIRED));
        return all;
    }

    private static InferenceRequest.Builder sampled(InferenceRequest.Builder request, Sampling.Builder options) {
        return request.sampling(options.build());
    }

    @TestFactory
    @Tag("row-3")
    List<DynamicTest> options_ofARequest_areSentOrNamed() throws IOException {
        List<String> head = new ArrayList<>(List.of("backend"));
        head.addAll(OPTIONS.keySet());
        CommittedTable table = new CommittedTable("options.tsv", 1, head);
        for (MatrixBackend backend : MatrixBackend.ALL) {
            List<String> cells = new ArrayList<>(List.of(backend.name()));
            List<String> faults = new ArrayList<>();
            OPTIONS.forEach((name, option) -> {
                InferenceRequest before = BEFORE.getOrDefault(name, UnaryOperator.identity())
                        .apply(InferenceRequest.of("Hello").toBuilder())
                        .build();
                Sent plain = backend.send(before);
                Sent sent = backend.send(option.apply(before.toBuilder()).build());
                String word = name.startsWith("tool-choice")
                        ? "toolchoice"
                        : name.split("-(?=none|budget|json)")[0].replace("-", "");
                cells.add(sent.outcome(name, plain, List.of(word), List.of(), faults));
            });
            table.row(cells, faults);
        }
        return table.tests();
    }
}
