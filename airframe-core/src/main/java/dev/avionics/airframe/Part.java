package dev.avionics.airframe;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.json.JsonValues;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a message: text, image, document, thinking, tool call, tool result, refusal, or something opaque.
 *
 * <p>Every part carries {@link VendorData}, replayed to its own vendor only, and may carry a {@link CacheHint}. Read
 * parts with {@link #fold}, whose last branch takes kinds that the reader does not know.
 */
public sealed interface Part {
    /** Data that its vendor wants back unchanged; never null. */
    VendorData vendor();

    /** The wish to have the prompt cached up to here, or null. */
    @Nullable
    CacheHint cache();

    /** Plain text. */
    record Text(String text, VendorData vendor, @Nullable CacheHint cache) implements Part {
        public Text {
            requireNonNull(text, "text");
            requireNonNull(vendor, "vendor");
        }

        public Text(String text) {
            this(text, VendorData.none(), null);
        }
    }

    /** A picture. */
    record Image(
            MediaSource source, VendorData vendor, @Nullable CacheHint cache) implements Part {
        public Image {
            requireNonNull(source, "source");
            requireNonNull(vendor, "vendor");
        }

        public Image(MediaSource source) {
            this(source, VendorData.none(), null);
        }
    }

    /** A document, such as a PDF file. {@code title} may be null. */
    record Document(
            MediaSource source,
            @Nullable String title,
            VendorData vendor,
            @Nullable CacheHint cache) implements Part {
        public Document {
            requireNonNull(source, "source");
            requireNonNull(vendor, "vendor");
        }
    }

    /** The model's reasoning, apart from its answer. Signatures lie in the vendor data. */
    record Thinking(
            String text, VendorData vendor, @Nullable CacheHint cache) implements Part {
        public Thinking {
            requireNonNull(text, "text");
            requireNonNull(vendor, "vendor");
        }

        public Thinking(String text) {
            this(text, VendorData.none(), null);
        }
    }

    /** The model's wish to have a tool run. {@code argumentsJson} is a JSON object as text. */
    record ToolCall(
            String id,
            String name,
            String argumentsJson,
            VendorData vendor,
            @Nullable CacheHint cache) implements Part {
        public ToolCall {
            requireNonNull(id, "id");
            requireNonNull(name, "name");
            requireNonNull(argumentsJson, "argumentsJson");
            requireNonNull(vendor, "vendor");
        }

        public ToolCall(String id, String name, String argumentsJson) {
            this(id, name, argumentsJson, VendorData.none(), null);
        }

        /**
         * The arguments as a map of strings, numbers, booleans, nulls, lists and maps; unmodifiable.
         *
         * @throws dev.avionics.airframe.error.InferenceException of category PARSE if the text is no JSON object
         */
        public Map<String, @Nullable Object> arguments() {
            return JsonValues.parseObject(argumentsJson);
        }
    }

    /** What a tool gave back for a call. {@code name} is the tool's, null if unknown; content is text and images. */
    record ToolResult(
            String callId,
            @Nullable String name,
            List<Part> content,
            boolean isError,
            VendorData vendor,
            @Nullable CacheHint cache)
            implements Part {
        public ToolResult {
            requireNonNull(callId, "callId");
            if (callId.isEmpty()) {
                throw new IllegalArgumentException("callId: empty (expected: the id of the tool call it answers)");
            }
            content = List.copyOf(content);
            for (Part part : content) {
                if (!(part instanceof Text) && !(part instanceof Image) && !(part instanceof Document)) {
                    throw new IllegalArgumentException(
                            "content: " + part.getClass().getSimpleName() + " (expected: Text, Image or Document)");
                }
            }
            requireNonNull(vendor, "vendor");
        }

        public ToolResult(String callId, @Nullable String name, String text) {
            this(callId, name, List.of(new Text(text)), false, VendorData.none(), null);
        }

        /** All text of the content, joined. */
        public String text() {
            return Message.joinText(content);
        }
    }

    /** The model's words for not answering. */
    record Refusal(String text, VendorData vendor, @Nullable CacheHint cache) implements Part {
        public Refusal {
            requireNonNull(text, "text");
            requireNonNull(vendor, "vendor");
        }

        public Refusal(String text) {
            this(text, VendorData.none(), null);
        }
    }

    /** Something only its vendor understands; {@code type} names it there. */
    record Opaque(String type, VendorData vendor, @Nullable CacheHint cache) implements Part {
        public Opaque {
            requireNonNull(type, "type");
            requireNonNull(vendor, "vendor");
        }
    }

    /** Where the bytes of an image or document are. */
    sealed interface MediaSource {
        /** The bytes themselves, in base64 without a data URI prefix. */
        record Inline(String mediaType, String base64) implements MediaSource {
            public Inline {
                if (!requireNonNull(mediaType, "mediaType").contains("/")) {
                    throw new IllegalArgumentException("mediaType: " + mediaType + " (expected: such as image/png)");
                }
                if (requireNonNull(base64, "base64").isEmpty() || base64.startsWith("data:")) {
                    throw new IllegalArgumentException("base64: empty or a data URI (expected: plain base64)");
                }
            }

            /** As a data URI. */
            public String dataUri() {
                return "data:" + mediaType + ";base64," + base64;
            }

            @Override
            public String toString() {
                return "Inline[" + mediaType + ", " + base64.length() + " characters]";
            }
        }

        /** An address that the backend fetches. */
        record Url(URI url, @Nullable String mediaType) implements MediaSource {
            public Url {
                requireNonNull(url, "url");
            }
        }

        /** A file that was given to the vendor before. */
        record FileId(String vendor, String id) implements MediaSource {
            public FileId {
                requireNonNull(vendor, "vendor");
                requireNonNull(id, "id");
            }
        }
    }

    /** A text part. */
    static Text text(String text) {
        return new Text(text);
    }

    /** A picture given as base64. */
    static Image image(String mediaType, String base64) {
        return new Image(new MediaSource.Inline(mediaType, base64));
    }

    /** A picture that the backend fetches by address. */
    static Image image(URI url) {
        return new Image(new MediaSource.Url(url, null));
    }

    /**
     * Reads a part by its kind.
     *
     * @param other takes the kinds that have no branch of their own here: documents, refusals, opaque parts and kinds
     *     to come
     */
    default <T> T fold(
            Function<Text, T> text,
            Function<Image, T> image,
            Function<Thinking, T> thinking,
            Function<ToolCall, T> toolCall,
            Function<ToolResult, T> toolResult,
            Function<Part, T> other) {
        if (this instanceof Text t) {
            return text.apply(t);
        }
        if (this instanceof Image i) {
            return image.apply(i);
        }
        if (this instanceof Thinking t) {
            return thinking.apply(t);
        }
        if (this instanceof ToolCall c) {
            return toolCall.apply(c);
        }
        if (this instanceof ToolResult r) {
            return toolResult.apply(r);
        }
        return other.apply(this);
    }
}
