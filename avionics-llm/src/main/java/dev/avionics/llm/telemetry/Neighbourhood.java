package dev.avionics.llm.telemetry;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.EndpointSpec.Billing;
import java.util.List;
import java.util.Locale;

/** Whose a backend is. */
final class Neighbourhood {
    private static final List<String> PRIVATE_ENDS =
            List.of(".local", ".internal", ".lan", ".localdomain", ".localhost", ".svc", ".home.arpa", ".intranet");

    private Neighbourhood() {}

    /** Whether it is somebody else's: paid for, and at a public address. */
    static boolean isThirdParty(EndpointSpec endpoint) {
        if (endpoint.billing() == Billing.FREE) {
            return false;
        }
        String host = endpoint.baseUrl().getHost();
        return host != null && !isPrivate(host.toLowerCase(Locale.ROOT));
    }

    private static boolean isPrivate(String host) {
        if (host.startsWith("[")) {
            return host.equals("[::1]")
                    || host.startsWith("[fc")
                    || host.startsWith("[fd")
                    || host.startsWith("[fe80:");
        }
        // A name without a dot is looked up in one's own domain.
        if (host.indexOf('.') < 0) {
            return true;
        }
        for (String end : PRIVATE_ENDS) {
            if (host.endsWith(end)) {
                return true;
            }
        }
        return isPrivateAddress(host);
    }

    private static boolean isPrivateAddress(String host) {
        String[] parts = host.split("\\.", -1);
        if (parts.length != 4) {
            return false;
        }
        int[] numbers = new int[4];
        for (int i = 0; i < 4; i++) {
            if (parts[i].isEmpty() || parts[i].length() > 3 || !parts[i].chars().allMatch(c -> c >= '0' && c <= '9')) {
                return false;
            }
            numbers[i] = Integer.parseInt(parts[i]);
        }
        return numbers[0] == 10
                || numbers[0] == 127
                || (numbers[0] == 192 && numbers[1] == 168)
                || (numbers[0] == 169 && numbers[1] == 254)
                || (numbers[0] == 172 && numbers[1] >= 16 && numbers[1] <= 31)
                || (numbers[0] == 100 && numbers[1] >= 64 && numbers[1] <= 127);
    }
}
