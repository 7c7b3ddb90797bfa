package dev.avionics.examples;

import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.llm.client.LLMClient;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A memory of facts: taken from conversations, held against each other, found again by what they mean. For one thread. */
public final class MemoryExample {
    private static final double NEAR = 0.5;

    private record Fact(String text, float[] vector) {}

    private final LLMClient client;
    private final List<Fact> facts = new ArrayList<>();

    /** An empty memory that thinks with a client. */
    public MemoryExample(LLMClient client) {
        this.client = client;
    }

    // extract
    /** The facts about the user in a conversation. */
    public List<String> extractFacts(String conversation) {
        String answer = client.complete(
                "Extract the facts about the user from this conversation: " + conversation,
                "Answer with a JSON list of short sentences, and nothing else.",
                0.1);
        try {
            return JsonValues.parse(answer) instanceof List<?> list
                    ? list.stream().map(String::valueOf).toList()
                    : List.of();
        } catch (InferenceException noJson) {
            // A model that chats instead of listing has found nothing that can be relied on.
            return List.of();
        }
    }
    // end

    // remember
    /** Keeps a fact; false if there is no vector for it, for it would never be found again. */
    public boolean remember(String fact) {
        float[] vector = client.embedOrEmpty(fact);
        if (vector.length == 0) {
            return false;
        }
        facts.add(new Fact(fact, vector));
        return true;
    }

    /** The facts that are nearest to a text, the nearest first. */
    public List<String> recall(String text, int most) {
        float[] wanted = client.embedOrEmpty(text);
        if (wanted.length == 0) {
            return List.of();
        }
        return facts.stream()
                .sorted(Comparator.comparingDouble((Fact fact) -> cosine(fact.vector, wanted))
                        .reversed())
                .limit(most)
                .map(Fact::text)
                .toList();
    }
    // end

    // contradicts
    /** The fact, of those near to a new one, that cannot be true together with it. */
    public Optional<String> contradiction(String fact) {
        float[] wanted = client.embedOrEmpty(fact);
        return facts.stream()
                .filter(known -> wanted.length == 0 || cosine(known.vector, wanted) > -NEAR)
                .map(Fact::text)
                .filter(known -> contradicts(known, fact))
                .findFirst();
    }

    private boolean contradicts(String known, String fact) {
        String answer = client.complete(
                "Can both be true? 1. " + known + " 2. " + fact, "Answer with yes or no, and nothing else.", 0.0);
        return answer.strip().toLowerCase(Locale.ROOT).startsWith("no");
    }
    // end

    /** How many facts there are. */
    public int size() {
        return facts.size();
    }

    private static double cosine(float[] a, float[] b) {
        double product = 0;
        double lengthA = 0;
        double lengthB = 0;
        for (int i = 0; i < Math.min(a.length, b.length); i++) {
            product += a[i] * b[i];
            lengthA += a[i] * a[i];
            lengthB += b[i] * b[i];
        }
        return product / Math.sqrt(lengthA * lengthB);
    }
}
