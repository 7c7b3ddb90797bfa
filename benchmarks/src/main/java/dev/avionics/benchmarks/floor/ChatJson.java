package dev.avionics.benchmarks.floor;

import java.util.List;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.sym.PropertyNameMatcher;
import tools.jackson.core.util.JsonRecyclerPools;
import tools.jackson.core.util.Named;

/**
 * Reads text, finish reason and usage out of one JSON document of a chat answer, whole or chunk, with a streaming
 * parser. The text goes into a character buffer that is used again for the next answer; no object is made per value.
 */
final class ChatJson {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .recyclerPool(JsonRecyclerPools.threadLocalPool())
            .build();

    private static final int CHOICES = 0;
    private static final int DELTA = 1;
    private static final int MESSAGE = 2;
    private static final int CONTENT = 3;
    private static final int FINISH_REASON = 4;
    private static final int USAGE = 5;
    private static final int PROMPT_TOKENS = 6;
    private static final int COMPLETION_TOKENS = 7;
    private static final PropertyNameMatcher NAMES = FACTORY.constructNameMatcher(
            List.of(
                    Named.fromString("choices"),
                    Named.fromString("delta"),
                    Named.fromString("message"),
                    Named.fromString("content"),
                    Named.fromString("finish_reason"),
                    Named.fromString("usage"),
                    Named.fromString("prompt_tokens"),
                    Named.fromString("completion_tokens")),
            false);

    private final StringBuilder text = new StringBuilder(4096);
    private int inputTokens;
    private int outputTokens;
    private boolean stopped;

    void reset() {
        text.setLength(0);
        inputTokens = 0;
        outputTokens = 0;
        stopped = false;
    }

    CharSequence text() {
        return text;
    }

    int inputTokens() {
        return inputTokens;
    }

    int outputTokens() {
        return outputTokens;
    }

    boolean stopped() {
        return stopped;
    }

    /** Reads one document to its end and adds what it says. */
    void add(byte[] bytes, int offset, int length) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), bytes, offset, length)) {
            parser.nextToken();
            document(parser);
        }
    }

    private void document(JsonParser parser) {
        for (int name = parser.nextNameMatch(NAMES); name != PropertyNameMatcher.MATCH_END_OBJECT; ) {
            JsonToken value = parser.nextToken();
            if (name == CHOICES && value == JsonToken.START_ARRAY) {
                while (parser.nextToken() == JsonToken.START_OBJECT) {
                    choice(parser);
                }
            } else if (name == USAGE && value == JsonToken.START_OBJECT) {
                usage(parser);
            } else {
                parser.skipChildren();
            }
            name = parser.nextNameMatch(NAMES);
        }
    }

    private void choice(JsonParser parser) {
        for (int name = parser.nextNameMatch(NAMES); name != PropertyNameMatcher.MATCH_END_OBJECT; ) {
            JsonToken value = parser.nextToken();
            if ((name == DELTA || name == MESSAGE) && value == JsonToken.START_OBJECT) {
                message(parser);
            } else if (name == FINISH_REASON && value == JsonToken.VALUE_STRING) {
                stopped = isStop(parser);
            } else {
                parser.skipChildren();
            }
            name = parser.nextNameMatch(NAMES);
        }
    }

    private void message(JsonParser parser) {
        for (int name = parser.nextNameMatch(NAMES); name != PropertyNameMatcher.MATCH_END_OBJECT; ) {
            JsonToken value = parser.nextToken();
            if (name == CONTENT && value == JsonToken.VALUE_STRING) {
                text.append(parser.getStringCharacters(), parser.getStringOffset(), parser.getStringLength());
            } else {
                parser.skipChildren();
            }
            name = parser.nextNameMatch(NAMES);
        }
    }

    private void usage(JsonParser parser) {
        for (int name = parser.nextNameMatch(NAMES); name != PropertyNameMatcher.MATCH_END_OBJECT; ) {
            JsonToken value = parser.nextToken();
            if (name == PROMPT_TOKENS && value == JsonToken.VALUE_NUMBER_INT) {
                inputTokens = parser.getIntValue();
            } else if (name == COMPLETION_TOKENS && value == JsonToken.VALUE_NUMBER_INT) {
                outputTokens = parser.getIntValue();
            } else {
                parser.skipChildren();
            }
            name = parser.nextNameMatch(NAMES);
        }
    }

    private static boolean isStop(JsonParser parser) {
        char[] chars = parser.getStringCharacters();
        int offset = parser.getStringOffset();
        return parser.getStringLength() == 4
                && chars[offset] == 's'
                && chars[offset + 1] == 't'
                && chars[offset + 2] == 'o'
                && chars[offset + 3] == 'p';
    }
}
