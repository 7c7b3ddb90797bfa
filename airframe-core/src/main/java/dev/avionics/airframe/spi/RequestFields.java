package dev.avionics.airframe.spi;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.json.JsonWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Writes the top-level fields of a request: the caller's own fields win, and those that the backend refused before are left
 * out. Not thread-safe.
 */
public final class RequestFields {
    /** The metadata key of a JSON object with fields for every request to an endpoint. */
    public static final String EXTRA_BODY = "extra_body";

    private final JsonWriter json = new JsonWriter();
    private final Map<String, @Nullable Object> extra;
    private final Set<String> fixed;
    private final Set<String> learned;
    private final Set<String> refused = new TreeSet<>();

    private RequestFields(Map<String, @Nullable Object> extra, Set<String> fixed, Set<String> learned) {
        this.extra = new LinkedHashMap<>(extra);
        this.fixed = Set.copyOf(fixed);
        this.learned = learned;
        json.beginObject();
    }

    /**
     * Begins an object with the endpoint's own fields, by metadata {@link #EXTRA_BODY}, and the request's, which win.
     *
     * @param scope tells what was refused before
     * @param ofRequest the request's own fields
     * @param fixed what neither can replace, such as the conversation
     */
    public static RequestFields of(WireScope scope, Map<String, @Nullable Object> ofRequest, Set<String> fixed) {
        String ofEndpoint = scope.endpoint().metadata().get(EXTRA_BODY);
        if (ofEndpoint == null) {
            return ofRequestAlone(scope, ofRequest, fixed);
        }
        Map<String, @Nullable Object> both = new LinkedHashMap<>(JsonValues.parseObject(ofEndpoint));
        both.putAll(ofRequest);
        return new RequestFields(both, fixed, scope.learned());
    }

    /** As {@link #of}, without the endpoint's own fields, which are meant for conversations. */
    public static RequestFields ofRequestAlone(
            WireScope scope, Map<String, @Nullable Object> ofRequest, Set<String> fixed) {
        return new RequestFields(ofRequest, fixed, scope.learned());
    }

    /** Where values that are no plain ones are written, behind {@link #takes}. */
    public JsonWriter json() {
        return json;
    }

    /** Whether a field is to be written: the caller does not set it, and the backend has not refused it. */
    public boolean takes(String name) {
        if (isOwn(name)) {
            return false;
        }
        if (!learned.isEmpty() && learned.contains(RefusedFields.fact(name))) {
            refused.add(name);
            return false;
        }
        return true;
    }

    /** Whether the caller sets a field by itself. */
    public boolean isOwn(String name) {
        return extra.containsKey(name) && !fixed.contains(name);
    }

    /** What the caller sets a field to by itself; null for nothing. */
    public @Nullable Object own(String name) {
        return isOwn(name) ? extra.get(name) : null;
    }

    /**
     * Writes an object, if it has fields. Where the caller sets an object under this name, both are sent in one; of a field
     * that both have, the caller's holds.
     */
    public void object(String name, Map<String, ? extends @Nullable Object> value) {
        if (value.isEmpty()) {
            return;
        }
        if (own(name) instanceof Map<?, ?> callers) {
            Map<String, @Nullable Object> both = new LinkedHashMap<>(value);
            callers.forEach((field, each) -> both.put(String.valueOf(field), each));
            extra.put(name, both);
        } else {
            put(name, value);
        }
    }

    /** Writes a field; a null value and an empty name write nothing. */
    public void put(String name, @Nullable Object value) {
        if (value != null && !name.isEmpty() && takes(name)) {
            json.name(name).value(value);
        }
    }

    /** Writes a field whose value is JSON text. */
    public void raw(String name, String value) {
        if (takes(name)) {
            json.rawField(name, value);
        }
    }

    /**
     * Adds the caller's own fields and ends the object.
     *
     * @param adjustments is told what was left out because the backend had refused it
     */
    public byte[] end(List<Adjustment> adjustments) {
        extra.forEach((name, value) -> {
            if (!fixed.contains(name)) {
                json.name(name).value(value);
            }
        });
        for (String field : refused) {
            adjustments.add(Adjustment.dropped(field, "the backend refused it before"));
        }
        return json.endObject().toBytes();
    }
}
