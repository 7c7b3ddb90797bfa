package dev.avionics.llm.check;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * Whether a backend can be reached.
 *
 * @param ok whether it answers and lists its models
 * @param status the HTTP status of its answer; 0 if there was none
 * @param address where it was looked for, without secrets
 * @param models what it offers
 * @param hints what to do if it is not ok; without secrets
 */
public record ConnectionReport(boolean ok, int status, String address, List<String> models, List<String> hints) {
    public ConnectionReport {
        requireNonNull(address, "address");
        models = List.copyOf(models);
        hints = List.copyOf(hints);
    }

    /** The report for people, one line for each thing. */
    public String text() {
        StringBuilder text = new StringBuilder();
        if (ok) {
            text.append("Connected to ").append(address).append(". Models: ");
            text.append(models.isEmpty() ? "(none)" : String.join(", ", models));
        } else {
            text.append("Cannot use ").append(address).append(": ");
            text.append(status == 0 ? "no answer" : "HTTP " + status);
        }
        hints.forEach(hint -> text.append('\n').append(hint));
        return text.toString();
    }
}
