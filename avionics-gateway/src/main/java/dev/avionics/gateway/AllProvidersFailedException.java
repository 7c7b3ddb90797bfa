package dev.avionics.gateway;

import dev.avionics.airframe.error.InferenceException;
import java.util.List;

/**
 * Every target that a call could go to has failed. Category and all else are the last attempt's; {@link #causes} has the failure
 * of each target, in order, and so have the suppressed exceptions.
 */
public final class AllProvidersFailedException extends InferenceException {
    private static final long serialVersionUID = 1L;

    private final transient List<InferenceException> causes;

    AllProvidersFailedException(InferenceException last, List<InferenceException> causes) {
        super(last.toBuilder()
                .message("all " + causes.size() + " targets failed: " + summary(causes))
                .cause(last));
        this.causes = List.copyOf(causes);
        for (InferenceException cause : causes) {
            if (cause != last) {
                addSuppressed(cause);
            }
        }
    }

    private static String summary(List<InferenceException> causes) {
        StringBuilder text = new StringBuilder();
        for (InferenceException cause : causes) {
            text.append(text.isEmpty() ? "" : "; ")
                    .append(cause.provider().orElse("?"))
                    .append(cause.model()
                            .filter(model -> !model.isEmpty())
                            .map(model -> "/" + model)
                            .orElse(""))
                    .append(": ")
                    .append(cause.category())
                    .append(", ")
                    .append(cause.getMessage());
        }
        return text.toString();
    }

    /** The failures of the targets, in the order in which they were tried; those passed over because they cannot serve the request too. */
    public List<InferenceException> causes() {
        return causes == null ? List.of() : causes;
    }
}
