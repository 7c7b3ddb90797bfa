package dev.avionics.llm.structured;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Role;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.llm.schema.JsonMismatchException;
import dev.avionics.llm.schema.JsonProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ForkJoinPool;
import org.jspecify.annotations.Nullable;

/** One value that is asked for: the answer, and what the model makes of it when it does not fit. */
final class Asking<T> {
    private final StructuredOutput<T> output;
    private final TextListener listener;
    private final CompletableFuture<StructuredResult<T>> future = new CompletableFuture<>();
    private final OutputFormat format;
    private volatile InferenceRequest request;
    private volatile int answers;

    // Guarded by this.
    private @Nullable InferenceStream<?> running;
    private Usage usage = Usage.absent();

    Asking(StructuredOutput<T> output, InferenceRequest asked, TextListener listener) {
        this.output = output;
        this.listener = listener;
        format = output.format();
        List<Message> messages = format.kind() == OutputFormat.Kind.JSON_SCHEMA
                ? asked.messages()
                : instructed(asked.messages(), output.instruction());
        request = asked.toBuilder().messages(messages).output(format).build();
    }

    /** The instruction belongs to the system's words, behind those that are there. */
    private static List<Message> instructed(List<Message> messages, String instruction) {
        List<Message> all = new ArrayList<>(messages);
        Message first = all.get(0);
        if (first.role() == Role.SYSTEM) {
            List<Part> parts = new ArrayList<>(first.parts());
            parts.add(new Part.Text("\n\n" + instruction));
            all.set(0, new Message(Role.SYSTEM, parts, first.name(), first.createdAt()));
        } else {
            all.add(0, Message.system(instruction));
        }
        return all;
    }

    CompletableFuture<StructuredResult<T>> start() {
        future.whenComplete((result, error) -> stop());
        ask();
        return future;
    }

    private void stop() {
        InferenceStream<?> current;
        synchronized (this) {
            current = running;
        }
        if (current != null) {
            current.cancel(CancelReason.CALLER);
        }
    }

    private void ask() {
        try {
            int mine = answers + 1;
            answers = mine;
            CallContext call = output.newCall();
            if (call.delivery().executor() == null) {
                // To hold an answer against a schema takes too long for a transport thread.
                call = call.deliveredOn(Delivery.on(ForkJoinPool.commonPool()));
            }
            InferenceStream<InferenceEvent> answer = output.inference()
                    .infer(output.model(), request, call)
                    .observe(outcome -> spend(outcome.usage()))
                    .peek(event -> {
                        if (event instanceof InferenceEvent.TextDelta delta) {
                            listener.text(mine, delta.text());
                        }
                    });
            synchronized (this) {
                running = answer;
            }
            if (!future.isDone()) {
                answer.collect().whenComplete(this::answered);
            }
        } catch (Throwable e) {
            fail(e);
        }
    }

    private synchronized void spend(Usage more) {
        usage = usage.plus(more);
    }

    private synchronized Usage usage() {
        return usage;
    }

    private void answered(@Nullable InferenceResult result, @Nullable Throwable error) {
        if (result == null) {
            fail(error instanceof CompletionException && error.getCause() != null ? error.getCause() : error);
            return;
        }
        try {
            String json = JsonText.in(result.text());
            T value;
            try {
                value = output.readJson(json);
            } catch (JsonMismatchException wrong) {
                wrong(result, wrong);
                return;
            }
            future.complete(new StructuredResult<>(value, json, result, answers, usage()));
        } catch (Throwable e) {
            fail(e);
        }
    }

    private void wrong(InferenceResult result, JsonMismatchException wrong) {
        String refusal = refusal(result);
        if (refusal != null) {
            fail(InferenceException.builder(ErrorCategory.CONTENT_FILTER, "the model refused: " + refusal)
                    .origin(ErrorOrigin.BACKEND)
                    .build());
        } else if (result.finish() == FinishReason.LENGTH) {
            fail(mismatch("the answer was cut off by the limit on tokens", wrong));
        } else if (answers > output.repairs()) {
            fail(mismatch("the answer does not fit the schema", wrong));
        } else {
            request = repair(result.message(), wrong.problems());
            ask();
        }
    }

    private static @Nullable String refusal(InferenceResult result) {
        List<Part.Refusal> words = result.message().only(Part.Refusal.class);
        if (!words.isEmpty()) {
            return words.get(0).text();
        }
        return result.finish() == FinishReason.CONTENT_FILTER ? String.valueOf(result.finishRaw()) : null;
    }

    private static JsonMismatchException mismatch(String what, JsonMismatchException wrong) {
        return new JsonMismatchException(wrong.toBuilder().message(what + ": " + wrong.getMessage()), wrong.problems());
    }

    private InferenceRequest repair(Message answer, List<JsonProblem> problems) {
        StringBuilder words = new StringBuilder("Your answer does not fit the JSON Schema:\n");
        problems.forEach(problem -> words.append("- ").append(problem).append('\n'));
        words.append("Answer again with the whole JSON object, put right, and nothing else.");
        InferenceRequest.Builder next = request.toBuilder();
        // Backends refuse a turn that says nothing, and calls of tools that have no results.
        if (!answer.text().isEmpty() && answer.toolCalls().isEmpty()) {
            next.message(answer);
        }
        return next.message(Message.user(words.toString())).build();
    }

    private void fail(@Nullable Throwable why) {
        if (why instanceof JsonMismatchException mismatch) {
            future.completeExceptionally(
                    new JsonMismatchException(mismatch.toBuilder().usage(usage()), mismatch.problems()));
        } else if (why instanceof InferenceException known) {
            future.completeExceptionally(answers > 1 ? withAll(known) : known);
        } else {
            future.completeExceptionally(
                    InferenceException.builder(ErrorCategory.REJECTED, "the call broke on our side: " + why)
                            .origin(ErrorOrigin.US)
                            .cause(why)
                            .usage(usage())
                            .build());
        }
    }

    private InferenceException withAll(InferenceException known) {
        return known.toBuilder().usage(usage()).cause(known).build();
    }
}
