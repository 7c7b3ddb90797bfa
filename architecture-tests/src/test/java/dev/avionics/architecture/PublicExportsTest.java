package dev.avionics.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import dev.avionics.llm.AnthropicProvider;
import dev.avionics.llm.AzureAIFoundryProvider;
import dev.avionics.llm.LLMProvider;
import dev.avionics.llm.LlamaServerProvider;
import dev.avionics.llm.MockProvider;
import dev.avionics.llm.OpenAIProvider;
import dev.avionics.llm.client.LLMClient;
import dev.avionics.llm.factory.LLMFactory;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a program may name: the types of the documents are public, and the README lists the packages. */
@Tag("row-138")
class PublicExportsTest {
    /** The modules that a program names types of, but for adapters, which are found. */
    private static final Set<Module> NAMED = Set.of(
            Module.AIRFRAME_CORE,
            Module.AVIONICS_LLM,
            Module.AVIONICS_COST,
            Module.AVIONICS_GATEWAY,
            Module.AVIONICS_REDIS,
            Module.AVIONICS_GUICE);

    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(dev\\.avionics[a-z.]*)` \\| [^|]+ \\|$");

    private static Stream<JavaClass> publicTypes(Set<Module> modules) {
        return Tree.real().stream()
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(type -> Module.ofPackage(Tree.relativePackage(type))
                        .filter(modules::contains)
                        .isPresent());
    }

    @Test
    void typesOfTheDocuments_arePublic() throws NoSuchMethodException {
        assertThat(List.of(
                        LLMProvider.class,
                        LlamaServerProvider.class,
                        OpenAIProvider.class,
                        AnthropicProvider.class,
                        AzureAIFoundryProvider.class,
                        MockProvider.class,
                        LLMFactory.class,
                        LLMClient.class))
                .allSatisfy(type ->
                        assertThat(Modifier.isPublic(type.getModifiers())).isTrue());
        Method create = LLMFactory.class.getMethod("create", String.class);
        assertThat(create.getReturnType()).isEqualTo(LLMProvider.class);
        Method ollama = LLMClient.class.getMethod("ollama");
        assertThat(Modifier.isStatic(ollama.getModifiers())).isTrue();
        assertThat(ollama.getReturnType()).isEqualTo(LLMClient.class);
    }

    @Test
    void llamaCpp_isReachedThroughTheFactoryOnly() {
        assertThat(publicTypes(NAMED).map(JavaClass::getSimpleName))
                .isNotEmpty()
                .noneMatch(name -> name.toLowerCase(java.util.Locale.ROOT).contains("llamacpp"));
        assertThat(publicTypes(Set.of(Module.AIRFRAME_LLAMACPP))
                        .filter(type -> Tree.relativePackage(type).equals("airframe.llamacpp"))
                        .map(JavaClass::getSimpleName))
                .as("what ServiceLoader makes, and nothing else")
                .containsExactly("LlamaCppProvider");
    }

    @Test
    void readme_listsThePackages() throws IOException {
        SortedSet<String> packages = publicTypes(NAMED)
                .map(JavaClass::getPackageName)
                .filter(name -> !name.equals("dev.avionics.airframe.http.netty"))
                .collect(Collectors.toCollection(TreeSet::new));
        Matcher rows = ROW.matcher(Files.readString(Tree.project().resolve("README.md")));

        assertThat(rows.results().map(row -> row.group(1)))
                .as("the packages in README.md")
                .containsExactlyInAnyOrderElementsOf(packages);
    }
}
