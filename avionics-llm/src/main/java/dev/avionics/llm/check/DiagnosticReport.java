package dev.avionics.llm.check;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.json.JsonWriter;
import java.util.List;
import java.util.Optional;

/**
 * How every path of a backend answered.
 *
 * @param address where it was looked for, without secrets
 * @param apiType what the answers say that it speaks, such as {@code ollama-chat}; empty if they do not say
 * @param probes the answers
 */
public record DiagnosticReport(String address, String apiType, List<Probe> probes) {
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

    /** The report for people: one line for each path, and its hint below it. */
    public String text() {
        StringBuilder text = new StringBuilder(address)
                .append(": ")
                .append(apiType.isEmpty() ? "no known API" : "speaks " + apiType);
        for (Probe probe : probes) {
            text.append("\n  ")
                    .append(probe.method())
                    .append(' ')
                    .append(probe.path())
                    .append(": ");
            text.append(probe.status() == 0 ? probe.answer() : String.valueOf(probe.status()));
            if (!probe.hint().isEmpty()) {
                text.append("\n    ").append(probe.hint());
            }
        }
        return text.toString();
    }
}
