package dev.avionics.llm.tool;

import org.jspecify.annotations.Nullable;

/**
 * What a tool does. May block: it runs on a thread for tools, and is interrupted when nobody waits for it any more.
 *
 * @param <A> the arguments
 */
@FunctionalInterface
public interface ToolFunction<A> {
    /**
     * Runs the tool.
     *
     * @return what the model is told: a text as it is; a {@link dev.avionics.airframe.Part}, or a list of them, of text, image or
     *     document; any other value as JSON, if {@link dev.avionics.llm.schema.JsonType} takes its type; a {@link
     *     java.util.concurrent.CompletionStage} of one of these is waited for
     * @throws Exception whose message the model is told, and nothing besides
     */
    @Nullable
    Object call(A arguments) throws Exception;
}
