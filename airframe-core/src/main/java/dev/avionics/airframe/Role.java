package dev.avionics.airframe;

import java.util.Locale;

/** Who speaks in a {@link Message}. */
public enum Role {
    /** Instructions to the model. */
    SYSTEM,
    /** The person or program that asks. */
    USER,
    /** The model. */
    ASSISTANT,
    /** The result of a tool call. */
    TOOL;

    /** The role's name on most wires: lower case. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads a role, case-blind.
     *
     * @throws IllegalArgumentException if the name is none of system, user, assistant, tool
     */
    public static Role parse(String name) {
        for (Role role : values()) {
            if (role.name().equalsIgnoreCase(name)) {
                return role;
            }
        }
        throw new IllegalArgumentException("role: " + name + " (expected: system, user, assistant or tool)");
    }
}
