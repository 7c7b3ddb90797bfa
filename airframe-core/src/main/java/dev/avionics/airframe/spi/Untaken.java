package dev.avionics.airframe.spi;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Sampling;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells what a backend has no place for, so that nothing is left out in silence. For protocols that know which few options and
 * parts they send; what they refuse by their capabilities does not come here.
 */
public final class Untaken {
    private Untaken() {}

    /**
     * Tells every option that a request sets and the backend does not take.
     *
     * @param taken the options that are sent, by the names of {@link Sampling} and {@link InferenceRequest}; the tools, the
     *     output format and the extra fields are not among them
     * @param who whose request it is, such as {@code the oracle}
     */
    public static void options(InferenceRequest request, Set<String> taken, String who, List<Adjustment> adjustments) {
        Sampling sampling = request.sampling();
        Map<String, @Nullable Object> set = new LinkedHashMap<>();
        set.put("temperature", sampling.temperature());
        set.put("topP", sampling.topP());
        set.put("topK", sampling.topK());
        set.put("minP", sampling.minP());
        set.put("maxTokens", sampling.maxTokens());
        set.put("stop", sampling.stop().isEmpty() ? null : sampling.stop());
        set.put("seed", sampling.seed());
        set.put("presencePenalty", sampling.presencePenalty());
        set.put("frequencyPenalty", sampling.frequencyPenalty());
        set.put("repeatPenalty", sampling.repeatPenalty());
        set.put("thinking", request.thinking());
        set.put("parallelToolCalls", request.parallelToolCalls());
        set.put("context", request.context());
        set.put("user", request.user());
        set.forEach((name, value) -> {
            if (value != null && !taken.contains(name)) {
                adjustments.add(Adjustment.dropped(name, who + " has no such option"));
            }
        });
    }

    /**
     * Tells every part of a conversation that is of no kind which the backend takes, and names of speakers.
     *
     * @param taken the kinds that are sent
     * @param who whose request it is
     */
    public static void parts(
            List<Message> messages, Set<Class<? extends Part>> taken, String who, List<Adjustment> adjustments) {
        for (Message message : messages) {
            if (message.name() != null) {
                adjustments.add(Adjustment.dropped("message.name", who + " takes no names of speakers"));
            }
            for (Part part : message.parts()) {
                if (!taken.contains(part.getClass())) {
                    adjustments.add(Adjustment.dropped(part, who + " has no place for it"));
                }
            }
        }
    }
}
