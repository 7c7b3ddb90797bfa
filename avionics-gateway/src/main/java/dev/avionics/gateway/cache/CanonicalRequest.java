package dev.avionics.gateway.cache;

import dev.avionics.airframe.CacheHint;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Sampling;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.ToolChoice;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.VendorData;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes a request so that two requests give the same bytes if and only if a backend is asked the same: everything but whether the
 * answer is streamed and when a message was said. Maps are in the order of their keys, everything else in the request's.
 *
 * <p>Enum constants go by their names: their order may change from one version to the next, and entries outlive a version.
 */
final class CanonicalRequest {
    private final FieldWriter out;

    CanonicalRequest(FieldWriter out) {
        this.out = out;
    }

    void write(InferenceRequest request) {
        out.number(request.messages().size());
        request.messages().forEach(this::message);
        out.number(request.tools().size());
        request.tools().forEach(this::tool);
        toolChoice(request.toolChoice());
        truth(request.parallelToolCalls());
        output(request.output());
        thinking(request.thinking());
        sampling(request.sampling());
        integer(request.context());
        out.textOrNull(request.user());
        value(request.extra());
    }

    private void message(Message message) {
        out.text(message.role().name()).textOrNull(message.name());
        parts(message.parts());
    }

    private void parts(List<Part> parts) {
        out.number(parts.size());
        parts.forEach(this::part);
    }

    private void part(Part part) {
        if (part instanceof Part.Text text) {
            out.tag(1).text(text.text());
        } else if (part instanceof Part.Image image) {
            out.tag(2);
            source(image.source());
        } else if (part instanceof Part.Document document) {
            out.tag(3).textOrNull(document.title());
            source(document.source());
        } else if (part instanceof Part.Thinking thinking) {
            out.tag(4).text(thinking.text());
        } else if (part instanceof Part.ToolCall call) {
            out.tag(5).text(call.id()).text(call.name()).text(call.argumentsJson());
        } else if (part instanceof Part.ToolResult result) {
            out.tag(6).text(result.callId()).textOrNull(result.name()).flag(result.isError());
            parts(result.content());
        } else if (part instanceof Part.Refusal refusal) {
            out.tag(7).text(refusal.text());
        } else if (part instanceof Part.Opaque opaque) {
            out.tag(8).text(opaque.type());
        } else {
            throw unknown("part", part);
        }
        vendor(part.vendor());
        CacheHint hint = part.cache();
        out.textOrNull(hint == null ? null : hint.name());
    }

    private void source(Part.MediaSource source) {
        if (source instanceof Part.MediaSource.Inline inline) {
            out.tag(1).text(inline.mediaType()).text(inline.base64());
        } else if (source instanceof Part.MediaSource.Url url) {
            out.tag(2).text(url.url().toString()).textOrNull(url.mediaType());
        } else if (source instanceof Part.MediaSource.FileId file) {
            out.tag(3).text(file.vendor()).text(file.id());
        } else {
            throw unknown("source", source);
        }
    }

    private static IllegalStateException unknown(String what, Object value) {
        return new IllegalStateException(
                what + ": " + value.getClass().getSimpleName() + " (expected: one that is known)");
    }

    private void vendor(VendorData data) {
        out.number(data.json().size());
        new TreeMap<>(data.json()).forEach((vendor, json) -> out.text(vendor).text(json));
    }

    private void tool(ToolSpec tool) {
        out.text(tool.name())
                .text(tool.description())
                .text(tool.parametersJson())
                .flag(tool.strict());
    }

    private void toolChoice(@Nullable ToolChoice choice) {
        out.flag(choice != null);
        if (choice != null) {
            out.text(choice.mode().name()).textOrNull(choice.toolName());
        }
    }

    private void output(OutputFormat output) {
        out.text(output.kind().name())
                .textOrNull(output.name())
                .textOrNull(output.schemaJson())
                .flag(output.strict());
    }

    private void thinking(@Nullable ThinkingOptions thinking) {
        out.flag(thinking != null);
        if (thinking != null) {
            out.text(thinking.effort().name());
            integer(thinking.budgetTokens());
        }
    }

    private void sampling(Sampling sampling) {
        decimal(sampling.temperature());
        decimal(sampling.topP());
        integer(sampling.topK());
        decimal(sampling.minP());
        integer(sampling.maxTokens());
        out.number(sampling.stop().size());
        sampling.stop().forEach(out::text);
        integer(sampling.seed());
        decimal(sampling.presencePenalty());
        decimal(sampling.frequencyPenalty());
        decimal(sampling.repeatPenalty());
    }

    private void truth(@Nullable Boolean value) {
        out.tag(value == null ? 0 : value ? 1 : 2);
    }

    private void integer(@Nullable Number value) {
        out.flag(value != null);
        if (value != null) {
            out.number(value.longValue());
        }
    }

    private void decimal(@Nullable Double value) {
        out.flag(value != null);
        if (value != null) {
            out.number(Double.doubleToLongBits(value));
        }
    }

    /** A value of the free fields. Numbers are the same if their JSON is: 1 of any type, but not 1.0. */
    private void value(@Nullable Object value) {
        if (value == null) {
            out.tag(0);
        } else if (value instanceof String text) {
            out.tag(1).text(text);
        } else if (value instanceof Boolean truth) {
            out.tag(2).flag(truth);
        } else if (value instanceof Number number) {
            out.tag(3).text(json(number));
        } else if (value instanceof Map<?, ?> map) {
            out.tag(4).number(map.size());
            Map<String, @Nullable Object> sorted = new TreeMap<>();
            map.forEach((name, element) -> sorted.put(String.valueOf(name), element));
            sorted.forEach((name, element) -> {
                out.text(name);
                value(element);
            });
        } else if (value instanceof List<?> list) {
            out.tag(5).number(list.size());
            list.forEach(this::value);
        } else {
            throw unknown("extra", value);
        }
    }

    private static String json(Number number) {
        boolean whole = number instanceof Integer
                || number instanceof Long
                || number instanceof Short
                || number instanceof Byte
                || number instanceof BigInteger;
        return whole ? number.toString() : "." + number;
    }
}
