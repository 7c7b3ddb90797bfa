package dev.avionics.llm.node;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Role;
import dev.avionics.airframe.ToolSpec;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The beginning of a prompt, as hashes of its blocks of 256 bytes. Each hash stands for its block and all before it, so two
 * prompts share as many blocks as their lists of hashes begin alike. What is left after the last whole block is not seen, nor is
 * what lies beyond 1024 blocks. Immutable.
 *
 * <p>The text is that of the first system messages, the tools and all other messages, in this order, which is the order of most chat templates;
 * images and documents count by a hash of theirs. It needs not be the very text that a backend makes: it only has to begin
 * alike where that begins alike.
 */
public final class PrefixBlocks {
    /** Bytes of a block. */
    public static final int BLOCK_BYTES = 256;

    /** The most blocks of a prompt that are told apart. */
    public static final int MOST_BLOCKS = 1024;

    private static final PrefixBlocks NONE = new PrefixBlocks(new long[0]);

    private final long[] hashes;

    private PrefixBlocks(long[] hashes) {
        this.hashes = hashes;
    }

    /** Of a prompt that nothing is known of. */
    public static PrefixBlocks none() {
        return NONE;
    }

    /**
     * The blocks of a request.
     *
     * @param model whose prompt it is: two models share nothing
     */
    public static PrefixBlocks of(String model, InferenceRequest request) {
        Writer writer = new Writer(requireNonNull(model, "model"));
        List<Message> messages = request.messages();
        int at = 0;
        while (at < messages.size() && messages.get(at).role() == Role.SYSTEM) {
            writer.message(messages.get(at++));
        }
        request.tools().forEach(writer::tool);
        messages.subList(at, messages.size()).forEach(writer::message);
        return new PrefixBlocks(writer.hashes());
    }

    /** Blocks by the hashes of a scheme of one's own, each of which has to stand for all before it, too. At most 1024 are kept. */
    public static PrefixBlocks ofHashes(long... hashes) {
        return new PrefixBlocks(Arrays.copyOf(hashes, Math.min(hashes.length, MOST_BLOCKS)));
    }

    /** How many there are, from 0 to 1024. */
    public int count() {
        return hashes.length;
    }

    /** The hash of a block and all before it. */
    long hash(int index) {
        return hashes[index];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PrefixBlocks blocks && Arrays.equals(hashes, blocks.hashes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(hashes);
    }

    /** Shows the number of blocks only. */
    @Override
    public String toString() {
        return "PrefixBlocks[" + hashes.length + "]";
    }

    /** Takes the text piece by piece. */
    private static final class Writer {
        private static final VarHandle LONGS =
                MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

        private final byte[] block = new byte[BLOCK_BYTES];
        private long[] hashes = new long[32];
        private int count;
        private int filled;
        private long chain;

        Writer(String model) {
            chain = mixed(model.hashCode() + 0x9E3779B97F4A7C15L);
        }

        void message(Message message) {
            // Bytes that no text holds keep pieces apart.
            mark(1 + message.role().ordinal());
            for (Part part : message.parts()) {
                part(part);
            }
        }

        void tool(ToolSpec tool) {
            mark(16);
            text(tool.name());
            mark(17);
            text(tool.description());
            mark(17);
            text(tool.parametersJson());
        }

        private void part(Part part) {
            mark(18);
            if (part instanceof Part.Text text) {
                text(text.text());
            } else if (part instanceof Part.Thinking thinking) {
                text(thinking.text());
            } else if (part instanceof Part.Refusal refusal) {
                text(refusal.text());
            } else if (part instanceof Part.ToolCall call) {
                text(call.name());
                text(call.argumentsJson());
            } else if (part instanceof Part.ToolResult result) {
                result.content().forEach(this::part);
            } else if (part instanceof Part.Image image) {
                number(image.source().hashCode());
            } else if (part instanceof Part.Document document) {
                number(document.source().hashCode());
            } else {
                number(part.vendor().hashCode());
            }
        }

        private void mark(int what) {
            put((byte) (0xF8 | (what & 7)));
            put((byte) (0x80 | what));
        }

        private void number(int value) {
            for (int shift = 0; shift < 32; shift += 8) {
                put((byte) (value >> shift));
            }
        }

        private void put(byte value) {
            block[filled++] = value;
            if (filled == BLOCK_BYTES) {
                close();
            }
        }

        private void text(String text) {
            if (count == MOST_BLOCKS) {
                return;
            }
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            int from = 0;
            while (from < bytes.length && count < MOST_BLOCKS) {
                int length = Math.min(BLOCK_BYTES - filled, bytes.length - from);
                System.arraycopy(bytes, from, block, filled, length);
                filled += length;
                from += length;
                if (filled == BLOCK_BYTES) {
                    close();
                }
            }
        }

        private void close() {
            filled = 0;
            if (count == MOST_BLOCKS) {
                return;
            }
            long hash = chain;
            for (int i = 0; i < BLOCK_BYTES; i += Long.BYTES) {
                hash = Long.rotateLeft(hash ^ (long) LONGS.get(block, i), 29) * 0x9E3779B97F4A7C15L;
            }
            chain = mixed(hash);
            if (count == hashes.length) {
                hashes = Arrays.copyOf(hashes, count * 2);
            }
            hashes[count++] = chain;
        }

        private static long mixed(long value) {
            long hash = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
            hash = (hash ^ (hash >>> 27)) * 0x94D049BB133111EBL;
            return hash ^ (hash >>> 31);
        }

        long[] hashes() {
            return Arrays.copyOf(hashes, count);
        }
    }
}
