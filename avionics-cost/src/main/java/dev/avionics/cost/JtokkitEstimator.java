package dev.avionics.cost;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingRegistry;
import dev.avionics.airframe.spi.TokenEstimator;

/** Counts with one vocabulary of JTokkit. The only class that refers to it. */
final class JtokkitEstimator implements TokenEstimator {
    /** Loads a vocabulary when it is first asked for. */
    private static final class Registry {
        static final EncodingRegistry LAZY = Encodings.newLazyEncodingRegistry();
    }

    private final Encoding encoding;

    /** @throws IllegalStateException if JTokkit has no vocabulary of this name */
    JtokkitEstimator(String name) {
        encoding = Registry.LAZY
                .getEncoding(name)
                .orElseThrow(() -> new IllegalStateException("encoding: " + name
                        + " (expected: one that this JTokkit has; a newer jar, or another line of encodings.json)"));
    }

    @Override
    public long estimate(CharSequence text) {
        // Marks such as <|endoftext|> are text here, for a vendor takes them as text, too.
        return encoding.countTokensOrdinary(text.toString());
    }
}
