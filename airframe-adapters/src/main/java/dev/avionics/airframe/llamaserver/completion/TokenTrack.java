package dev.avionics.airframe.llamaserver.completion;

import dev.avionics.airframe.AnswerTokens;
import dev.avionics.airframe.spi.EventSink;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of an answer as far as its text was sent. The server keeps text back that may be a stop sequence, and tells its tokens all the
 * same; of a character that is made of several tokens it tells the last one only.
 */
final class TokenTrack {
    private final List<Object> waiting = new ArrayList<>(2);
    private boolean whole = true;
    private long made;
    private int characters;

    /**
     * One frame.
     *
     * @param predicted how many tokens there were so far, or null if the server does not say
     */
    void frame(List<Object> ids, String text, @Nullable Long predicted, EventSink out) {
        long expected = made + ids.size();
        long now = predicted == null ? expected : predicted;
        whole &= now == expected;
        made = now;
        waiting.addAll(ids);
        if (text.isEmpty()) {
            return;
        }
        characters += text.length();
        out.tokens(new AnswerTokens(Math.toIntExact(made), characters, whole ? waiting : List.of(text)));
        waiting.clear();
        whole = true;
    }
}
