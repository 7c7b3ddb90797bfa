package dev.avionics.gateway.cache;

import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The last words of a conversation of text, apart from all else.
 *
 * @param text what is asked; not blank
 * @param rest the request with the numbers of the question in its place: whoever asks for other numbers asks something else, however
 *     alike the words are
 */
public record Question(String text, InferenceRequest rest) {
    /** Embedding models cut long texts: what comes behind would not be compared. */
    private static final int LONGEST = 1000;

    private static final Pattern NUMBER = Pattern.compile("[-+]?\\p{Nd}+(?:[.,:/-]\\p{Nd}+)*");

    /** The question of a request; empty if it has tools, a schema, or anything but plain text, or does not end
     * with a user's words, at most a thousand characters. */
    public static Optional<Question> of(InferenceRequest request) {
        List<Message> messages = request.messages();
        boolean plain = request.tools().isEmpty()
                && request.output().kind() == OutputFormat.Kind.TEXT
                && messages.stream()
                        .allMatch(message -> message.parts().stream().allMatch(Question::isPlain));
        if (!plain || messages.isEmpty() || messages.get(messages.size() - 1).role() != Role.USER) {
            return Optional.empty();
        }
        Message last = messages.get(messages.size() - 1);
        String text = last.parts().stream()
                .map(part -> ((Part.Text) part).text())
                .collect(Collectors.joining("\n"))
                .strip();
        if (text.isEmpty() || text.length() > LONGEST) {
            return Optional.empty();
        }
        String numbers = NUMBER.matcher(text).results().map(MatchResult::group).collect(Collectors.joining(" "));
        List<Message> others = new ArrayList<>(messages.subList(0, messages.size() - 1));
        others.add(new Message(Role.USER, List.of(new Part.Text(numbers)), last.name(), last.createdAt()));
        return Optional.of(
                new Question(text, request.toBuilder().messages(others).build()));
    }

    private static boolean isPlain(Part part) {
        return part instanceof Part.Text text && text.vendor().json().isEmpty();
    }
}
