package dev.avionics.gateway;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.error.ErrorCategory;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Where a call goes when its first target fails, as far as the retry table allows another target.
 *
 * @param targets in order; a target that is the call's first one is passed over
 * @param byCategory targets for single kinds of failures, which hold in place of {@code targets}: {@link
 *     ErrorCategory#CONTEXT_LENGTH} names models with a larger window, {@link ErrorCategory#CONTENT_FILTER} those that may answer
 *     what another's filter stopped. Without an entry, a filtered call goes nowhere else, and one that is too long only to targets
 *     whose window is known to be larger
 * @param firstContent the longest wait for the first content while another target is left; then the call goes there
 * @param afterRefusal whether a request that a target refuses as wrong, or cannot serve, goes on to the next one; for targets unlike
 *     each other
 * @param windows context windows of models, in tokens, as far as they are known
 * @param afterCommit what happens when a target fails after content of its answer was delivered; default {@link AfterCommit#FAIL}
 */
public record FallbackPolicy(
        List<GatewayTarget> targets,
        Map<ErrorCategory, List<GatewayTarget>> byCategory,
        Duration firstContent,
        boolean afterRefusal,
        Windows windows,
        AfterCommit afterCommit) {
    /** The longest wait for the first content while another target is left, unless the policy says otherwise. */
    public static final Duration DEFAULT_FIRST_CONTENT = Duration.ofSeconds(15);

    /** No other target. */
    public static final FallbackPolicy NONE = to(List.of());

    /** What is known of context windows. */
    public interface Windows {
        /** The window of a model in tokens; empty if unknown. */
        OptionalLong of(String provider, String model);
    }

    public FallbackPolicy {
        targets = List.copyOf(targets);
        Map<ErrorCategory, List<GatewayTarget>> copy = new EnumMap<>(ErrorCategory.class);
        byCategory.forEach((category, list) -> copy.put(category, List.copyOf(list)));
        byCategory = Map.copyOf(copy);
        if (requireNonNull(firstContent, "firstContent").isNegative() || firstContent.isZero()) {
            throw new IllegalArgumentException("firstContent: " + firstContent + " (expected: > 0)");
        }
        requireNonNull(windows, "windows");
        requireNonNull(afterCommit, "afterCommit");
    }

    /** These targets in order, with all defaults. */
    public static FallbackPolicy to(List<GatewayTarget> targets) {
        return new FallbackPolicy(
                targets,
                Map.of(),
                DEFAULT_FIRST_CONTENT,
                false,
                (provider, model) -> OptionalLong.empty(),
                AfterCommit.FAIL);
    }

    /** This with other targets for one kind of failures. */
    public FallbackPolicy with(ErrorCategory category, List<GatewayTarget> others) {
        Map<ErrorCategory, List<GatewayTarget>> more = new EnumMap<>(ErrorCategory.class);
        more.putAll(byCategory);
        more.put(requireNonNull(category, "category"), List.copyOf(others));
        return new FallbackPolicy(targets, more, firstContent, afterRefusal, windows, afterCommit);
    }

    /** This with another longest wait for the first content. */
    public FallbackPolicy withFirstContent(Duration value) {
        return new FallbackPolicy(targets, byCategory, value, afterRefusal, windows, afterCommit);
    }

    /** This with another answer to whether a refused request goes on. */
    public FallbackPolicy withAfterRefusal(boolean value) {
        return new FallbackPolicy(targets, byCategory, firstContent, value, windows, afterCommit);
    }

    /** This with context windows. */
    public FallbackPolicy withWindows(Windows value) {
        return new FallbackPolicy(targets, byCategory, firstContent, afterRefusal, value, afterCommit);
    }

    /** This with another way of answers that break off. */
    public FallbackPolicy withAfterCommit(AfterCommit value) {
        return new FallbackPolicy(targets, byCategory, firstContent, afterRefusal, windows, value);
    }

    /** The targets for a kind of failure. */
    List<GatewayTarget> after(ErrorCategory category) {
        List<GatewayTarget> own = byCategory.get(category);
        if (own != null) {
            return own;
        }
        return category == ErrorCategory.CONTENT_FILTER ? List.of() : targets;
    }

    /** Whether a target may take what was too long for another one. */
    boolean isLarger(GatewayTarget than, GatewayTarget candidate) {
        List<GatewayTarget> declared = byCategory.get(ErrorCategory.CONTEXT_LENGTH);
        if (declared != null) {
            return true;
        }
        OptionalLong here = windows.of(than.provider(), than.model());
        OptionalLong there = windows.of(candidate.provider(), candidate.model());
        return here.isPresent() && there.isPresent() && there.getAsLong() > here.getAsLong();
    }
}
