package dev.avionics.llm.structured;

/** Sees the text of answers as it comes, before anybody knows whether it is right. */
@FunctionalInterface
public interface TextListener {
    /**
     * A piece of text, where the call's delivery says. What this throws ends the call.
     *
     * @param answer the answer it belongs to, counted from 1; the next one begins anew
     */
    void text(int answer, String piece);
}
