package dev.avionics.server.cli;

import dev.avionics.airframe.call.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code batch}. */
@picocli.CommandLine.Command(
        name = "batch",
        description = {
            "Answers many requests: JSON lines in, JSON lines out in the same order.",
            "",
            "A line in: {prompt | messages, system, tools, provider, model, baseUrl, stream, temperature, maxTokens,"
                    + " retries}, with messages and tools as in OpenAI's chat completions. What a line leaves open, the"
                    + " options say. A line out: the object of --json, or {\"error\":{category, message, status}}.",
            "",
            "A line that fails does not stop the others, and the exit code is 0 when all lines were handled: look for"
                    + " errors in the lines.",
            ""
        })
final class BatchCommand extends Command {
    private static final int MOST_PARALLEL = 1024;

    @Mixin
    AnswerOptions answer = new AnswerOptions();

    @Option(
            names = "--parallel",
            paramLabel = "NUMBER",
            description = "How many requests at once, 1 to 1024. Default: ${DEFAULT-VALUE}.",
            defaultValue = "4")
    int parallel = 4;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "The file of requests. Default: standard input.")
    @Nullable
    Path file;

    BatchCommand(Program program) {
        super(program);
    }

    @Override
    int run(Session session) throws Exception {
        if (parallel < 1 || parallel > MOST_PARALLEL) {
            throw new UsageException("--parallel: " + parallel + " (expected: 1 to " + MOST_PARALLEL + ")");
        }
        Path path = file;
        if (path == null || path.toString().equals(Prompt.STANDARD_INPUT)) {
            return run(session, console().in(), -1);
        }
        if (!Files.isRegularFile(path)) {
            throw new UsageException("there is no file " + path.toAbsolutePath());
        }
        try (InputStream in = Files.newInputStream(path)) {
            return run(session, in, Files.size(path));
        }
    }

    private int run(Session session, InputStream in, long size) throws IOException, InterruptedException {
        Ticker ticker = Ticker.system();
        long begin = ticker.nanoTime();
        BatchAnswers answers = new BatchAnswers(session, answer, backend);
        Batch batch = new Batch(new Lines(in), answers::answer, parallel);
        Batch.Tally tally = batch.run(line -> {
            console().answerLine(line.json());
            console().status(bar(line.tally(), line.endOffset(), size));
        });
        console().clearStatus();
        Duration time = Duration.ofNanos(ticker.nanoTime() - begin);
        console()
                .note(String.format(
                        Locale.ROOT,
                        "%d line%s: %d answered, %d failed, in %.1f s",
                        tally.all(),
                        tally.all() == 1 ? "" : "s",
                        tally.all() - tally.failed(),
                        tally.failed(),
                        time.toMillis() / 1e3));
        return ExitCode.DONE;
    }

    private static String bar(Batch.Tally tally, long offset, long size) {
        String count = tally.all() + " done" + (tally.failed() == 0 ? "" : ", " + tally.failed() + " failed");
        if (size <= 0) {
            return count;
        }
        int width = 30;
        int full = (int) Math.min(width, offset * width / size);
        return "[" + "#".repeat(full) + "-".repeat(width - full) + "] " + count;
    }
}
