package dev.avionics.server.cli;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.CallObserver;
import dev.avionics.airframe.error.InferenceException;
import java.time.Duration;
import java.util.Locale;

/** Tells the person at the terminal what happens inside a call. */
final class CallReport implements CallObserver {
    /** Shorter waits are nobody's business. */
    private static final Duration WORTH_TELLING = Duration.ofSeconds(1);

    private final Console console;
    private final boolean verbose;

    CallReport(Console console, boolean verbose) {
        this.console = requireNonNull(console, "console");
        this.verbose = verbose;
    }

    @Override
    public void attemptStarted(int number, Target target) {
        if (verbose) {
            console.note("attempt " + number + " at " + target.endpoint().address());
        }
    }

    @Override
    public void attemptFailed(int number, Target target, InferenceException why) {
        if (verbose) {
            console.note("attempt " + number + " failed: " + ErrorLine.oneLine(why));
        }
    }

    @Override
    public void waiting(int number, Duration time, InferenceException why) {
        if (verbose || time.compareTo(WORTH_TELLING) >= 0) {
            console.note(String.format(
                    Locale.ROOT, "%s; trying again in %.1f s", ErrorLine.oneLine(why), time.toMillis() / 1e3));
        }
    }

    @Override
    public void malformedFrame(String excerpt) {
        console.note("left out a frame that makes no sense: " + excerpt);
    }

    @Override
    public void warning(String event, String detail) {
        console.note(event + ": " + detail);
    }

    /** What was not sent as it was asked for. */
    void started(InferenceEvent.Started started) {
        for (Adjustment adjustment : started.adjustments()) {
            console.note(adjustment.what() + " was "
                    + (adjustment.action() == Adjustment.Action.DROPPED ? "left out: " : "changed: ")
                    + adjustment.why());
        }
    }
}
