package dev.avionics.server.cli;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.llm.settings.SettingsException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** An error as one line that says what to do, and as an exit code. */
final class ErrorLine {
    private ErrorLine() {}

    /** The error itself, out of what futures wrap around it. */
    static Throwable unwrapped(Throwable error) {
        Throwable at = error;
        while ((at instanceof CompletionException || at instanceof ExecutionException) && at.getCause() != null) {
            at = at.getCause();
        }
        return at;
    }

    /**
     * What is said of an error.
     *
     * @param keyHint how to give a key to the backend at hand
     */
    static String text(Throwable error, String keyHint) {
        if (error instanceof InferenceException failure) {
            return joined(oneLine(failure), advice(failure, keyHint));
        }
        if (isUsage(error)) {
            return oneLine(error);
        }
        return "unexpected error: " + error.getClass().getSimpleName() + ": " + oneLine(error)
                + "; --verbose shows where";
    }

    private static String joined(String line, String advice) {
        if (advice.isEmpty()) {
            return line;
        }
        boolean sentence = line.endsWith(".") || line.endsWith("?") || line.endsWith("!");
        return sentence
                ? line + " " + Character.toUpperCase(advice.charAt(0)) + advice.substring(1)
                : line + "; " + advice;
    }

    /** The exit code that belongs to an error. */
    static int exitCode(Throwable error) {
        if (error instanceof InferenceException failure) {
            return ExitCode.of(failure.category());
        }
        return isUsage(error) ? ExitCode.USAGE : ExitCode.BACKEND;
    }

    /** Whether the user is to blame. */
    static boolean isUsage(Throwable error) {
        return error instanceof UsageException
                || error instanceof SettingsException
                || error instanceof IllegalArgumentException;
    }

    private static String advice(InferenceException failure, String keyHint) {
        ErrorCategory category = failure.category();
        if (category == ErrorCategory.CONNECTION && failure.sent() != InferenceException.Sent.NOTHING) {
            return "try again";
        }
        return switch (category) {
            // Before anything is sent, the message says itself which variable is not set.
            case AUTHENTICATION -> failure.sent() == InferenceException.Sent.NOTHING ? "" : keyHint;
            case PERMISSION -> "the key may not do this: use another key or model";
            case MODEL_NOT_FOUND -> "'avionics models' lists what there is; choose with --model";
            case CONTEXT_LENGTH -> "make the prompt shorter, or use a model with a larger window";
            case QUOTA_EXHAUSTED -> "check the account at the provider";
            case RATE_LIMITED, OVERLOADED, SERVER_ERROR -> "try again later";
            case TIMEOUT -> "try again, or give it more time (--timeout, --first-byte-timeout, --idle-timeout)";
            case CONNECTION -> "if it runs elsewhere, give its address with --base-url";
            case PARSE -> "is --base-url the address of an API of this provider?";
            case INVALID_REQUEST, CONTENT_FILTER, UNSUPPORTED, BUDGET_EXCEEDED, REJECTED, CANCELLED -> "";
        };
    }

    /** The message in one line. */
    static String oneLine(Throwable error) {
        String message = error.getMessage();
        return message == null || message.isBlank()
                ? error.getClass().getSimpleName()
                : message.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    /** The whole story, for {@code --verbose}. */
    static String trace(Throwable error) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        error.printStackTrace(out);
        out.flush();
        return text.toString();
    }

    /** The HTTP status of an error, or null. */
    static @Nullable Integer status(Throwable error) {
        return error instanceof InferenceException failure && failure.status().isPresent()
                ? (Integer) failure.status().getAsInt()
                : null;
    }
}
