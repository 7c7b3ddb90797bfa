package dev.avionics.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ApiListingTest {
    private static final String UPDATE = "mvn test -pl architecture-tests -am -Dtest=ApiListingTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Davionics.api.update=true";

    /** Packages that are public for their own artifact only. */
    private static final List<String> NOT_EXPORTED = List.of(
            "dev.avionics.airframe.http.netty",
            "dev.avionics.airframe.llamaserver.completion",
            "dev.avionics.airframe.llamacpp.model",
            "dev.avionics.airframe.llamacpp.prompt",
            "dev.avionics.airframe.ollama.answer",
            "dev.avionics.airframe.ollama.chat",
            "dev.avionics.airframe.ollama.endpoint",
            "dev.avionics.airframe.openai.answer",
            "dev.avionics.airframe.openai.chat",
            "dev.avionics.airframe.openai.dialect",
            "dev.avionics.airframe.openai.responses",
            "dev.avionics.airframe.openai.responses.answer");

    private static final Path FOLDER = Tree.project().resolve("docs/api");

    static Stream<Module> modules() {
        return Arrays.stream(Module.values());
    }

    @ParameterizedTest
    @MethodSource("modules")
    @Tag("row-138")
    void api_ofEachModule_isTheCommittedOne(Module module) throws IOException {
        Path file = FOLDER.resolve(module.artifact() + ".txt");
        String current = ApiListing.of(classes(module));
        if (Boolean.getBoolean("avionics.api.update")) {
            Files.createDirectories(FOLDER);
            Files.writeString(file, current);
        }

        assertThat(file)
                .as("The public API of %s differs from docs/api. If that is meant: %s", module.artifact(), UPDATE)
                .hasContent(current);
    }

    @Test
    void listing_fixture_showsEverythingAUserCanSee() {
        String listing = ApiListing.of(
                List.of(Shown.class, Shown.Pair.class, Shown.Kind.class, Shown.Hidden.class, Shown.Port.class));

        assertThat(listing.replace(Shown.class.getPackageName() + ".", "")).isEqualTo("""
                        Shown.Kind: public enum
                            ONE
                            TWO
                            Shown.Kind next()

                        Shown.Pair: public record<A>(A left, @Nullable Integer right)
                            Shown.Pair<A> swapped()
                            new(A)
                            static final String MARK

                        Shown.Port: public sealed interface extends java.io.Closeable
                            abstract void open()
                            default boolean wide()

                        Shown: public abstract class<T extends Comparable<? super T> & java.io.Closeable> extends Runnable
                            abstract <R extends @Nullable Object> R map(java.util.function.Function<? super T, ? extends R>, int @Nullable []) throws java.io.IOException
                            protected @Nullable String name
                            protected new(java.util.List<@Nullable String>)
                            static final int LIMIT
                            static void join(java.util.Map.Entry<String, long[]>...)
                            void inherited()
                        """);
    }

    private static Collection<Class<?>> classes(Module module) {
        return Tree.real().stream()
                .filter(type -> Module.ofPackage(Tree.relativePackage(type)).orElseThrow() == module)
                .filter(type -> !NOT_EXPORTED.contains(type.getPackageName()))
                .<Class<?>>map(JavaClass::reflect)
                .toList();
    }
}
