package dev.avionics.llm.telemetry;

import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Role;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.VendorData;
import dev.avionics.llm.telemetry.GenAiSemconv.Attribute;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.logs.LogRecordBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Prompts and answers on their way into spans and events: first redacted, then past the hook, then cut. */
final class ContentRecorder {
    private static final Logger LOG = LoggerFactory.getLogger(LLMTelemetry.class);

    private final TelemetryOptions options;
    private final MessageTrees trees;

    ContentRecorder(TelemetryOptions options) {
        this.options = options;
        trees = new MessageTrees(options.messageBytes());
    }

    /** Whether anybody wants to know what was said. */
    boolean isOn() {
        return options.content() != ContentMode.NO_CONTENT || options.hook() != null;
    }

    /** What is to be recorded of a call; null for nothing. */
    @Nullable
    CapturedContent captured(InferenceRequest request, @Nullable Message answer, String traceId) {
        try {
            List<Message> instructions = new ArrayList<>();
            List<Message> input = new ArrayList<>();
            for (Message message : request.messages()) {
                (message.role() == Role.SYSTEM ? instructions : input).add(redacted(message));
            }
            List<Message> output = answer == null || answer.parts().isEmpty() ? List.of() : List.of(redacted(answer));
            CapturedContent content =
                    new CapturedContent(instructions, input, output, redactedTools(request.tools()), null);
            ContentHook hook = options.hook();
            return hook == null ? content : hook.ended(content, traceId);
        } catch (RuntimeException e) {
            LOG.warn("content_error: what was said in a call is recorded nowhere", e);
            return null;
        }
    }

    private List<ToolSpec> redactedTools(List<ToolSpec> tools) {
        UnaryOperator<String> redactor = options.redactor();
        return tools.stream()
                .map(tool -> new ToolSpec(
                        tool.name(), redactor.apply(tool.description()), tool.parametersJson(), tool.strict()))
                .toList();
    }

    private Message redacted(Message message) {
        return new Message(
                message.role(),
                message.parts().stream().map(this::redacted).toList(),
                message.name(),
                message.createdAt());
    }

    /** Without vendor data too: nobody knows what is in it. */
    private Part redacted(Part part) {
        UnaryOperator<String> redactor = options.redactor();
        return part.fold(
                text -> new Part.Text(redactor.apply(text.text())),
                image -> new Part.Image(image.source()),
                thinking -> new Part.Thinking(redactor.apply(thinking.text())),
                call -> new Part.ToolCall(call.id(), call.name(), redactor.apply(call.argumentsJson())),
                result -> new Part.ToolResult(result.callId(), result.name(), redactor.apply(result.text())),
                other -> {
                    if (other instanceof Part.Refusal refusal) {
                        return new Part.Refusal(redactor.apply(refusal.text()));
                    }
                    if (other instanceof Part.Document document) {
                        return new Part.Document(document.source(), document.title(), VendorData.none(), null);
                    }
                    return new Part.Opaque("opaque", VendorData.none(), null);
                });
    }

    /** The content by attribute, as trees; without what is empty. */
    Map<Attribute, List<Object>> trees(CapturedContent content, String finishReason) {
        Map<Attribute, List<Object>> found = new LinkedHashMap<>();
        // The newest conventions have it in an attribute only.
        String inMessage = options.semconv() == SemconvVersion.V1_41 ? finishReason : null;
        put(found, Attribute.SYSTEM_INSTRUCTIONS, trees.instructions(content.instructions()));
        put(found, Attribute.INPUT_MESSAGES, trees.messages(content.input(), null));
        put(found, Attribute.OUTPUT_MESSAGES, trees.messages(content.output(), inMessage));
        put(found, Attribute.TOOL_DEFINITIONS, MessageTrees.tools(content.tools()));
        return found;
    }

    private static void put(Map<Attribute, List<Object>> found, Attribute attribute, List<Object> tree) {
        if (!tree.isEmpty()) {
            found.put(attribute, tree);
        }
    }

    /** Spans take texts only. */
    void onSpan(Map<Attribute, List<Object>> content, GenAiSemconv.Sink span) {
        content.forEach((attribute, tree) -> attribute.put(options.semconv(), span, MessageTrees.json(tree)));
    }

    /** Events keep the structure. */
    void onEvent(Map<Attribute, List<Object>> content, LogRecordBuilder event) {
        content.forEach((attribute, tree) -> {
            for (AttributeKey<?> key : attribute.keys(options.semconv())) {
                event.setAttribute(AttributeKey.valueKey(key.getKey()), value(tree));
            }
        });
    }

    private static Value<?> value(@Nullable Object tree) {
        if (tree instanceof Map<?, ?> map) {
            Map<String, Value<?>> values = new LinkedHashMap<>();
            map.forEach((key, each) -> values.put(String.valueOf(key), value(each)));
            return Value.of(values);
        }
        if (tree instanceof List<?> list) {
            List<Value<?>> values = new ArrayList<>(list.size());
            list.forEach(each -> values.add(value(each)));
            return Value.of(values);
        }
        if (tree instanceof Boolean bool) {
            return Value.of(bool.booleanValue());
        }
        if (tree instanceof Long || tree instanceof Integer) {
            return Value.of(((Number) tree).longValue());
        }
        if (tree instanceof Double real) {
            return Value.of(real.doubleValue());
        }
        return Value.of(String.valueOf(tree));
    }
}
