package dev.avionics.airframe.http.netty;

import dev.avionics.airframe.http.HttpHead;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A head over Netty's headers, which are on the heap and need no release. */
final class NettyHead implements HttpHead {
    private final int status;
    private final HttpHeaders headers;
    private volatile @Nullable Map<String, String> map;

    NettyHead(int status, HttpHeaders headers) {
        this.status = status;
        this.headers = headers;
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    @Override
    public Map<String, String> headers() {
        Map<String, String> known = map;
        if (known == null) {
            Map<String, String> made = new LinkedHashMap<>();
            headers.forEach(entry -> made.putIfAbsent(entry.getKey().toLowerCase(Locale.ROOT), entry.getValue()));
            known = Collections.unmodifiableMap(made);
            map = known;
        }
        return known;
    }

    @Override
    public String toString() {
        return "HttpHead[" + status + ", headers " + headers().keySet() + "]";
    }
}
