package dev.avionics.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The pinned answers of the simulated backend, and what a correct client must have read from them. */
public final class Answers {
    /** Text chunks of the streamed answer. */
    public static final int CHUNKS = 200;

    private static final int INPUT_TOKENS = 47;
    private static final int WHOLE_OUTPUT_TOKENS = 24;

    private static final String WHOLE_TEXT =
            "Start down 105 miles out, cross the \"gate\" at 10,000 feet \u2013 250 knots.\nThen flaps, gear, lights.";

    /** Text pieces as a tokenizer cuts them: mostly plain, some with escapes, some beyond ASCII. */
    private static final String[] PIECES = {
        "The",
        " descent",
        " starts",
        " at",
        " ",
        "105",
        " miles",
        ",",
        " with",
        " idle",
        " thrust",
        ".",
        " Check",
        " the",
        " \"",
        "altimeter",
        "\"",
        " setting",
        ":",
        " ",
        "101",
        "3",
        " hPa",
        "\n",
        "\n",
        "-",
        " Flaps",
        " one",
        " \u2013",
        " then",
        " gear",
        " down",
        ",",
        " speed",
        " brake",
        " arm",
        "ed",
        " and",
        " caf\u00e9",
        " closed"
    };

    private static final String STREAM_ID = "chatcmpl-B9MBs8CjcvOU2j";
    private static final long CREATED = 1_741_569_952L;

    private Answers() {}

    /** What one answer holds: UTF-16 units of text, token counts, and bytes of body after removing transfer framing. */
    public record Content(int textLength, int inputTokens, int outputTokens, int bodyBytes) {}

    /** The whole answer as JSON; a fresh array. */
    public static byte[] whole() {
        String json = "{\"id\":\"" + STREAM_ID + "\",\"object\":\"chat.completion\",\"created\":" + CREATED
                + ",\"model\":\"" + Scenario.MODEL
                + "\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\""
                + escaped(WHOLE_TEXT)
                + "\",\"refusal\":null},\"finish_reason\":\"stop\"}],\"usage\":"
                + usage(WHOLE_OUTPUT_TOKENS) + "}";
        return json.getBytes(StandardCharsets.UTF_8);
    }

    /** The events of the streamed answer, each with its blank line: text chunks, finish reason, usage, end mark. */
    public static List<byte[]> events() {
        List<byte[]> events = new ArrayList<>(CHUNKS + 3);
        for (int i = 0; i < CHUNKS; i++) {
            String role = i == 0 ? "\"role\":\"assistant\"," : "";
            events.add(chunk(
                    "{\"index\":0,\"delta\":{" + role + "\"content\":\"" + escaped(piece(i))
                            + "\"},\"finish_reason\":null}",
                    ""));
        }
        events.add(chunk("{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}", ""));
        events.add(chunk("", ",\"usage\":" + usage(CHUNKS)));
        events.add("data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8));
        return events;
    }

    /** What a client must find in the answer to this scenario. */
    public static Content content(Scenario scenario) {
        if (scenario == Scenario.WHOLE) {
            return new Content(WHOLE_TEXT.length(), INPUT_TOKENS, WHOLE_OUTPUT_TOKENS, whole().length);
        }
        int text = 0;
        for (int i = 0; i < CHUNKS; i++) {
            text += piece(i).length();
        }
        int bytes = events().stream().mapToInt(event -> event.length).sum();
        return new Content(text, INPUT_TOKENS, CHUNKS, bytes);
    }

    private static String piece(int index) {
        return PIECES[index % PIECES.length];
    }

    private static byte[] chunk(String choice, String usage) {
        String json = "data: {\"id\":\"" + STREAM_ID + "\",\"object\":\"chat.completion.chunk\",\"created\":" + CREATED
                + ",\"model\":\"" + Scenario.MODEL + "\",\"choices\":[" + choice + "]" + usage + "}\n\n";
        return json.getBytes(StandardCharsets.UTF_8);
    }

    private static String usage(int output) {
        return "{\"prompt_tokens\":" + INPUT_TOKENS + ",\"completion_tokens\":" + output + ",\"total_tokens\":"
                + (INPUT_TOKENS + output) + "}";
    }

    private static String escaped(String text) {
        return text.replace("\"", "\\\"").replace("\n", "\\n");
    }
}
