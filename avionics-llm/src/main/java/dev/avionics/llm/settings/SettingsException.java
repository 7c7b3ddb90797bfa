package dev.avionics.llm.settings;

/** A setting that is unknown or wrong. The message names it, its origin and what is right; never the value of a secret. */
public final class SettingsException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** An error with a message for people. */
    public SettingsException(String message) {
        super(message);
    }
}
