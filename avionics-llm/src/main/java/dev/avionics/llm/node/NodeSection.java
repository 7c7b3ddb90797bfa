package dev.avionics.llm.node;

import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.settings.ProviderId;
import dev.avionics.llm.settings.ProviderSettings;
import dev.avionics.llm.settings.SettingsSection;
import java.math.BigDecimal;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

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
    private final SettingsSection section;

    private NodeSection(AvionicsSettings settings, SettingsSection section) {
        this.settings = settings;
        this.section = section.allow(FIELDS);
    }

    static List<InferenceNode> read(AvionicsSettings settings) {
        return SettingsSection.list(settings, "nodes").stream()
                .map(section -> new NodeSection(settings, section).node())
                .toList();
    }

    private InferenceNode node() {
        String name = section.text("name").orElseThrow(() -> section.wrong("name", "the node's name"));
        try {
            return made(name);
        } catch (IllegalArgumentException e) {
            throw section.wrong(e);
        }
    }

    private InferenceNode made(String name) {
        Optional<String> provider = section.text("provider");
        InferenceNode.Builder node =
                InferenceNode.builder(name, provider.isPresent() ? settings.provider(provider.get()) : llamaServer());
        section.text("model").ifPresent(node::model);
        section.texts("agents").forEach(node::agent);
        section.texts("tags").forEach(node::tag);
        section.text("gpu-id").ifPresent(node::gpuId);
        SettingsSection metadata = section.inner("metadata");
        for (String key : metadata.names()) {
            node.metadata(key, metadata.text(key).orElse(""));
        }
        section.text("load")
                .map(ServedLoad.Source::named)
                .ifPresent(load -> node.metadata(ServedLoad.LOAD, load.name().toLowerCase(Locale.ROOT)));
        return node.vramGb(number("vram-gb", 0))
                .ramGb(number("ram-gb", 0))
                .modelSizeGb(number("model-size-gb", 0))
                .maxParallel((int) number("max-parallel", 1))
                .priority((int) number("priority", 0))
                .build();
    }

    private ProviderSettings llamaServer() {
        String url = section.text("base-url")
                .orElseThrow(() -> section.wrong("base-url", "the node's address, or a provider"));
        return settings.provider(ProviderId.LLAMASERVER).toBuilder()
                .baseUrl(URI.create(url))
                .apiKey(null)
                .model("")
                .build();
    }

    private double number(String field, double byDefault) {
        return section.number(field).map(BigDecimal::doubleValue).orElse(byDefault);
    }
}
