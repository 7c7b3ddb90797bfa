package dev.avionics.llm.node;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.llm.node.NodeLoad.Reading;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what servers tell of their load. What is none of the known formats fails with PARSE. */
final class LoadFormats {
    private static final String VLLM_RUNNING = "vllm:num_requests_running";
    private static final String VLLM_WAITING = "vllm:num_requests_waiting";
    /** The same by their reasons; in some versions beside the sum, in some in place of it. */
    private static final String VLLM_WAITING_PARTS = "vllm:num_requests_waiting_by_reason";

    private static final List<String> VLLM_KV = List.of("vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc");
    private static final String LLAMA_RUNNING = "llamacpp:requests_processing";
    private static final String LLAMA_WAITING = "llamacpp:requests_deferred";

    private LoadFormats() {}

    /** The values of one name, of all engines or models of a server. */
    private static final class Series {
        private double sum;
        private int count;

        private double mean() {
            return Math.min(1, sum / count);
        }
    }

    /** The answer to llama-server's {@code GET /slots}. Calls that wait for a slot are not in it. */
    static Reading slots(ByteBuffer body) {
        JsonReader json = JsonReader.of(body);
        if (!json.enterArray()) {
            throw InferenceException.of(ErrorCategory.PARSE, "GET /slots: no list of slots");
        }
        int running = 0;
        while (json.nextElement()) {
            Boolean works = works(json);
            if (works == null) {
                throw InferenceException.of(ErrorCategory.PARSE, "GET /slots: a slot without is_processing");
            }
            running += works ? 1 : 0;
        }
        json.finish();
        return new Reading(running, 0);
    }

    private static @Nullable Boolean works(JsonReader json) {
        Boolean works = null;
        if (json.enterObject()) {
            while (json.nextField()) {
                if (json.field().equals("is_processing")) {
                    works = json.booleanOrNull();
                }
            }
        }
        return works;
    }

    /** The answer to {@code GET /metrics} of vLLM or llama-server, in Prometheus' text format. */
    static Reading metrics(ByteBuffer body) {
        Map<String, Series> found = new HashMap<>();
        StandardCharsets.UTF_8.decode(body.duplicate()).toString().lines().forEach(line -> take(line, found));
        Series running = found.get(VLLM_RUNNING);
        if (running != null) {
            Series waiting = found.containsKey(VLLM_WAITING) ? found.get(VLLM_WAITING) : found.get(VLLM_WAITING_PARTS);
            return new Reading(calls(running), calls(waiting), kvUsage(found));
        }
        running = found.get(LLAMA_RUNNING);
        if (running != null) {
            return new Reading(calls(running), calls(found.get(LLAMA_WAITING)));
        }
        throw InferenceException.of(
                ErrorCategory.PARSE, "GET /metrics: neither " + VLLM_RUNNING + " nor " + LLAMA_RUNNING + " is there");
    }

    private static double kvUsage(Map<String, Series> found) {
        for (String name : VLLM_KV) {
            Series usage = found.get(name);
            if (usage != null) {
                return usage.mean();
            }
        }
        return 0;
    }

    private static int calls(@Nullable Series series) {
        return series == null ? 0 : (int) Math.min(1_000_000, Math.round(series.sum));
    }

    /** Takes {@code name{labels} value time}, labels and time optional, if the name is of interest and the value a number. */
    private static void take(String line, Map<String, Series> found) {
        if (!line.startsWith("vllm:") && !line.startsWith("llamacpp:")) {
            return;
        }
        int end = 0;
        while (end < line.length() && "{ \t".indexOf(line.charAt(end)) < 0) {
            end++;
        }
        int rest = end < line.length() && line.charAt(end) == '{' ? afterLabels(line, end) : end;
        double value = number(line.substring(rest).strip().split("\\s+", 2)[0]);
        if (value >= 0) {
            Series series = found.computeIfAbsent(line.substring(0, end), name -> new Series());
            series.sum += value;
            series.count++;
        }
    }

    /** Where the labels are over, whose values are in quotes and may hold anything. */
    private static int afterLabels(String line, int from) {
        boolean quoted = false;
        for (int at = from; at < line.length(); at++) {
            char c = line.charAt(at);
            if (quoted && c == '\\') {
                at++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == '}' && !quoted) {
                return at + 1;
            }
        }
        return line.length();
    }

    /** A number that can count something, or -1. */
    private static double number(String word) {
        try {
            double value = Double.parseDouble(word);
            return Double.isFinite(value) ? value : -1;
        } catch (NumberFormatException other) {
            return -1;
        }
    }
}
