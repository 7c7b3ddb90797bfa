package dev.avionics.llm.check;

import dev.avionics.airframe.ModelInfo;
import java.util.List;
import java.util.Optional;

/** Compares model names that may or may not carry a tag, such as {@code qwen3:latest}. */
final class ModelNames {
    private ModelNames() {}

    /**
     * The listed model that a name means.
     *
     * @param exact whether it is the same model for sure; false if only the part before the tag is the same
     */
    record Match(String id, boolean exact) {}

    static Optional<Match> find(String wanted, List<ModelInfo> models) {
        for (ModelInfo model : models) {
            if (same(wanted, model.id())) {
                return Optional.of(new Match(model.id(), true));
            }
        }
        if (hasTag(wanted)) {
            return Optional.empty();
        }
        for (ModelInfo model : models) {
            if (hasTag(model.id()) && untagged(model.id()).equalsIgnoreCase(wanted)) {
                return Optional.of(new Match(model.id(), false));
            }
        }
        return Optional.empty();
    }

    private static boolean same(String wanted, String listed) {
        return full(wanted).equalsIgnoreCase(full(listed));
    }

    private static String full(String name) {
        return hasTag(name) ? name : name + ":latest";
    }

    private static boolean hasTag(String name) {
        // The colon of a port stands before a slash.
        return name.lastIndexOf(':') > name.lastIndexOf('/');
    }

    private static String untagged(String name) {
        return name.substring(0, name.lastIndexOf(':'));
    }
}
