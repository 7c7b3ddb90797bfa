package dev.avionics.llm.node;

import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.settings.NearestName;
import dev.avionics.llm.settings.ProviderId;
import dev.avionics.llm.settings.SettingsException;
import java.math.BigDecimal;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the section {@code nodes} of {@code avionics.yaml}. */
final class NodeSection {
    private static final List<String> FIELDS = List.of(
            "name",
            "base-url",
            "provider",
            "agents",
            "model",
            "vram-gb",
            "ram-gb",
            "model-size-gb",
            "max-parallel",
            "gpu-id",
            "priority",
            "tags",
            "load",
            "metadata");

    private final AvionicsSettings settings;
    private final Map<?, ?> fields;
    private final String path;

    private NodeSection(AvionicsSettings settings, Map<?, ?> fields, String path) {
        this.settings = settings;
        this.fields = fields;
        this.path = path;
    }

    static List<InferenceNode> read(AvionicsSettings settings) {
        List<InferenceNode> nodes = new ArrayList<>();
        for (Object item : settings.list("nodes")) {
            String path = "nodes[" + nodes.size() + "]";
            if (!(item instanceof Map<?, ?> fields)) {
                throw new SettingsException(
                        path + " (expected: a name and what belongs to it); from " + settings.configFile());
            }
            nodes.add(new NodeSection(settings, fields, path).node());
        }
        return nodes;
    }

    private InferenceNode node() {
        for (Object field : fields.keySet()) {
            if (!FIELDS.contains(String.valueOf(field))) {
                throw new SettingsException(path + "." + field + ": no such setting"
                        + NearestName.hint(String.valueOf(field), FIELDS) + "; from " + settings.configFile());
            }
        }
        String name = text("name");
        if (name == null) {
            throw wrong("name", "the node's name");
        }
        try {
            return made(name);
        } catch (IllegalArgumentException e) {
            throw new SettingsException(path + ": " + e.getMessage() + "; from " + settings.configFile());
        }
    }

    private InferenceNode made(String name) {
        InferenceNode.Builder node;
        String provider = text("provider");
        if (provider != null) {
            node = InferenceNode.builder(name, settings.provider(provider));
        } else {
            String url = text("base-url");
            if (url == null) {
                throw wrong("base-url", "the node's address, or a provider");
            }
            node = InferenceNode.builder(
                    name,
                    settings.provider(ProviderId.LLAMASERVER).toBuilder()
                            .baseUrl(URI.create(url))
                            .apiKey(null)
                            .model("")
                            .build());
        }
        String model = text("model");
        if (model != null) {
            node.model(model);
        }
        names("agents").forEach(node::agent);
        names("tags").forEach(node::tag);
        String gpu = text("gpu-id");
        if (gpu != null) {
            node.gpuId(gpu);
        }
        if (fields.get("metadata") instanceof Map<?, ?> metadata) {
            metadata.forEach((key, value) -> node.metadata(String.valueOf(key), String.valueOf(value)));
        }
        String load = text("load");
        if (load != null) {
            node.metadata(ServedLoad.LOAD, ServedLoad.Source.named(load).name().toLowerCase(Locale.ROOT));
        }
        return node.vramGb(number("vram-gb", 0))
                .ramGb(number("ram-gb", 0))
                .modelSizeGb(number("model-size-gb", 0))
                .maxParallel((int) number("max-parallel", 1))
                .priority((int) number("priority", 0))
                .build();
    }

    private @Nullable String text(String field) {
        Object value = fields.get(field);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw wrong(field, "one value");
    }

    private List<String> names(String field) {
        Object value = fields.get(field);
        if (value == null) {
            return List.of();
        }
        return value instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of(String.valueOf(value).split("\\s*,\\s*"));
    }

    private double number(String field, double byDefault) {
        String value = text(field);
        if (value == null) {
            return byDefault;
        }
        try {
            return new BigDecimal(value).doubleValue();
        } catch (NumberFormatException e) {
            throw wrong(field + ": " + value, "a number");
        }
    }

    private SettingsException wrong(String field, String expected) {
        return new SettingsException(
                path + "." + field + " (expected: " + expected + "); from " + settings.configFile());
    }
}
