package dev.avionics.architecture;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The published modules, their packages and the arrows between them.
 *
 * <p>Packages are relative to a root ({@code dev.avionics} in the real tree), so that the same rules run over the
 * deliberately wrong tree. {@code name} stands for one package, {@code name..} for it and all below it; the empty
 * name is the root itself.
 */
enum Module {
    AIRFRAME_CORE(
            "airframe-core",
            List.of(
                    "airframe",
                    "airframe.spi",
                    "airframe.stream",
                    "airframe.call",
                    "airframe.endpoint",
                    "airframe.error",
                    "airframe.http",
                    "airframe.http.netty",
                    "airframe.json")),
    AIRFRAME_ADAPTERS(
            "airframe-adapters",
            List.of(
                    "airframe.openai..",
                    "airframe.anthropic..",
                    "airframe.gemini..",
                    "airframe.cohere..",
                    "airframe.ollama..",
                    "airframe.llamaserver.."),
            AIRFRAME_CORE),
    AIRFRAME_LLAMACPP("airframe-llamacpp", List.of("airframe.llamacpp.."), AIRFRAME_CORE),
    AVIONICS_COST("avionics-cost", List.of("cost.."), AIRFRAME_CORE),
    AVIONICS_LLM("avionics-llm", List.of("llm.."), AIRFRAME_CORE, AVIONICS_COST),
    AVIONICS_GATEWAY("avionics-gateway", List.of("gateway.."), AVIONICS_LLM),
    AVIONICS_REDIS("avionics-redis", List.of("redis.."), AVIONICS_GATEWAY),
    AVIONICS_GUICE("avionics-guice", List.of(""), AVIONICS_GATEWAY),
    AVIONICS_SERVER("avionics-server", List.of("server.."), AVIONICS_GUICE),
    TESTKIT("testkit", List.of("testkit.."), AIRFRAME_CORE, AVIONICS_LLM);

    private final String artifact;
    private final List<String> packages;
    private final Set<Module> arrows;

    Module(String artifact, List<String> packages, Module... arrows) {
        this.artifact = artifact;
        this.packages = packages;
        this.arrows = Set.of(arrows);
    }

    /** The artifactId, which is the folder too. */
    String artifact() {
        return artifact;
    }

    /** This module and all that its arrows lead to, over any number of steps. */
    Set<Module> reach() {
        EnumSet<Module> reach = EnumSet.of(this);
        arrows.forEach(next -> reach.addAll(next.reach()));
        return reach;
    }

    /** The module that a package belongs to; empty if no module claims it. */
    static Optional<Module> ofPackage(String relative) {
        return Arrays.stream(values())
                .filter(module -> module.packages.stream().anyMatch(pattern -> matches(pattern, relative)))
                .findFirst();
    }

    private static boolean matches(String pattern, String relative) {
        if (!pattern.endsWith("..")) {
            return pattern.equals(relative);
        }
        String name = pattern.substring(0, pattern.length() - 2);
        return relative.equals(name) || relative.startsWith(name + ".");
    }
}
