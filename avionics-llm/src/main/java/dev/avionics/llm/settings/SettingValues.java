package dev.avionics.llm.settings;

import dev.avionics.airframe.Secret;
import dev.avionics.llm.settings.SettingKey.Form;
import dev.avionics.llm.settings.SettingSources.Found;
import java.math.BigDecimal;
import java.net.URI;
import java.util.List;
import java.util.Locale;

/** Turns the text of settings into values, or says what is wrong with it. */
final class SettingValues {
    private SettingValues() {}

    /** Checks a value of whatever form; addresses by {@link #url} only where the port is known. */
    static void check(Found found) {
        switch (found.key().form()) {
            case TEXT -> {}
            // Which names there are is known to the settings as a whole.
            case PROVIDER -> {}
            case SECRET -> secret(found);
            case URL -> url(found, localPort(found.key()));
            case API_TYPE -> apiType(found);
            case LLAMASERVER_API -> oneOf(found, List.of("native", "openai"));
            case DEPLOYMENT_MODE -> oneOf(found, List.of("single-node", "distributed"));
            case BOOLEAN -> flag(found);
            case TEMPERATURE -> decimal(found, 2);
            case SECONDS, WAIT -> decimal(found, 600);
            case RETRIES -> integer(found, 0, 10);
            case POSITIVE -> integer(found, 1, Integer.MAX_VALUE);
            case NOT_NEGATIVE -> integer(found, 0, Integer.MAX_VALUE);
        }
    }

    static int localPort(SettingKey key) {
        return switch (key.name()) {
            // The general address may be any provider's: which port is meant is known when it is used.
            case "ollama.base-url", "llm.base-url" -> 11434;
            case "llamaserver.base-url" -> 8080;
            default -> 0;
        };
    }

    static Secret secret(Found found) {
        try {
            return Secret.of(found.value());
        } catch (IllegalArgumentException e) {
            // The message of Secret tells where the wrong character is, not what it is.
            throw new SettingsException(
                    found.name() + ": not usable as a key: " + e.getMessage() + "; from " + found.place());
        }
    }

    static URI url(Found found, int localPort) {
        URI url = BaseUrls.read(found.value(), localPort);
        if (url == null) {
            throw wrong(found, found.key().form().expected() + " such as http://localhost:8080");
        }
        return url;
    }

    static String apiType(Found found) {
        try {
            return ApiType.of(found.value()).id();
        } catch (SettingsException e) {
            throw wrong(found, "one of " + String.join(", ", NearestName.sorted(plain(found), ApiType.names())));
        }
    }

    static String oneOf(Found found, List<String> right) {
        String value = plain(found);
        if (!right.contains(value)) {
            throw wrong(found, "one of " + String.join(", ", NearestName.sorted(value, right)));
        }
        return value;
    }

    static boolean flag(Found found) {
        return switch (plain(found)) {
            case "true", "yes", "on", "1" -> true;
            case "false", "no", "off", "0" -> false;
            default -> throw wrong(found, Form.BOOLEAN.expected());
        };
    }

    static int integer(Found found, int least, int most) {
        try {
            int value = Integer.parseInt(found.value());
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Told with all other wrong values.
        }
        throw wrong(found, "a whole number, " + found.key().form().expected());
    }

    static double decimal(Found found, int most) {
        try {
            BigDecimal value = new BigDecimal(found.value());
            BigDecimal least = switch (found.key().form()) {
                case SECONDS -> BigDecimal.ONE;
                case WAIT -> new BigDecimal("0.001");
                default -> BigDecimal.ZERO;
            };
            if (value.compareTo(least) >= 0 && value.compareTo(BigDecimal.valueOf(most)) <= 0) {
                return value.doubleValue();
            }
        } catch (NumberFormatException e) {
            // Told with all other wrong values.
        }
        throw wrong(found, found.key().form().expected());
    }

    static SettingsException wrong(Found found, String expected) {
        String value = switch (found.key().form()) {
            case SECRET -> "***";
            case URL -> BaseUrls.shown(found.value());
            default -> found.value();
        };
        return new SettingsException(
                found.name() + ": " + value + " (expected: " + expected + "); from " + found.place());
    }

    private static String plain(Found found) {
        return found.value().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
