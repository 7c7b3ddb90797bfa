package dev.avionics.airframe.http;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

record SimpleHead(int status, Map<String, String> headers) implements HttpHead {
    @Override
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }
}
