package dev.avionics.testkit.engine;

import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.CallObserver;
import dev.avionics.airframe.call.RetryDenial;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes down what an observer is told. */
final class Log implements CallObserver {
    final List<String> lines = new ArrayList<>();
    final List<String> denials = new ArrayList<>();
    final List<String> heads = new ArrayList<>();
    final List<Duration> waits = new ArrayList<>();
    final List<InferenceException> failures = new ArrayList<>();

    @Override
    public synchronized void attemptStarted(int number, Target target) {
        lines.add("start " + number + " " + target.endpoint().name());
    }

    @Override
    public synchronized void attemptFailed(int number, Target target, InferenceException why) {
        lines.add("failed " + number + " " + target.endpoint().name() + " " + why.category());
        failures.add(why);
    }

    @Override
    public synchronized void notRetried(int number, RetryDenial why) {
        denials.add(number + " " + why);
    }

    @Override
    public synchronized void answered(int status, @Nullable String requestId) {
        heads.add(status + " " + requestId);
    }

    @Override
    public synchronized void waiting(int number, Duration time, InferenceException why) {
        lines.add("wait " + number + " " + time.toMillis());
        waits.add(time);
    }

    @Override
    public synchronized void committed(int number, Target target) {
        lines.add("commit " + number + " " + target.endpoint().name());
    }

    @Override
    public synchronized void malformedFrame(String excerpt) {
        lines.add("malformed " + excerpt);
    }

    @Override
    public synchronized void ended(Outcome outcome) {
        lines.add("end " + outcome.getClass().getSimpleName());
    }
}
