package dev.avionics.llm.settings;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of the table of settings.
 *
 * @param name dotted lower case; as a system property with {@code avionics.} in front
 * @param variables names in the environment and in {@code .env}; of several in one source the first one counts
 * @param form how the value must look
 * @param byDefault holds if nobody says otherwise; null for nothing
 */
record SettingKey(
        String name,
        List<String> variables,
        Form form,
        @Nullable String byDefault) {
    /** How a value must look. */
    enum Form {
        TEXT("text"),
        SECRET("a key"),
        URL("an http or https address"),
        PROVIDER("a provider's name"),
        API_TYPE("auto, ollama-chat, ollama-generate, openai or native"),
        LLAMASERVER_API("native or openai"),
        DEPLOYMENT_MODE("single-node or distributed"),
        BOOLEAN("true or false"),
        TEMPERATURE("0 to 2"),
        SECONDS("1 to 600 seconds"),
        WAIT("0.001 to 600 seconds"),
        RETRIES("0 to 10"),
        POSITIVE(">= 1"),
        NOT_NEGATIVE(">= 0");

        private final String expected;

        Form(String expected) {
            this.expected = expected;
        }

        String expected() {
            return expected;
        }
    }

    String property() {
        return "avionics." + name;
    }

    /** The name that people know best. */
    String shownName() {
        return variables.isEmpty() ? name : variables.get(0);
    }
}
