package dev.avionics.server.cli;

import static java.util.Objects.requireNonNull;

import dev.avionics.llm.model.FetchProgress;
import java.util.Locale;

/** Shows how far the fetch of a model has come: a bar on a terminal, else a line for every tenth. */
final class FetchBar implements FetchProgress {
    private static final int WIDTH = 30;
    private static final int STEP = 10;

    private final Console console;
    private String source = "";
    private long shown = -1;

    FetchBar(Console console) {
        this.console = requireNonNull(console, "console");
    }

    @Override
    public synchronized void update(long bytes, long total, String from) {
        if (!from.equals(source)) {
            source = from;
            shown = -1;
            console.note("from " + from);
        }
        if (total <= 0) {
            return;
        }
        long percent = Math.min(100, bytes * 100 / total);
        if (console.errIsTerminal()) {
            if (percent != shown) {
                shown = percent;
                int full = (int) (percent * WIDTH / 100);
                console.status(String.format(
                        Locale.ROOT,
                        "[%s%s] %3d %%  %d of %d MB",
                        "#".repeat(full),
                        "-".repeat(WIDTH - full),
                        percent,
                        bytes / 1_000_000,
                        total / 1_000_000));
            }
        } else if (percent / STEP > shown / STEP || shown < 0) {
            shown = percent;
            console.note(
                    String.format(Locale.ROOT, "%d %% (%d of %d MB)", percent, bytes / 1_000_000, total / 1_000_000));
        }
    }
}
