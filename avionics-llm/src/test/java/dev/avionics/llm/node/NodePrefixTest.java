package dev.avionics.llm.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.ToolSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodePrefixTest {
    private static int shared(PrefixBlocks one, PrefixBlocks other) {
        int same = 0;
        while (same < Math.min(one.count(), other.count()) && one.hash(same) == other.hash(same)) {
            same++;
        }
        return same;
    }

    private static String text(Random random, int length) {
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append("abcdefgh ä€".charAt(random.nextInt(11)));
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void blocks_ofAConversation_beginAsThoseOfItsBeginning(long seed) {
        Random random = new Random(seed);
        InferenceRequest.Builder builder = InferenceRequest.builder()
                .message(Message.system(text(random, 700)))
                .tool(ToolSpec.of("t", text(random, 300)));
        PrefixBlocks before = PrefixBlocks.none();
        for (int turn = 0; turn < 5; turn++) {
            builder.message(Message.user(text(random, 100 + random.nextInt(900))));
            PrefixBlocks now = PrefixBlocks.of("m", builder.build());

            assertThat(shared(before, now)).isEqualTo(before.count());
            assertThat(now.count()).isGreaterThanOrEqualTo(before.count());
            builder.message(Message.assistant(text(random, 300)));
            before = now;
        }
        assertThat(before.count()).isGreaterThan(10);
    }

    @Test
    void blocks_differFromTheFirstDifferenceOn() {
        String long1 = "x".repeat(1000);
        InferenceRequest one = InferenceRequest.of(long1 + "a" + long1);
        InferenceRequest other = InferenceRequest.of(long1 + "b" + long1);

        assertThat(shared(PrefixBlocks.of("m", one), PrefixBlocks.of("m", other)))
                .isEqualTo(3);
        assertThat(shared(PrefixBlocks.of("m", one), PrefixBlocks.of("m2", one)))
                .isZero();
    }

    @Test
    void blocks_ofTools_comeBeforeTheConversation() {
        InferenceRequest.Builder builder = InferenceRequest.builder()
                .message(Message.system("s".repeat(600)))
                .message(Message.user("u".repeat(600)));
        PrefixBlocks plain = PrefixBlocks.of("m", builder.build());
        PrefixBlocks tools =
                PrefixBlocks.of("m", builder.tool(ToolSpec.of("t", "d")).build());

        assertThat(shared(plain, tools)).isEqualTo(2);
    }

    @Test
    void blocks_ofAVastPrompt_areBounded() {
        assertThat(PrefixBlocks.of("m", InferenceRequest.of("x".repeat(1_000_000)))
                        .count())
                .isEqualTo(PrefixBlocks.MOST_BLOCKS);
        assertThat(PrefixBlocks.ofHashes(new long[5000]).count()).isEqualTo(PrefixBlocks.MOST_BLOCKS);
        assertThat(PrefixBlocks.of("m", InferenceRequest.of("short"))).isEqualTo(PrefixBlocks.none());
    }

    /** What one node holds, in the plainest way. */
    private static final class PlainSet extends LinkedHashMap<Long, Boolean> {
        private static final long serialVersionUID = 1L;
        private final int capacity;

        PlainSet(int capacity) {
            super(16, 0.75f, true);
            this.capacity = capacity;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
            return size() > capacity;
        }

        int matched(long[] hashes) {
            int count = 0;
            while (count < hashes.length && containsKey(hashes[count])) {
                count++;
            }
            return count;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16})
    void index_ofRandomPrompts_holdsWhatAPlainSetHolds(long seed) {
        Random random = new Random(seed);
        int capacity = 20 + random.nextInt(100);
        PrefixIndex index = new PrefixIndex(capacity);
        List<PlainSet> plain = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            plain.add(new PlainSet(capacity));
        }
        long[][] prompts = new long[60][];
        for (int i = 0; i < prompts.length; i++) {
            long[] begin = i == 0 || random.nextInt(3) == 0 ? new long[0] : prompts[random.nextInt(i)];
            int kept = begin.length == 0 ? 0 : random.nextInt(begin.length + 1);
            prompts[i] = Arrays.copyOf(begin, kept + 1 + random.nextInt(20));
            for (int j = kept; j < prompts[i].length; j++) {
                prompts[i][j] = random.nextLong();
            }
        }
        for (int step = 0; step < 4000; step++) {
            int node = random.nextInt(plain.size());
            long[] prompt = prompts[random.nextInt(prompts.length)];
            if (random.nextInt(200) == 0) {
                index.forget(node);
                plain.get(node).clear();
            }
            PrefixBlocks blocks = PrefixBlocks.ofHashes(prompt);
            assertThat(index.matched(node, blocks)).isEqualTo(plain.get(node).matched(prompt));
            assertThat(index.sent(node, blocks)).isEqualTo(plain.get(node).matched(prompt));
            for (int i = Math.min(prompt.length, capacity) - 1; i >= 0; i--) {
                plain.get(node).put(prompt[i], true);
            }
            holdersHold(index, blocks, plain);
        }
        for (int node = 0; node < plain.size(); node++) {
            index.forget(node);
        }
        assertThat(index.size()).isZero();
    }

    private static void holdersHold(PrefixIndex index, PrefixBlocks blocks, List<PlainSet> plain) {
        int[] found = new int[8];
        int[] held = new int[8];
        int count = index.holders(blocks, found, held);
        assertThat(Arrays.stream(found, 0, count).distinct().count()).isEqualTo(count);
        for (int i = 0; i < count; i++) {
            assertThat(plain.get(found[i])).containsKey(blocks.hash(held[i] - 1));
        }
        if (blocks.count() >= 4) {
            assertThat(count).as("somebody was just sent it").isPositive();
        }
    }

    @Test
    void holders_ofADeepPrefix_comeBeforeThoseOfItsBeginning() {
        PrefixIndex index = new PrefixIndex(1000);
        long[] deep = new Random(1).longs(40).toArray();
        for (int node = 0; node < 5; node++) {
            index.sent(node, PrefixBlocks.ofHashes(Arrays.copyOf(deep, 8)));
        }
        index.sent(3, PrefixBlocks.ofHashes(deep));
        int[] found = new int[8];
        int[] held = new int[8];

        int count = index.holders(PrefixBlocks.ofHashes(deep), found, held);

        assertThat(count).isEqualTo(5);
        assertThat(found[0]).isEqualTo(3);
        assertThat(Arrays.copyOf(held, count)).containsExactly(40, 8, 8, 8, 8);
    }
}
