package dev.avionics.testkit.model;

import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.model.SimulatedModel.Answer;
import java.util.function.UnaryOperator;

/**
 * What a model does instead of answering as it would.
 *
 * @param status the status that it refuses everything with; 0 for none
 * @param words what it says with it
 * @param speaks whether it answers in words where it would call a tool, so that there is a middle to break off in
 * @param change makes another answer of its own
 */
record Act(int status, String words, boolean speaks, UnaryOperator<Answer> change) {
    /** The finish of an answer in whose middle an error is reported. */
    static final String ERROR = "error";
    /** The finish of an answer in whose middle the connection is closed. */
    static final String CUT = "cut";
    /** The finish of an answer in whose middle the connection is reset. */
    static final String RESET = "reset";

    /** It answers as it would. */
    static final Act NONE = new Act(0, "", false, answer -> answer);

    /** It refuses. */
    static Act refusing(int status, String words) {
        return new Act(status, words, false, answer -> answer);
    }

    /** It answers otherwise. */
    static Act changing(UnaryOperator<Answer> change) {
        return new Act(0, "", false, change);
    }

    /** It answers otherwise, and always in words. */
    static Act speaking(UnaryOperator<Answer> change) {
        return new Act(0, "", true, change);
    }

    /** Whether an answer has no end. */
    static boolean isBroken(Answer answer) {
        return switch (answer.finish()) {
            case ERROR, CUT, RESET -> true;
            default -> false;
        };
    }

    /**
     * What follows the pieces of a stream in the place of its end.
     *
     * @param frame the error in the vendor's form
     */
    static Reply brokenOff(Reply reply, Answer answer, String frame) {
        return switch (answer.finish()) {
            case ERROR -> reply.part(frame);
            case CUT -> reply.close();
            default -> reply.reset();
        };
    }

    /** A whole answer: as it is, or one that is announced and does not come. */
    static Reply whole(Answer answer, Reply reply) {
        return switch (answer.finish()) {
            case ERROR -> throw new RefusedRequest(500, "", "Something went wrong in the middle of the answer.");
            case CUT ->
                Reply.status(200)
                        .header("Content-Type", "application/json")
                        .declareLength(500)
                        .part("{")
                        .close();
            case RESET ->
                Reply.status(200)
                        .header("Content-Type", "application/json")
                        .declareLength(500)
                        .part("{")
                        .reset();
            default -> reply;
        };
    }
}
