package dev.avionics.gateway;

/** What happens when a target fails after content of its answer was delivered. */
public enum AfterCommit {
    /** The call fails. */
    FAIL,
    /**
     * The answer goes on at the next target that can: at one of the same model behind the last token that was delivered, at others
     * behind the text. The reader is told by {@link dev.avionics.airframe.InferenceEvent.Resumed}, and both parts are paid for. Answers
     * with tools, a schema, a grammar or thinking do not go on. Where nobody can go on the call fails with {@link
     * AnswerBrokenOffException}, which has the text so far. The text of each answer is kept until its end.
     */
    CONTINUE,
    /**
     * Nothing is delivered before the answer is whole, so that its target can fail like one that gave nothing: the next one begins anew.
     * An answer of more than a million characters is delivered from there on, and then its failure is the call's.
     */
    RESTART_BUFFERED
}
