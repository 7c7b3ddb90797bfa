package dev.avionics.airframe.llamacpp.model;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a model is opened, read from the endpoint's metadata: {@code model_path} (else the target's model is the path),
 * {@code n_ctx} (tokens for each slot, default 4096), {@code n_gpu_layers} (default 0), {@code n_threads} (default the
 * library's own), {@code slots} (answers at a time, default 1), {@code queue} (calls that may wait, default 64).
 */
public record ModelOptions(
        Path file, int context, int gpuLayers, @Nullable Integer threads, int slots, int queue, boolean embedding) {
    private static final byte[] MAGIC = "GGUF".getBytes(StandardCharsets.US_ASCII);

    /** The options of a target; {@code embedding} opens the model for vectors instead of answers. */
    public static ModelOptions of(Target target, boolean embedding) {
        EndpointSpec endpoint = target.endpoint();
        Map<String, String> metadata = endpoint.metadata();
        String path = metadata.getOrDefault("model_path", target.model());
        if (path.isEmpty()) {
            throw bad(target, "no model file is set (give its path: --model /path/file.gguf, or LLAMACPP_MODEL_PATH)");
        }
        String threads = metadata.get("n_threads");
        return new ModelOptions(
                Path.of(path).toAbsolutePath().normalize(),
                number(metadata, "n_ctx", 4096, 16, 1 << 20),
                number(metadata, "n_gpu_layers", 0, 0, 10_000),
                threads == null ? null : (Integer) number(metadata, "n_threads", 1, 1, 1024),
                number(metadata, "slots", 1, 1, 64),
                number(metadata, "queue", 64, 0, 100_000),
                embedding);
    }

    private static int number(Map<String, String> metadata, String name, int otherwise, int least, int most) {
        String text = metadata.get(name);
        if (text == null) {
            return otherwise;
        }
        try {
            int value = Integer.parseInt(text.strip());
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException notANumber) {
            // Told below, with the range.
        }
        throw new IllegalArgumentException(name + ": " + text + " (expected: " + least + " to " + most + ")");
    }

    /**
     * Looks at the file before the native library does, whose one message fits every fault.
     *
     * @throws InferenceException of category MODEL_NOT_FOUND if it is missing, INVALID_REQUEST if it is no model
     */
    public void check(Target target) {
        if (!Files.isRegularFile(file)) {
            throw InferenceException.builder(
                            ErrorCategory.MODEL_NOT_FOUND,
                            "no model file at " + file + " (give another: --model /path/file.gguf)")
                    .origin(ErrorOrigin.CALLER)
                    .provider(target.endpoint().name())
                    .sent(InferenceException.Sent.NOTHING)
                    .build();
        }
        byte[] start = new byte[MAGIC.length];
        try (InputStream in = Files.newInputStream(file)) {
            int read = in.readNBytes(start, 0, start.length);
            if (read < start.length || !java.util.Arrays.equals(start, MAGIC)) {
                throw bad(target, file + " is not a GGUF model file");
            }
        } catch (IOException e) {
            throw bad(target, "the model file " + file + " cannot be read: " + e.getMessage());
        }
    }

    private static InferenceException bad(Target target, String message) {
        return InferenceException.builder(ErrorCategory.INVALID_REQUEST, message)
                .origin(ErrorOrigin.CALLER)
                .provider(target.endpoint().name())
                .sent(InferenceException.Sent.NOTHING)
                .build();
    }
}
