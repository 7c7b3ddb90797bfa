package dev.avionics.llm.schema;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import java.util.List;

/** A JSON value that does not fit its schema or its Java type; category PARSE. Its message names every place. */
public final class JsonMismatchException extends InferenceException {
    private static final long serialVersionUID = 1L;

    private final transient List<JsonProblem> problems;

    /** An error made from a builder, whose message should name the problems. */
    public JsonMismatchException(Builder builder, List<JsonProblem> problems) {
        super(builder);
        this.problems = List.copyOf(problems);
    }

    /** An error that says no more than the problems. */
    public static JsonMismatchException of(List<JsonProblem> problems) {
        return new JsonMismatchException(builder(ErrorCategory.PARSE, JsonProblem.joined(problems)), problems);
    }

    static JsonMismatchException at(String path, String message) {
        return of(List.of(new JsonProblem(path, message)));
    }

    /** What is wrong, at least one. */
    public List<JsonProblem> problems() {
        return problems;
    }
}
