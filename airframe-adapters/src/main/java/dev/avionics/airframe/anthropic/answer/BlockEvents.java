package dev.avionics.airframe.anthropic.answer;

import dev.avionics.airframe.Part;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.spi.EventSink;
import org.jspecify.annotations.Nullable;

/**
 * Tells the blocks of an answer to the sink, whole ones and those that grow alike: text, thinking and calls at once, all else
 * as its vendor's own when it is whole.
 *
 * <p>Where the answer is asked for as the arguments of a tool, these are the text. Words in front of them would spoil it: they
 * are held back, and are text only if the tool is not called.
 */
final class BlockEvents {
    private final String vendor;
    private final @Nullable String answerTool;
    private final StringBuilder held = new StringBuilder(0);
    private boolean answered;
    private boolean called;
    private boolean otherModel;
    private boolean thought;

    BlockEvents(String vendor, @Nullable String answerTool) {
        this.vendor = vendor;
        this.answerTool = answerTool;
    }

    /** Whether another model took over in the middle. */
    boolean otherModel() {
        return otherModel;
    }

    /** Whether the answer came as the arguments of a tool, and no other was called. */
    boolean answeredByTool() {
        return answered && !called;
    }

    void opened(int index, Block block, EventSink out) {
        switch (block.type()) {
            case "text" -> say(block.text("text"), out);
            case "thinking" -> {
                thought = !block.text("thinking").isEmpty();
                out.thinking(block.text("thinking"));
            }
            case "tool_use" -> {
                if (isAnswer(block)) {
                    answered = true;
                    out.thinking(held.toString());
                    held.setLength(0);
                } else {
                    over(out);
                    called = true;
                    out.toolCall(index, block.text("id"), block.text("name"), null);
                    caller(block, out);
                }
            }
            case "fallback" -> otherModel = true;
            default -> {}
        }
    }

    private boolean isAnswer(Block block) {
        return answerTool != null && answerTool.equals(block.text("name"));
    }

    /** Which tool of the backend calls this one; whoever calls it by himself is not worth telling. */
    private void caller(Block block, EventSink out) {
        String caller = block.json("caller");
        if (caller != null && !caller.contains("\"direct\"")) {
            out.toolCallVendor(VendorData.of(vendor, "{\"caller\":" + caller + "}"));
        }
    }

    private void say(@Nullable String piece, EventSink out) {
        if (answerTool == null || answered || called) {
            out.text(piece);
        } else if (piece != null) {
            held.append(piece);
        }
    }

    void grown(int index, Block block, Delta delta, EventSink out) {
        switch (block.type()) {
            case "text" -> {
                say(delta.text, out);
                block.add(delta);
            }
            case "thinking" -> {
                thought |= delta.thinking != null && !delta.thinking.isEmpty();
                out.thinking(delta.thinking);
                block.add(delta);
            }
            case "tool_use" -> {
                block.add(delta);
                arguments(index, block, delta.partialJson, out);
            }
            case "fallback" -> {}
            default -> block.addAll(delta);
        }
    }

    private void arguments(int index, Block block, @Nullable String piece, EventSink out) {
        if (piece == null || piece.isEmpty()) {
            return;
        }
        if (isAnswer(block)) {
            out.text(piece);
        } else {
            out.toolCall(index, null, null, piece);
        }
    }

    void closed(int index, Block block, EventSink out) {
        switch (block.type()) {
            case "text" -> {
                String citations = block.citations();
                if (citations != null) {
                    out.note(VendorData.of(vendor, "{\"citations\":" + citations + "}"));
                }
            }
            case "thinking" -> signed(block, out);
            case "tool_use" -> arguments(index, block, block.inputAtStart(), out);
            case "fallback" -> {}
            default -> out.opaque(new Part.Opaque(block.type(), VendorData.of(vendor, block.whole()), null));
        }
    }

    private void signed(Block block, EventSink out) {
        String signature = block.signature();
        if (signature.isEmpty()) {
            return;
        }
        if (thought) {
            out.note(VendorData.of(vendor, "{\"signature\":" + JsonValues.write(signature) + "}"));
        } else {
            // Nothing to be seen that a note could belong to, but the vendor wants it back in its place.
            out.opaque(new Part.Opaque(block.type(), VendorData.of(vendor, block.whole()), null));
        }
    }

    /** No call of the answer's tool comes any more in front of what follows: words that were held back are text. */
    void over(EventSink out) {
        if (held.length() > 0) {
            out.text(held.toString());
            held.setLength(0);
        }
    }
}
