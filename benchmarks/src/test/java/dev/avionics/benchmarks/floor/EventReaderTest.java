package dev.avionics.benchmarks.floor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.benchmarks.Answers;
import dev.avionics.benchmarks.Completion;
import dev.avionics.benchmarks.Scenario;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EventReaderTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 186, 4096, 100_000})
    void stream_cutAnywhere_isReadCompletely(int readSize) {
        Answers.Content expected = Answers.content(Scenario.STREAM);
        EventReader reader = new EventReader();
        for (int call = 0; call < 2; call++) {
            Outcome outcome = feed(reader, stream(), readSize);
            assertThat(outcome.failure).isNull();
            assertThat(outcome.textLength).isEqualTo(expected.textLength());
            assertThat(outcome.inputTokens).isEqualTo(expected.inputTokens());
            assertThat(outcome.outputTokens).isEqualTo(expected.outputTokens());
            assertThat(outcome.stopped).isTrue();
        }
    }

    @Test
    void stream_withoutEndMark_fails() {
        byte[] stream = stream();
        byte[] cut = Arrays.copyOf(stream, stream.length - "data: [DONE]\n\n".length());
        assertThat(feed(new EventReader(), cut, 1000).failure).hasMessageContaining("end mark");
    }

    @Test
    void whole_inTwoReads_isReadCompletely() {
        Answers.Content expected = Answers.content(Scenario.WHOLE);
        Outcome outcome = feed(new WholeReader(), Answers.whole(), 200);
        assertThat(outcome.textLength).isEqualTo(expected.textLength());
        assertThat(outcome.inputTokens).isEqualTo(expected.inputTokens());
        assertThat(outcome.outputTokens).isEqualTo(expected.outputTokens());
        assertThat(outcome.stopped).isTrue();
    }

    private static byte[] stream() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Answers.events().forEach(out::writeBytes);
        return out.toByteArray();
    }

    private static Outcome feed(BodyReader reader, byte[] bytes, int readSize) {
        Outcome outcome = new Outcome();
        reader.begin();
        for (int from = 0; from < bytes.length; from += readSize) {
            ByteBuf read = Unpooled.wrappedBuffer(bytes, from, Math.min(readSize, bytes.length - from));
            reader.read(read);
            read.release();
        }
        reader.end(outcome);
        return outcome;
    }

    private static final class Outcome implements Completion {
        private int textLength;
        private int inputTokens;
        private int outputTokens;
        private boolean stopped;
        private @Nullable Throwable failure;

        @Override
        public void read(int textLength, int inputTokens, int outputTokens, boolean stopped) {
            this.textLength = textLength;
            this.inputTokens = inputTokens;
            this.outputTokens = outputTokens;
            this.stopped = stopped;
        }

        @Override
        public void received(int bytes) {
            throw new AssertionError("bytes were counted only");
        }

        @Override
        public void failed(Throwable cause) {
            failure = cause;
        }
    }
}
