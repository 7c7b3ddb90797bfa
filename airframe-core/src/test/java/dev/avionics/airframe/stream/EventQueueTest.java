package dev.avionics.airframe.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceEvent.TextDelta;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class EventQueueTest {
    private final EventQueue queue = new EventQueue();

    @Test
    void poll_overManyPieces_givesEventsInOrder() {
        for (int round = 0; round < 100; round++) {
            for (int i = 0; i < round; i++) {
                assertThat(queue.isEmpty()).isEqualTo(i == 0);
                queue.add(new TextDelta(round + "/" + i));
            }
            for (int i = 0; i < round; i++) {
                assertThat(queue.isEmpty()).isFalse();
                assertThat(queue.poll()).isEqualTo(new TextDelta(round + "/" + i));
            }
            assertThat(queue.isEmpty()).isTrue();
            assertThat(queue.poll()).isNull();
        }
    }

    @Test
    void clear_ofSeveralPieces_leavesNothing() {
        for (int i = 0; i < 100; i++) {
            queue.add(new TextDelta("x"));
        }

        queue.clear();

        assertThat(queue.isEmpty()).isTrue();
        queue.add(new TextDelta("y"));
        assertThat(queue.poll()).isEqualTo(new TextDelta("y"));
    }

    @Test
    @Timeout(60)
    void poll_whileAnotherThreadAdds_losesNothing() throws InterruptedException {
        int count = 200_000;
        Thread adder = new Thread(() -> {
            for (int i = 0; i < count; i++) {
                queue.add(new TextDelta(Integer.toString(i)));
            }
        });
        adder.start();
        for (int i = 0; i < count; ) {
            InferenceEvent event = queue.poll();
            if (event != null) {
                assertThat(event).isEqualTo(new TextDelta(Integer.toString(i)));
                i++;
            }
        }
        adder.join();
        assertThat(queue.isEmpty()).isTrue();
    }
}
