package dev.avionics.airframe.http;

import static dev.avionics.airframe.error.ErrorCategory.AUTHENTICATION;
import static dev.avionics.airframe.error.ErrorCategory.CANCELLED;
import static dev.avionics.airframe.error.ErrorCategory.CONTENT_FILTER;
import static dev.avionics.airframe.error.ErrorCategory.CONTEXT_LENGTH;
import static dev.avionics.airframe.error.ErrorCategory.INVALID_REQUEST;
import static dev.avionics.airframe.error.ErrorCategory.MODEL_NOT_FOUND;
import static dev.avionics.airframe.error.ErrorCategory.OVERLOADED;
import static dev.avionics.airframe.error.ErrorCategory.PERMISSION;
import static dev.avionics.airframe.error.ErrorCategory.QUOTA_EXHAUSTED;
import static dev.avionics.airframe.error.ErrorCategory.RATE_LIMITED;
import static dev.avionics.airframe.error.ErrorCategory.SERVER_ERROR;
import static dev.avionics.airframe.error.ErrorCategory.TIMEOUT;
import static dev.avionics.airframe.error.ErrorCategory.UNSUPPORTED;

import dev.avionics.airframe.error.ErrorCategory;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The table from what a backend says to a category. Words in code and type are tried first, then those of the message, then
 * the status; the first rule that fits holds. Statuses are listed where the same words mean something else elsewhere.
 */
final class ErrorRules {
    private static final Set<Integer> ANY = Set.of();
    // In-band errors that name no status have status 0.
    private static final Set<Integer> REFUSALS = Set.of(0, 400, 403, 413, 422, 500);
    private static final Pattern RATE_WORDS = words("rate.?limit|too many requests|tokens per min|requests per min");

    /**
     * One rule.
     *
     * @param statuses where it holds; empty for everywhere
     * @param names found in code or type, or null if the rule does not look there
     * @param message found in the message, or null if the rule does not look there
     */
    private record Rule(
            ErrorCategory category,
            Set<Integer> statuses,
            @Nullable Pattern names,
            @Nullable Pattern message) {
        boolean fits(int status, ErrorDetails details) {
            if (!statuses.isEmpty() && !statuses.contains(status)) {
                return false;
            }
            return (names == null
                            || names.matcher(details.code()).find()
                            || names.matcher(details.type()).find())
                    && (message == null || message.matcher(details.message()).find());
        }
    }

