package dev.avionics.server.cli;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads times such as {@code 30}, {@code 1.5s}, {@code 500ms}, {@code 2m}, {@code 1h}; a bare number is seconds. */
final class DurationConverter implements ITypeConverter<Duration> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,3})?)\\s*(ms|s|m|h)?");

    @Override
    public Duration convert(String text) {
        Matcher form = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!form.matches()) {
            throw new TypeConversionException("'" + text + "' is no time (expected: such as 30, 500ms, 1.5s or 2m)");
        }
        String unit = form.group(2) == null ? "s" : form.group(2);
        long millis = switch (unit) {
            case "ms" -> 1;
            case "s" -> 1_000;
            case "m" -> 60_000;
            default -> 3_600_000;
        };
        Duration time = Duration.ofMillis(new BigDecimal(form.group(1))
                .multiply(BigDecimal.valueOf(millis))
                .longValue());
        if (time.isZero()) {
            throw new TypeConversionException("'" + text + "' is no time (expected: more than 0)");
        }
        return time;
    }
}
