package dev.avionics.llm.settings;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.call.Ticker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settings that follow their files while the program runs. Whoever asks looks, at most once a second, whether {@code .env} or
 * {@code avionics.yaml} has changed, and reads them again then. A bad file leaves the settings as they were and says so in the
 * log, once. Calls under way keep what they began with. Thread-safe.
 */
public final class LiveSettings implements Supplier<AvionicsSettings> {
    private static final Logger LOG = LoggerFactory.getLogger(LiveSettings.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Ticker ticker;
    private volatile AvionicsSettings current;
    private volatile long lookedAt;
    private List<Seen> seen;

    /** A file as it was when it was read; time and size are null if it was not there. */
    private record Seen(
            Path file, @Nullable FileTime time, @Nullable Long size) {}

    /** Settings that begin as these. */
    public LiveSettings(AvionicsSettings settings) {
        this(settings, Ticker.system());
    }

    /** As above, with a clock of one's own. */
    public LiveSettings(AvionicsSettings settings, Ticker ticker) {
        this.ticker = requireNonNull(ticker, "ticker");
        current = requireNonNull(settings, "settings");
        seen = look(settings);
        lookedAt = ticker.nanoTime();
    }

    @Override
    public AvionicsSettings get() {
        if (ticker.nanoTime() - lookedAt >= PAUSE.toNanos()) {
            lookAgain();
        }
        return current;
    }

    private synchronized void lookAgain() {
        long now = ticker.nanoTime();
        if (now - lookedAt < PAUSE.toNanos()) {
            return;
        }
        lookedAt = now;
        List<Seen> files = look(current);
        if (files.equals(seen)) {
            return;
        }
        seen = files;
        reload();
    }

    /**
     * Reads all sources now.
     *
     * @return whether they could be read
     */
    public synchronized boolean reload() {
        try {
            current = current.reload();
            LOG.info("settings_reloaded provider={}", current.providerName());
            return true;
        } catch (SettingsException | UncheckedIOException bad) {
            LOG.warn("settings_kept: the new ones cannot be used: {}", bad.getMessage());
            return false;
        }
    }

    private static List<Seen> look(AvionicsSettings settings) {
        List<Seen> files = new ArrayList<>();
        for (Path file : settings.files()) {
            try {
                files.add(new Seen(file, Files.getLastModifiedTime(file), Files.size(file)));
            } catch (IOException notThere) {
                files.add(new Seen(file, null, null));
            }
        }
        return files;
    }
}
