package dev.avionics.llm.agent;

import static java.util.Objects.requireNonNull;

import dev.avionics.llm.settings.AvionicsSettings;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The agents that a program knows. Variables such as {@code PLANNER_MODEL} are looked up for known agents only, these and those
 * of {@code avionics.yaml}; an agent whose variables would be settings already, such as {@code openai} for {@code OPENAI_MODEL},
 * is refused. Names are case-blind. Thread-safe.
 */
public final class AgentRegistry {
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,63}");

    /** What is put behind an agent's name to find its variables. */
    static final List<String> SUFFIXES = List.of(
            "_MODEL", "_TEMPERATURE", "_LLM_PROVIDER", "_SERVER_URL", "_MAX_TOKENS", "_TIMEOUT", "_CONTEXT_WINDOW");

    /** Words whose variables mean something else where agents run. */
    private static final Set<String> RESERVED = Set.of("CODING", "EMBEDDING", "EMBED", "CHAT", "FALLBACK");

    private final Map<String, AgentConfig> agents = new ConcurrentHashMap<>();

    /** No agents. */
    public AgentRegistry() {}

    /**
     * Puts an agent in, in place of one of the same name.
     *
     * @return this
     * @throws IllegalArgumentException if the name is not one for an agent
     */
    public AgentRegistry register(AgentConfig agent) {
        agents.put(key(checkName(agent.name())), agent);
        return this;
    }

    /** What was said of an agent. */
    public Optional<AgentConfig> find(String name) {
        return Optional.ofNullable(agents.get(key(name)));
    }

    /** The names of all agents, sorted. */
    public Set<String> names() {
        Set<String> names = new TreeSet<>();
        agents.values().forEach(agent -> names.add(agent.name()));
        return Collections.unmodifiableSet(names);
    }

    /** What two spellings of one name have in common. */
    static String key(String name) {
        return name.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    static String checkName(String name) {
        if (!NAME.matcher(requireNonNull(name, "name")).matches()) {
            throw new IllegalArgumentException("agent: " + name
                    + " (expected: a letter, then letters, digits, dashes or underscores, at most 64)");
        }
        String key = key(name);
        for (String suffix : SUFFIXES) {
            if (RESERVED.contains(key) || AvionicsSettings.isSetting(key + suffix)) {
                throw new IllegalArgumentException("agent: " + name + " (expected: another name; " + key + suffix
                        + " is a setting, so its variables would be taken for those of the agent)");
            }
        }
        return name;
    }
}
