package dev.avionics.airframe.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.CapabilityCheck;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.spi.Credential;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.WireProtocol;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The requests of one backend against the committed ones in {@code src/test/resources/golden/NAME}. Written anew with
 * {@code -Davionics.golden.update=true}: then read the difference before it is committed.
 */
public abstract class GoldenRequestContract {
    private static final Path ROOT = Path.of("src/test/resources/golden");

    /** The folder's name. */
    protected abstract String name();

    /** What is tested. */
    protected abstract WireProtocol protocol();

    /** Where it speaks to. */
    protected abstract EndpointSpec endpoint();

    /** A model that takes as much as possible. */
    protected abstract String model();

    /** What the backend itself thought before, with its vendor data. */
    protected Part.Thinking thinking() {
        return new Part.Thinking("I need the weather.");
    }

    /** The JSON bodies that answer the first requests of a protocol with several; the requests that follow are committed too. */
    protected List<String> answers() {
        return List.of();
    }

    @TestFactory
    List<DynamicTest> requests_ofEachCase_areTheCommittedOnes() {
        List<DynamicTest> tests = new ArrayList<>();
        GoldenCases.of(thinking())
                .forEach((name, request) ->
                        tests.add(DynamicTest.dynamicTest(name() + " " + name, () -> check(name, request))));
        return tests;
    }

    private void check(String name, InferenceRequest request) throws IOException {
        Path file = ROOT.resolve(name()).resolve(name + ".json");
        String now = pretty(told(request), 0) + "\n";
        if (Boolean.getBoolean("avionics.golden.update")) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, now);
        }
        assertThat(now).isEqualTo(Files.readString(file));
    }

    private Map<String, @Nullable Object> told(InferenceRequest request) {
        Map<String, @Nullable Object> told = new LinkedHashMap<>();
        Target target = new Target(endpoint(), model());
        InferenceException refusal =
                CapabilityCheck.refuse(protocol().capabilities(endpoint(), model()), request, target);
        Exchange<InferenceResult> exchange = null;
        if (refusal == null) {
            try {
                exchange = protocol().inference(Dialogue.scope(endpoint(), model()), request);
            } catch (InferenceException why) {
                refusal = why;
            }
        }
        if (exchange == null || refusal != null) {
            told.put("refused", refusal == null ? "" : String.valueOf(refusal.getMessage()));
            return told;
        }
        put(told, exchange.first().call());
        List<Adjustment> adjustments = exchange.adjustments();
        told.put(
                "adjustments",
                adjustments.stream()
                        .map(one -> one.action().name().toLowerCase(java.util.Locale.ROOT) + " " + one.what())
                        .toList());
        told.put("body", body(exchange.first().call()));
        Dialogue<InferenceResult> dialogue = Dialogue.of(exchange);
        List<Object> next = new ArrayList<>();
        for (String answer : answers()) {
            dialogue.answer(200, "application/json", answer);
            HttpCall call = dialogue.sent().get(dialogue.sent().size() - 1);
            Map<String, @Nullable Object> one = new LinkedHashMap<>();
            put(one, call);
            one.put("body", body(call));
            next.add(one);
        }
        if (!next.isEmpty()) {
            told.put("next", next);
        }
        return told;
    }

    private void put(Map<String, @Nullable Object> told, HttpCall finished) {
        HttpCall call = protocol().authorize(finished, endpoint(), Credential.key(Secret.of("test-key")));
        told.put("request", call.method() + " " + call.uri());
        told.put("headers", new TreeMap<>(call.headers()));
    }

    private static @Nullable Object body(HttpCall call) {
        return JsonValues.parse(new String(call.body(), StandardCharsets.UTF_8));
    }

    private static String pretty(@Nullable Object value, int depth) {
        String inner = "  ".repeat(depth + 1);
        String outer = "  ".repeat(depth);
        if (value instanceof Map<?, ?> map && !map.isEmpty()) {
            List<String> lines = new ArrayList<>();
            map.forEach((name, one) -> lines.add(inner + JsonValues.write(name) + ": " + pretty(one, depth + 1)));
            return "{\n" + String.join(",\n", lines) + "\n" + outer + "}";
        }
        if (value instanceof List<?> list && !list.isEmpty()) {
            List<String> lines = new ArrayList<>();
            list.forEach(one -> lines.add(inner + pretty(one, depth + 1)));
            return "[\n" + String.join(",\n", lines) + "\n" + outer + "]";
        }
        return JsonValues.write(value);
    }
}
