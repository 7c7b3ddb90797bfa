package dev.avionics.llm.telemetry;

import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Messages in the form that the conventions ask for, as maps, lists and strings. A message that would be longer than the cap as
 * JSON has its texts cut, in order, and says {@code truncated}; bytes of images and documents are left out in any case.
 */
final class MessageTrees {
    private final int mostBytes;

    MessageTrees(int mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** As JSON. */
    static String json(Object tree) {
        return new JsonWriter().value(tree).toString();
    }

    /** Turns. */
    List<Object> messages(List<Message> messages, @Nullable String finishReason) {
        List<Object> all = new ArrayList<>(messages.size());
        for (Message message : messages) {
            all.add(message(message, finishReason));
        }
        return all;
    }

    /** The parts of the turns of the system. */
    List<Object> instructions(List<Message> messages) {
        List<Object> all = new ArrayList<>(messages.size());
        for (Message message : messages) {
            all.addAll(parts(message, new Room(mostBytes)));
        }
        return all;
    }

    /** What the model was offered. */
    static List<Object> tools(List<ToolSpec> tools) {
        List<Object> all = new ArrayList<>(tools.size());
        for (ToolSpec tool : tools) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("type", "function");
            one.put("name", tool.name());
            one.put("description", tool.description());
            one.put("parameters", JsonValues.parseObject(tool.parametersJson()));
            all.add(one);
        }
        return all;
    }

    private Map<String, Object> message(Message message, @Nullable String finishReason) {
        Map<String, Object> whole = message(message, finishReason, Room.endless(), false);
        if (bytes(whole) <= mostBytes) {
            return whole;
        }
        int frame = bytes(message(message, finishReason, new Room(0), true));
        if (frame > mostBytes) {
            Map<String, Object> head = head(message, finishReason, true);
            head.put("parts", List.of());
            return head;
        }
        return message(message, finishReason, new Room(mostBytes - frame), true);
    }

    private static Map<String, Object> message(
            Message message, @Nullable String finishReason, Room room, boolean truncated) {
        Map<String, Object> tree = head(message, finishReason, truncated);
        tree.put("parts", parts(message, room));
        return tree;
    }

    private static Map<String, Object> head(Message message, @Nullable String finishReason, boolean truncated) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("role", message.role().wireName());
        if (finishReason != null) {
            tree.put("finish_reason", finishReason);
        }
        if (truncated) {
            tree.put("truncated", true);
        }
        return tree;
    }

    private static int bytes(Object tree) {
        return new JsonWriter().value(tree).toBytes().length;
    }

    private static List<Object> parts(Message message, Room room) {
        List<Object> parts = new ArrayList<>(message.parts().size());
        for (Part part : message.parts()) {
            parts.add(part(part, room));
        }
        return parts;
    }

    private static Map<String, Object> part(Part part, Room room) {
        return part.fold(
                text -> content("text", room.take(text.text())),
                image -> media("image", image.source()),
                thinking -> content("reasoning", room.take(thinking.text())),
                call -> {
                    Map<String, Object> tree = content("tool_call", null);
                    tree.put("id", call.id());
                    tree.put("name", call.name());
                    tree.put("arguments", arguments(call, room));
                    return tree;
                },
                result -> {
                    Map<String, Object> tree = content("tool_call_response", null);
                    tree.put("id", result.callId());
                    tree.put("response", room.take(result.text()));
                    return tree;
                },
                other -> {
                    if (other instanceof Part.Document document) {
                        return media("document", document.source());
                    }
                    return other instanceof Part.Refusal refusal
                            ? content("refusal", room.take(refusal.text()))
                            : content("opaque", null);
                });
    }

    private static Object arguments(Part.ToolCall call, Room room) {
        if (room.isEndless()) {
            try {
                return call.arguments();
            } catch (InferenceException noJson) {
                // Redaction may have left something that is no JSON: then it is a text.
                return call.argumentsJson();
            }
        }
        return room.take(call.argumentsJson());
    }

    private static Map<String, Object> content(String type, @Nullable String text) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("type", type);
        if (text != null) {
            tree.put("content", text);
        }
        return tree;
    }

    private static Map<String, Object> media(String modality, Part.MediaSource source) {
        Map<String, Object> tree = new LinkedHashMap<>();
        if (source instanceof Part.MediaSource.Inline inline) {
            tree.put("type", "blob");
            tree.put("modality", modality);
            tree.put("mime_type", inline.mediaType());
        } else if (source instanceof Part.MediaSource.Url url) {
            tree.put("type", "uri");
            tree.put("modality", modality);
            tree.put("uri", url.url().toString());
        } else if (source instanceof Part.MediaSource.FileId file) {
            tree.put("type", "file");
            tree.put("modality", modality);
            tree.put("file_id", file.id());
        }
        return tree;
    }

    /** The bytes that are left for texts, as they are in JSON. */
    private static final class Room {
        private final boolean endless;
        private int left;

        Room(int bytes) {
            left = bytes;
            endless = bytes == Integer.MAX_VALUE;
        }

        static Room endless() {
            return new Room(Integer.MAX_VALUE);
        }

        boolean isEndless() {
            return endless;
        }

        String take(String text) {
            if (endless) {
                return text;
            }
            int end = 0;
            while (end < text.length()) {
                int point = text.codePointAt(end);
                int bytes = bytes(point);
                if (bytes > left) {
                    return text.substring(0, end);
                }
                left -= bytes;
                end += Character.charCount(point);
            }
            return text;
        }

        private static int bytes(int point) {
            if (point == '"' || point == '\\' || point == '\n' || point == '\r' || point == '\t') {
                return 2;
            }
            if (point < 0x20 || (point >= 0xD800 && point <= 0xDFFF)) {
                return 6;
            }
            return Character.toString(point).getBytes(StandardCharsets.UTF_8).length;
        }
    }
}
