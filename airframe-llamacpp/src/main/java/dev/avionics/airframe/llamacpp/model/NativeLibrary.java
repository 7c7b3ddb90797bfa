package dev.avionics.airframe.llamacpp.model;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Makes the native library ready, once. Its own loader would clear the common temp folder of files of other programs and
 * print to standard output; so it is unpacked here into a private folder and named to the loader.
 */
public final class NativeLibrary {
    private static final String FOLDER = "de.kherud.llama.tmpdir";
    private static final String LIBRARY = "de.kherud.llama.lib.path";

    private static @Nullable InferenceException failure;
    private static boolean ready;

    private NativeLibrary() {}

    /**
     * Loads the library.
     *
     * @throws InferenceException of category UNSUPPORTED if this machine has none or it does not load
     */
    static synchronized void load() {
        if (ready) {
            return;
        }
        InferenceException before = failure;
        if (before != null) {
            throw before;
        }
        try {
            if (System.getProperty(LIBRARY) == null) {
                unpack();
            }
            Class.forName("de.kherud.llama.LlamaModel");
            ready = true;
        } catch (IOException | ClassNotFoundException | LinkageError e) {
            failure = unsupported("the llama.cpp library does not load here: " + root(e).getMessage(), e);
            throw failure;
        }
    }

    private static void unpack() throws IOException {
        String name = System.mapLibraryName("jllama");
        String resource = "/de/kherud/llama/" + system() + "/" + processor() + "/" + name;
        try (InputStream in = NativeLibrary.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("there is none for " + System.getProperty("os.name") + " on "
                        + System.getProperty("os.arch") + "; use a llama-server or Ollama instead");
            }
            Path folder = Files.createTempDirectory("avionics-llamacpp");
            folder.toFile().deleteOnExit();
            Path file = folder.resolve(name);
            file.toFile().deleteOnExit();
            Files.copy(in, file);
            System.setProperty(FOLDER, folder.toString());
            System.setProperty(LIBRARY, folder.toString());
        }
    }

    private static String system() {
        String name = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        if (name.contains("mac")) {
            return "Mac";
        }
        return name.contains("windows") ? "Windows" : "Linux";
    }

    private static String processor() {
        String name = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        return switch (name) {
            case "amd64", "x86_64", "x64" -> "x86_64";
            case "arm64", "aarch64" -> "aarch64";
            default -> name;
        };
    }

    private static Throwable root(Throwable error) {
        Throwable cause = error;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** Something that this machine or the library cannot do; nothing was sent. */
    public static InferenceException unsupported(String message, @Nullable Throwable cause) {
        return InferenceException.builder(ErrorCategory.UNSUPPORTED, message)
                .origin(ErrorOrigin.US)
                .sent(InferenceException.Sent.NOTHING)
                .cause(cause)
                .build();
    }
}
