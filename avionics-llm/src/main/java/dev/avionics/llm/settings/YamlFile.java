package dev.avionics.llm.settings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Reads a YAML file into values that know their lines. Values are texts, as they are written; aliases and merges are YAML's. */
final class YamlFile {
    private static final int LARGEST = 1 << 20;
    private static final int MOST_ALIASES = 50;

    private YamlFile() {}

    /**
     * A value.
     *
     * @param text if it is a plain value; null for null and for the other kinds
     * @param fields if it is a mapping
     * @param items if it is a list
     * @param line in the file, from 1
     */
    record Value(@Nullable String text, Map<String, Value> fields, List<Value> items, int line) {
        boolean isPlain() {
            return fields.isEmpty() && items.isEmpty();
        }

        /** What a JSON reader would make of it: texts, lists and maps. */
        @Nullable
        Object plain() {
            if (!fields.isEmpty()) {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                fields.forEach((name, value) -> map.put(name, value.plain()));
                return map;
            }
            return items.isEmpty()
                    ? text
                    : new ArrayList<>(items.stream().map(Value::plain).toList());
        }
    }

    /**
     * The fields at the top of a file; none if it is empty.
     *
     * @throws SettingsException if it is not there, too large, or no YAML mapping; it names file and line
     */
    static Map<String, Value> read(Path file) {
        try {
            if (Files.size(file) > LARGEST) {
                throw new SettingsException(file + ": larger than " + LARGEST + " bytes");
            }
            return parse(file, Files.readString(file, StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            throw new SettingsException(file + ": no such file");
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read", e);
        }
    }

    static Map<String, Value> parse(Path file, String text) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(file.toString())
                .setAllowDuplicateKeys(false)
                .setMaxAliasesForCollections(MOST_ALIASES)
                .build();
        try {
            Optional<Node> root = new Compose(settings).composeString(text);
            if (root.isEmpty() || isNull(root.get())) {
                return Map.of();
            }
            Value value = value(file, root.get(), 0);
            if (!(root.get() instanceof MappingNode)) {
                throw new SettingsException(file + ":" + value.line() + ": no mapping of names to values");
            }
            return value.fields();
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
            throw new SettingsException(file + ":" + line + ": no YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            throw new SettingsException(file + ": no YAML: " + e.getMessage());
        }
    }

    private static boolean isNull(Node node) {
        return node.getTag().equals(Tag.NULL);
    }

    private static Value value(Path file, Node node, int depth) {
        int line = node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
        if (depth > MOST_ALIASES) {
            throw new SettingsException(file + ":" + line + ": nested too deep");
        }
        if (node instanceof ScalarNode scalar) {
            return new Value(isNull(node) ? null : scalar.getValue(), Map.of(), List.of(), line);
        }
        if (node instanceof SequenceNode list) {
            List<Value> items = new ArrayList<>();
            list.getValue().forEach(item -> items.add(value(file, item, depth + 1)));
            return new Value(null, Map.of(), items, line);
        }
        Map<String, Value> fields = new LinkedHashMap<>();
        for (NodeTuple tuple : ((MappingNode) node).getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                throw new SettingsException(file + ":" + line + ": a name is no plain text");
            }
            if (fields.put(key.getValue(), value(file, tuple.getValueNode(), depth + 1)) != null) {
                throw new SettingsException(file + ":" + line + ": " + key.getValue() + " stands twice");
            }
        }
        return new Value(null, fields, List.of(), line);
    }
}
