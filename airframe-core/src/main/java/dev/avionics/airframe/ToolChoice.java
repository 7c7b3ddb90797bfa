package dev.avionics.airframe;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * Whether the model may, must or must not call a tool.
 *
 * @param mode the rule
 * @param toolName the tool that must be called; only and always with {@link Mode#TOOL}
 */
public record ToolChoice(Mode mode, @Nullable String toolName) {
    /** The rules. */
    public enum Mode {
        /** The model decides. */
        AUTO,
        /** No tool. */
        NONE,
        /** Some tool. */
        REQUIRED,
        /** The named tool. */
        TOOL
    }

    /** The model decides. */
    public static final ToolChoice AUTO = new ToolChoice(Mode.AUTO, null);
    /** No tool. */
    public static final ToolChoice NONE = new ToolChoice(Mode.NONE, null);
    /** Some tool. */
    public static final ToolChoice REQUIRED = new ToolChoice(Mode.REQUIRED, null);

    public ToolChoice {
        requireNonNull(mode, "mode");
        if ((mode == Mode.TOOL) != (toolName != null)) {
            throw new IllegalArgumentException("toolName: " + toolName + " (expected: with mode TOOL, and only there)");
        }
    }

    /** The named tool. */
    public static ToolChoice tool(String name) {
        return new ToolChoice(Mode.TOOL, requireNonNull(name, "name"));
    }
}
