package dev.avionics.llm.node;

import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.settings.ProviderId;
import dev.avionics.llm.settings.ProviderSettings;
import dev.avionics.llm.settings.SectionSchema;
import dev.avionics.llm.settings.SettingsSection;
import java.math.BigDecimal;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads the section {@code nodes} of {@code avionics.yaml}. */
final class NodeSection {
    static final SectionSchema SCHEMA = SectionSchema.builder()
            .text("name", null, "What people call the node; unique.")
            .text("base-url", null, "Where a llama-server is called; or name a provider.")
            .text("provider", null, "A provider's name, in place of an address.")
            .texts("agents", "The agents whose home it is.")
            .text("model", null, "The model that it serves, by the name that it is called with.")
            .number("vram-gb", 0, "0", "Memory of the graphics card in GB.")
            .number("ram-gb", 0, "0", "Memory of the machine in GB.")
            .number("model-size-gb", 0, "0", "What the model takes of the card's memory, in GB.")
            .whole("max-parallel", 1, "1", "Calls that it answers at a time.")
            .text("gpu-id", null, "The graphics card.")
            .whole("priority", Integer.MIN_VALUE, "0", "Nodes with a higher one come first.")
            .texts("tags", "What a call may ask for.")
            .text("load", null, "How it tells its load.")
            .free("metadata", "Notes of your own.")
            .build();

    private final AvionicsSettings settings;
    private final SettingsSection section;

    private NodeSection(AvionicsSettings settings, SettingsSection section) {
        this.settings = settings;
        this.section = section.allow(SCHEMA);
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
