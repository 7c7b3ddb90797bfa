package dev.avionics.llm.schema;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A place where a JSON value is not as it has to be.
 *
 * @param path where, as {@code $.items[0].price}; {@code $} is the whole value
 * @param message what is wrong there
 */
public record JsonProblem(String path, String message) {
    public JsonProblem {
        requireNonNull(path, "path");
        requireNonNull(message, "message");
    }

    /** Several in one line. */
    static String joined(List<JsonProblem> problems) {
        return problems.stream().map(JsonProblem::toString).collect(Collectors.joining("; "));
    }

    /** The path of a property of an object. */
    static String property(String path, String name) {
        boolean plain = !name.isEmpty()
                && Character.isJavaIdentifierStart(name.charAt(0))
                && name.chars().allMatch(Character::isJavaIdentifierPart);
        return plain ? path + "." + name : path + "['" + name + "']";
    }

    @Override
    public String toString() {
        return path + ": " + message;
    }
}
