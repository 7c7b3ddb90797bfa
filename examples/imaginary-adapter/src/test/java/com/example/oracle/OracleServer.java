package com.example.oracle;

import dev.avionics.airframe.json.JsonValues;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.SeenRequest;
import dev.avionics.testkit.model.SimulatedModel;
import dev.avionics.testkit.model.SimulatedModel.Answer;
import dev.avionics.testkit.model.SimulatedModel.Question;
import dev.avionics.testkit.model.SimulatedModel.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A simulated model as the oracle: a question is put, its answer fetched from the place that is named. */
final class OracleServer implements Function<SeenRequest, Reply> {
    private static final Set<String> FIELDS = Set.of("oracle", "turns", "heat", "most", "until");
    private static final char END = '\u001E';

    private final SimulatedModel model;
    private final String key;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();

    OracleServer(SimulatedModel model, String key) {
        this.model = model;
        this.key = key;
    }

    @Override
    public Reply apply(SeenRequest request) {
        if (!request.header("X-Oracle-Key").orElse("").equals(key)) {
            return trouble(401, "stranger", "the oracle does not know you");
        }
        if (request.method().equals("POST") && request.path().equals("/questions")) {
            return question(JsonValues.parseObject(request.bodyText()));
        }
        if (request.method().equals("GET") && request.path().equals("/oracles")) {
            return Reply.of("text/plain", model.name() + "\nthe-other-oracle\n");
        }
        Answer answer = answers.remove(request.path());
        return answer == null ? trouble(404, "nothing_here", "nothing is at " + request.path()) : spoken(answer);
    }

    private Reply question(Map<String, @Nullable Object> body) {
        for (String field : body.keySet()) {
            if (!FIELDS.contains(field)) {
                return trouble(400, "unknown_word", "the oracle knows no " + field);
            }
        }
        if (!model.name().equals(body.get("oracle"))) {
            return trouble(404, "unknown_model", "no oracle is called " + body.get("oracle"));
        }
        Question question = new Question(
                turns(body),
                List.of(),
                Map.of(),
                false,
                (Number) body.get("heat"),
                (Number) body.get("most"),
                texts(body.get("until")));
        if (model.isTooLong(question)) {
            return trouble(413, "too_long", "the oracle falls asleep");
        }
        String place = "/answers/" + (answers.size() + 1) + "-" + System.nanoTime();
        answers.put(place, model.answer(question));
        return Reply.status(201).header("Location", place);
    }

    private static List<Turn> turns(Map<String, @Nullable Object> body) {
        List<Turn> turns = new ArrayList<>();
        for (Object one : (List<?>) body.getOrDefault("turns", List.of())) {
            Map<?, ?> turn = (Map<?, ?>) one;
            turns.add(new Turn(String.valueOf(turn.get("who")), String.valueOf(turn.get("says")), 0));
        }
        return turns;
    }

    private static List<String> texts(@Nullable Object list) {
        return list instanceof List<?> all ? all.stream().map(String::valueOf).toList() : List.of();
    }

    private static Reply spoken(Answer answer) {
        Reply reply = Reply.stream("application/x-oracle");
        for (String piece : answer.pieces()) {
            reply = reply.part("+" + piece + END).pause(answer.pause());
        }
        String end = answer.finish().equals("length") ? ".most" : ".done";
        return reply.part(end + " " + answer.input() + " " + answer.output() + END);
    }

    private static Reply trouble(int status, String trouble, String words) {
        return Reply.json(status, JsonValues.write(Map.of("trouble", trouble, "words", words)));
    }
}
