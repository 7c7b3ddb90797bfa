package dev.avionics.testkit.engine;

import static dev.avionics.testkit.engine.LineProtocol.data;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.EndpointSpec.Billing;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.AttemptPlan;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.error.InferenceException.Sent;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.airframe.stream.Source;
import dev.avionics.testkit.http.Script;
import dev.avionics.testkit.http.ScriptedExchange;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A reader that does not keep up stops the reading; nothing is lost, doubled or reordered by it. */
class BackpressureTest {
    private static final Target A = Rig.target("a", Billing.FREE);
    private final Rig rig = new Rig();

    /** As many frames as go into one read. */
    private static String read(int from, int frames) {
        StringBuilder all = new StringBuilder();
        for (int i = from; i < from + frames; i++) {
            all.append(data("text " + i + ","));
        }
        return all.toString();
    }

    private static String numbers(int count) {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < count; i++) {
            all.append(i).append(',');
        }
        return all.toString();
    }

    @Test
    void readerStops_readingStops_andGoesOnLater() {
        Script script = Script.reply(200);
        for (int i = 0; i < 100; i++) {
            script = script.bytes(read(i * 100, 100));
        }
        rig.transport.then(script.bytes(data("finish stop", "[DONE]")));
        Reader reader = rig.read(rig.stream(A), 1);
        ScriptedExchange exchange = rig.transport.exchange(0);
        // Started and 255 more fill the window: they come with the third read.
        assertThat(exchange.reads()).isEqualTo(3);
        rig.time.advance(Duration.ofSeconds(500));
        assertThat(exchange.reads()).isEqualTo(3);
        assertThat(reader.outcome).isNull();

        reader.request(191);
        rig.play();
        assertThat(exchange.reads()).isEqualTo(5);
        reader.request(Long.MAX_VALUE);
        rig.play();
        assertThat(reader.text()).isEqualTo(numbers(10_000));
        assertThat(reader.completed).isTrue();
        rig.assertQuiet();
    }

    /** Counts what a source gives beyond what it was asked for. */
    private static final class Counting implements Source.Sink {
        private final List<InferenceEvent> events = new ArrayList<>();
        private int flushes;
        private Throwable failure;

        @Override
        public void event(InferenceEvent event) {
            events.add(event);
        }

        @Override
        public void flushPoint() {
            flushes++;
        }

        @Override
        public void fail(dev.avionics.airframe.error.InferenceException why) {
            failure = why;
        }
    }

    @Test
    void source_givesWhatItWasAskedFor_eventByEvent() {
        rig.transport.then(
                Script.reply(200).bytes(read(0, 50)).bytes(read(50, 50)).bytes(data("finish stop", "[DONE]")));
        Source source = InferenceStream.sourceOf(rig.stream(A));
        Counting sink = new Counting();
        source.start(sink);
        rig.play();
        // One event was asked for to see whether the attempt commits; it is held until it does.
        assertThat(sink.events).hasSize(2);
        for (int asked = 3; asked < 90; asked += 3) {
            source.request(asked == 3 ? 5 : 3);
            rig.play();
            assertThat(sink.events).hasSize(asked + 2);
        }
        source.request(Long.MAX_VALUE);
        rig.play();
        assertThat(sink.events).hasSize(102);
        assertThat(sink.failure).isNull();
        assertThat(sink.flushes).isPositive();
        rig.assertQuiet();
    }

    @Test
    void eventsAfterTheFinish_areBoundedWithoutDemand() {
        Script script = Script.reply(200).bytes(data("text a", "finish stop"));
        for (int i = 0; i < 100; i++) {
            script = script.bytes(read(i * 100, 100));
        }
        rig.transport.then(script);
        Source source = InferenceStream.sourceOf(rig.stream(A));
        Counting sink = new Counting();
        source.start(sink);
        source.request(3);
        rig.play();
        assertThat(sink.events).hasSize(3 + 256);
        assertThat(rig.transport.exchange(0).reads()).isLessThan(6);
        rig.time.advance(Duration.ofSeconds(2));
        assertThat(sink.events.get(sink.events.size() - 1)).isInstanceOf(InferenceEvent.Completed.class);
        rig.assertQuiet();
    }

    @Test
    void endOfBody_doesNotOvertakeWhatTheReaderHasNotAskedFor() {
        for (boolean broken : new boolean[] {false, true}) {
            Script body = Script.reply(200).bytes(read(0, 1000));
            rig.transport.then(broken ? body.fail("reset", Sent.ALL) : body.lastBytes(data("finish stop")));
            Reader reader = rig.read(rig.stream(A), 1);
            assertThat(reader.outcome).isNull();
            for (int i = 0; i < 250; i++) {
                reader.request(4);
                rig.play();
            }
            reader.request(10);
            rig.play();
            assertThat(reader.text()).isEqualTo(numbers(1000));
            assertThat(reader.completed).isEqualTo(!broken);
            assertThat(reader.terminals).isEqualTo(1);
            rig.assertQuiet();
        }
    }

    @Test
    void demandFromWithinOnNext_wakesWhatIsAtHand() {
        // The last read holds all; after it the backend is silent, so nothing but the demand can go on.
        rig.transport.then(Script.reply(200).bytes(read(0, 2000)));
        Reader reader = new Reader(rig.stream(A));
        reader.stream.subscribe(reader);
        reader.onNext = () -> reader.request(1);
        reader.request(1);
        rig.play();
        assertThat(reader.text()).isEqualTo(numbers(2000));
        reader.cancel();
        rig.assertQuiet();
    }

    @Test
    void randomDemandAndRandomCuts_loseNothing() {
        for (int seed = 0; seed < 200; seed++) {
            randomRound(seed);
        }
    }

    private static void randomRound(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Rig rig = new Rig();
        rig.random = () -> 0;
        int frames = random.nextInt(1, 1500);
        List<String> all = new ArrayList<>();
        for (int i = 0; i < frames; i++) {
            all.add(random.nextInt(20) == 0 ? "ping" : "think é" + i + ",");
        }
        StringBuilder expected = new StringBuilder();
        all.stream().filter(f -> f.startsWith("think")).forEach(f -> expected.append(f.substring(6)));
        all.addAll(List.of("text end", "finish stop", "usage 1 2"));
        boolean mark = random.nextBoolean();
        byte[] body =
                (data(all.toArray(new String[0])) + (mark ? data("[DONE]") : "")).getBytes(StandardCharsets.UTF_8);
        if (random.nextInt(4) == 0) {
            rig.transport.then(cut(random, Arrays.copyOf(body, 0)).fail("reset", Sent.ALL));
        }
        Script script = cut(random, body);
        rig.transport.then(random.nextBoolean() ? script.end() : script.fail("eof", Sent.ALL));
        ArrayDeque<Runnable> tasks = new ArrayDeque<>();
        if (random.nextBoolean()) {
            rig.context = rig.context.deliveredOn(Delivery.on(tasks::add));
        }
        Reader reader = rig.read(rig.stream(AttemptPlan.single(A)), 1);
        for (int i = 0; i < 20_000 && reader.terminals == 0; i++) {
            switch (random.nextInt(4)) {
                case 0 -> reader.request(random.nextInt(1, 400));
                case 1 -> reader.request(1);
                case 2 -> rig.time.advance(Duration.ofMillis(random.nextInt(3)));
                default -> {
                    if (!tasks.isEmpty()) {
                        tasks.remove().run();
                    }
                }
            }
            rig.play();
        }
        StringBuilder thinking = new StringBuilder();
        for (InferenceEvent event : reader.events) {
            if (event instanceof InferenceEvent.ThinkingDelta delta) {
                thinking.append(delta.text());
            }
        }
        assertThat(reader.completed).as("seed %s: %s", seed, reader.error).isTrue();
        assertThat(thinking).as("seed %s", seed).hasToString(expected.toString());
        assertThat(reader.text()).isEqualTo("end");
        assertThat(reader.end().usage().outputTotal().value()).isEqualTo(2);
        rig.assertQuiet();
    }

    /** A reply whose reads, and their pieces, are cut anywhere. */
    private static Script cut(SplittableRandom random, byte[] body) {
        Script script = Script.reply(200);
        int most = random.nextBoolean() ? 40 : 20_000;
        for (int at = 0; at < body.length; ) {
            int to = Math.min(body.length, at + random.nextInt(1, most));
            script = script.bytes(Arrays.copyOfRange(body, at, to));
            at = to;
            if (random.nextInt(8) == 0) {
                script = script.after(Duration.ofMillis(random.nextInt(5)));
            }
        }
        return script;
    }
}
