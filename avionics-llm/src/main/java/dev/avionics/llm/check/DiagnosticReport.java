package dev.avionics.llm.check;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.llm.settings.ApiType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How every path of a backend answered.
 *
 * @param address where it was looked for, without secrets
 * @param apiType what the answers say that it speaks, such as {@code ollama-chat}; empty if they do not say
 * @param probes the answers
 */
public record DiagnosticReport(String address, String apiType, List<Probe> probes) {
    private static final Map<String, Set<String>> PATHS = Map.of(
            ApiType.NATIVE.id(), Set.of("/props", "/v1/models", "/v1/chat/completions"),
            ApiType.OLLAMA_CHAT.id(), Set.of("/api/tags", "/api/chat"),
            ApiType.OLLAMA_GENERATE.id(), Set.of("/api/tags", "/api/generate"),
            ApiType.OPENAI.id(), Set.of("/v1/models", "/v1/chat/completions"));

    public DiagnosticReport {
        requireNonNull(address, "address");
        requireNonNull(apiType, "apiType");
        probes = List.copyOf(probes);
    }

    /**
     * The answer of one path.
     *
     * @param method GET or POST
     * @param path such as {@code /api/tags}
     * @param status the HTTP status; 0 if there was no answer
     * @param answer the start of the answer, or why there is none; without secrets
     * @param hint what to do; empty if nothing
     */
    public record Probe(String method, String path, int status, String answer, String hint) {
        public Probe {
            requireNonNull(method, "method");
            requireNonNull(path, "path");
            requireNonNull(answer, "answer");
            requireNonNull(hint, "hint");
        }

        private boolean isRefused() {
            return status == 401 || status == 403 || status == 407;
        }

        /** Whether the path is not there, which is as it should be for those of other APIs. */
        private boolean isMissing() {
            return status == 404 || status == 405;
        }

        private String outcome() {
            return status == 0 ? answer : String.valueOf(status);
        }
    }

    /** Whether the backend can be used: it speaks a known API, of which one path is in order, and none refuses us. */
    public boolean isUsable() {
        List<Probe> own = probes.stream()
                .filter(probe -> PATHS.getOrDefault(apiType, Set.of()).contains(probe.path()))
                .toList();
        return own.stream()
                        .anyMatch(probe -> probe.status() != 0 && probe.hint().isEmpty())
                && own.stream().noneMatch(Probe::isRefused);
    }

    /** What is wrong and what to do about it, each said once; empty if the backend can be used. */
    public List<String> advice() {
        if (isUsable()) {
            return List.of();
        }
        List<String> hints = probes.stream()
                .filter(probe -> !probe.isMissing() && !probe.hint().isEmpty())
                .map(Probe::hint)
                .distinct()
                .toList();
        return hints.isEmpty()
                ? List.of(
                        "Something answers, but with no API that is known here: is the address right, or is a proxy between?")
                : hints;
    }

    /** The answer of a path; empty if it was not asked. */
    public Optional<Probe> probe(String path) {
        return probes.stream().filter(probe -> probe.path().equals(path)).findFirst();
    }

    /** The report as a JSON object. */
    public String toJson() {
        JsonWriter json = new JsonWriter().beginObject();
        json.field("address", address).field("api_type", apiType).name("probes").beginArray();
        for (Probe probe : probes) {
            json.beginObject()
                    .field("method", probe.method())
                    .field("path", probe.path())
                    .field("status", probe.status())
                    .field("answer", probe.answer())
                    .field("hint", probe.hint())
                    .endObject();
        }
        return json.endArray().endObject().toString();
    }

    /** The report for people: what is wrong and what to do, then one line for each path; one for all if all end the same way. */
    public String text() {
        StringBuilder text = new StringBuilder(address)
                .append(": ")
                .append(apiType.isEmpty() ? "no known API" : "speaks " + apiType);
        advice().forEach(hint -> text.append("\n  ").append(hint));
        if (probes.stream().map(Probe::outcome).distinct().count() == 1) {
            return text.append("\n  Every path: ")
                    .append(probes.get(0).outcome())
                    .toString();
        }
        for (Probe probe : probes) {
            text.append("\n  ")
                    .append(probe.method())
                    .append(' ')
                    .append(probe.path())
                    .append(": ")
                    .append(probe.outcome());
        }
        return text.toString();
    }
}
