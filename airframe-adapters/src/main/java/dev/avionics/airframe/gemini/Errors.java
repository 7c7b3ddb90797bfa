package dev.avionics.airframe.gemini;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.gemini.model.Refusals;
import dev.avionics.airframe.http.ErrorDetails;
import dev.avionics.airframe.http.HttpErrors;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireScope;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What Google says of errors beyond the common table: its reasons stand in a list of details. */
final class Errors {
    private static final Pattern KEY_REASON = Pattern.compile(
            "API_KEY_(INVALID|EXPIRED)|ACCESS_TOKEN_\\w+" + "|CREDENTIALS_MISSING|ACCOUNT_STATE_INVALID");
    private static final Pattern BLOCKED_REASON = Pattern.compile(
            "API_KEY_\\w+_BLOCKED|SERVICE_DISABLED|BILLING_DISABLED|CONSUMER_\\w+|IAM_PERMISSION_DENIED");
    private static final Pattern MONEY =
            Pattern.compile("prepa(id|y\\w*)|credits? (are|is|has been|have been) \\w+|spend(ing)? cap|spend limit");

    /** One table for all endpoints. */
    static final HttpErrors ERRORS = HttpErrors.of("Gemini").mapping(Errors::category);

    private Errors() {}

    /** The step that reads an error answer and fails with it, learning what the model does not take. */
    static <R> Step<R> refused(HttpHead head, WireScope scope) {
        return ERRORS.refused(head, scope.now(), Refusals::learn);
    }

    private static @Nullable ErrorCategory category(int status, ErrorDetails details) {
        for (String reason : details.texts("reason")) {
            if (KEY_REASON.matcher(reason).matches()) {
                return ErrorCategory.AUTHENTICATION;
            }
            if (BLOCKED_REASON.matcher(reason).matches()) {
                return ErrorCategory.PERMISSION;
            }
        }
        boolean exhausted = status == 402
                || (status == 429 && MONEY.matcher(details.message()).find());
        return exhausted ? ErrorCategory.QUOTA_EXHAUSTED : null;
    }
}