    private static final List<Rule> RULES = List.of(
            named(
                    QUOTA_EXHAUSTED,
                    ANY,
                    "insufficient_(quota|balance|credits?|funds)|credit_balance_exhausted|quota_exhausted|exceeded_current_quota"
                            + "|billing|spend(ing)?_limit|usage_limit|payment_required|out_of_credits|arrearage"),
            said(
                    QUOTA_EXHAUSTED,
                    Set.of(0, 400, 402, 403, 429),
                    "credit balance is too low|insufficient (account )?(balance|credits?|funds|quota)|out of credits"
                            + "|(add|purchase|buy) (more )?credits|billing (hard|soft)? ?limit|spend(ing)? limit|payment required"
                            + "|current quota, please check your plan and billing|specified api usage limits"
                            + "|trial key.{0,200}month|monthly (usage|spend\\w*) limit"),
            named(CONTEXT_LENGTH, ANY, "context[_ ]?(length|window)[_ ]?exceed|exceed_context_size|too_many_tokens"),
            said(
                    CONTEXT_LENGTH,
                    REFUSALS,
                    "context[_ ]length[_ ]exceeded|prompt (is )?too long|exceeds the context window"
                            + "|maximum context length (is|of) [\\d,]+|exceeds (the )?(model'?s )?maximum context length"
                            + "|input token count.{0,80}exceeds the maximum|reduce the length of the messages"
                            + "|too large for model with \\d+ maximum context length|exceeds the available context size"
                            + "|input length exceeds the context length|too many tokens|maximum prompt length is \\d+"
                            + "|longer than the model'?s context length|greater than the context length"
                            + "|context window exceed|token limit (exceeded|reached)|input is too long"),
            named(CONTEXT_LENGTH, Set.of(0, 400, 413), "request_too_large"),
            // llama.cpp tells an input beyond its batch as a fault of the server.
            said(CONTEXT_LENGTH, Set.of(0, 400, 500), "input .{0,40}is too large to process"),
            named(UNSUPPORTED, Set.of(0, 400, 500, 501), "not_supported_error"),
            said(UNSUPPORTED, Set.of(0, 400, 500), "(image|audio|video|multimodal) input is not supported"),
            named(
                    CONTENT_FILTER,
                    ANY,
                    "content_?filter|content_policy|responsibleaipolicy|data_?inspection_?failed|content_blocked"
                            + "|moderation_blocked|prohibited_content|safety_violation"),
            said(
                    CONTENT_FILTER,
                    Set.of(0, 400, 403, 422),
                    "content management policy|flagged (as|by|for)|violat\\w+ (of )?(our |the )?(usage|content) polic|safety system"),
            named(
                    AUTHENTICATION,
                    Set.of(0, 400, 401, 403, 498),
                    "(invalid|missing|expired|incorrect)_?(api_?)?(key|token)|api_key_invalid|authentication|unauthori[sz]ed"
                            + "|unauthenticated|(expired|invalid)_?token|unrecognizedclient|invalidsignature|expiredtoken"),
            said(
                    AUTHENTICATION,
                    Set.of(0, 400, 401, 403, 498),
                    "(incorrect|invalid|missing|no|wrong|expired) (api|auth\\w*|subscription|x-api)[ -]key|api key (is )?not valid"
                            + "|api key (is )?(invalid|expired|missing)|security token included in the request is (invalid|expired)"
                            + "|invalid (auth\\w* )?token|invalid x-api-key"),
            named(
                    MODEL_NOT_FOUND,
                    Set.of(0, 400, 403, 404, 410, 422),
                    "model_?(not_?found|not_?exist|not_?available|decommissioned|deprecated)|deploymentnotfound|invalid_model"
                            + "|unknown_model|no_such_model"),
            said(
                    MODEL_NOT_FOUND,
                    Set.of(0, 400, 404, 422),
                    "\\bmodels?\\b[^.]{0,20}[^\\n]{0,200}?\\b(does not exist|not exist|not found|has been decommissioned)\\b"
                            + "|not a valid model|invalid model\\b|unknown model\\b|no such model"),
            named(
                    OVERLOADED,
                    Set.of(0, 429, 498, 500, 502, 503, 529),
                    "overload|service_?unavailable|^unavailable|over_?capacity|capacity_exceeded|modelnotready"),
            said(
                    OVERLOADED,
                    Set.of(0, 429, 500, 502, 503, 529),
                    "overloaded|high demand|(at|over|exceeded) capacity|loading model|model is (still |currently )?loading"
                            + "|no healthy upstream|server is busy|too busy"),
            named(
                    RATE_LIMITED,
                    Set.of(0, 400, 403, 429, 500),
                    "rate_?limit|too_?many_?requests|throttl|slow_down|resource_exhausted|^429$"),
            said(RATE_LIMITED, Set.of(0), "rate limit|too many requests"),
            named(TIMEOUT, Set.of(0, 500), "timeout|timed_out|deadline_exceeded"),
            named(PERMISSION, Set.of(0, 400), "permission|forbidden|access_?denied|failed_precondition"),
            named(MODEL_NOT_FOUND, Set.of(0), "not_found"),
            named(SERVER_ERROR, Set.of(0), "server_?error|api_error|internal"),
            named(INVALID_REQUEST, Set.of(0), "invalid|bad_?request|validation|unsupported|unknown_parameter"));

    private ErrorRules() {}

    private static Rule named(ErrorCategory category, Set<Integer> statuses, String names) {
        return new Rule(category, statuses, words(names), null);
    }

    private static Rule said(ErrorCategory category, Set<Integer> statuses, String message) {
        return new Rule(category, statuses, null, words(message));
    }

    private static Pattern words(String regex) {
        return Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
    }

    /**
     * The category of an error.
     *
     * @param status of the answer, or what an in-band error names, or 0
     */
    static ErrorCategory category(int status, ErrorDetails details) {
        if (details.type().equals("RESOURCE_EXHAUSTED")) {
            return ofGoogleQuota(details);
        }
        boolean rateWords = RATE_WORDS.matcher(details.message()).find();
        for (Rule rule : RULES) {
            // Limits on tokens per minute speak of too many tokens as well.
            if (!(rule.category() == CONTEXT_LENGTH && rateWords) && rule.fits(status, details)) {
                return rule.category();
            }
        }
        return ofStatus(status);
    }

    /** Google has one word for limits per minute, which pass, and per day, which do not; the id of the quota tells. */
    private static ErrorCategory ofGoogleQuota(ErrorDetails details) {
        List<String> quotas = details.texts("quotaId");
        if (quotas.stream().anyMatch(id -> id.contains("PerDay"))) {
            return QUOTA_EXHAUSTED;
        }
        boolean passes = !quotas.isEmpty() || !details.texts("retryDelay").isEmpty();
        return !passes && details.message().contains("billing") ? QUOTA_EXHAUSTED : RATE_LIMITED;
    }

    private static ErrorCategory ofStatus(int status) {
        return switch (status) {
            case 0 -> SERVER_ERROR;
            case 401, 407 -> AUTHENTICATION;
            case 402 -> QUOTA_EXHAUSTED;
            case 403, 451 -> PERMISSION;
            case 404, 410 -> MODEL_NOT_FOUND;
            case 408, 504 -> TIMEOUT;
            case 413 -> CONTEXT_LENGTH;
            case 421, 424 -> SERVER_ERROR;
            case 425, 498, 503, 529 -> OVERLOADED;
            case 429 -> RATE_LIMITED;
            case 499 -> CANCELLED;
            case 501, 505 -> INVALID_REQUEST;
            default -> status >= 500 ? SERVER_ERROR : INVALID_REQUEST;
        };
    }
}
