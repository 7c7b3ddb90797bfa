package dev.avionics.airframe;

import java.util.EnumMap;
import java.util.Map;

/** What a model at an endpoint can do. What is not said is UNKNOWN, and UNKNOWN is tried. */
public final class Capabilities {
    /** Things that a backend may or may not do. */
    public enum Feature {
        /** Answers to conversations. */
        CHAT,
        /** Answers piece by piece. */
        STREAM,
        /** Tool calls. */
        TOOLS,
        /** Arguments of tool calls piece by piece. */
        STREAMED_TOOL_ARGUMENTS,
        /** A tool that must be called. */
        FORCED_TOOL,
        /** Pictures given as bytes. */
        IMAGES,
        /** Pictures given by address. */
        IMAGE_URLS,
        /** Documents. */
        DOCUMENTS,
        /** Reasoning apart from the answer. */
        THINKING,
        /** Some JSON object as the answer. */
        JSON_OBJECT,
        /** JSON by a schema as the answer. */
        JSON_SCHEMA,
        /** A cache of prompts that the caller steers. */
        PROMPT_CACHE,
        /** Embeddings. */
        EMBEDDINGS,
        /** Ranking of documents. */
        RERANK,
        /** A list of models. */
        MODELS,
        /** A health check that spends no tokens. */
        HEALTH,
        /** Token counts in a streamed answer. */
        USAGE_IN_STREAM,
        /** Going on with an answer whose beginning is the last turn of the conversation, without saying that again. */
        CONTINUE_TEXT,
        /** As {@link #CONTINUE_TEXT}, exactly where the answer broke off: see {@link AnswerTokens}. */
        CONTINUE_TOKENS
    }

    /** Whether it does. */
    public enum Support {
        /** It does. */
        YES,
        /** It does not: such a request is refused before anything is sent. */
        NO,
        /** Nobody knows before it is tried. */
        UNKNOWN
    }

    private final Map<Feature, Support> support;

    private Capabilities(Map<Feature, Support> support) {
        this.support = support;
    }

    /** Nothing is known. */
    public static Capabilities unknown() {
        return new Capabilities(new EnumMap<>(Feature.class));
    }

    /** These with the features set to YES. */
    public Capabilities yes(Feature... features) {
        return with(Support.YES, features);
    }

    /** These with the features set to NO. */
    public Capabilities no(Feature... features) {
        return with(Support.NO, features);
    }

    /** These with the features set. */
    public Capabilities with(Support value, Feature... features) {
        Map<Feature, Support> copy = new EnumMap<>(support);
        for (Feature feature : features) {
            copy.put(feature, value);
        }
        return new Capabilities(copy);
    }

    /** Whether a feature is there; UNKNOWN if nothing was said. */
    public Support of(Feature feature) {
        return support.getOrDefault(feature, Support.UNKNOWN);
    }

    /** Whether a feature may be tried. */
    public boolean allows(Feature feature) {
        return of(feature) != Support.NO;
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Capabilities that)) {
            return false;
        }
        for (Feature feature : Feature.values()) {
            if (of(feature) != that.of(feature)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (Feature feature : Feature.values()) {
            hash = 31 * hash + of(feature).hashCode();
        }
        return hash;
    }

    @Override
    public String toString() {
        return support.toString();
    }
}
