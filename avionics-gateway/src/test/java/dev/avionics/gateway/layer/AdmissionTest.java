package dev.avionics.gateway.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.call.Delivery;
import dev.avionics.gateway.GatewayCall;
import dev.avionics.gateway.GatewayRequest;
import dev.avionics.gateway.GatewayRig;
import dev.avionics.gateway.LLMGateway;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private final GatewayRig rig = new GatewayRig();
    private final Queue<Runnable> delivered = new ArrayDeque<>();
    private final CompletableFuture<String> coming = new CompletableFuture<>();
    private final List<String> takenBack = new ArrayList<>();
    private final Admission<String> admission = new Admission<>(coming, takenBack::add);

    @AfterEach
    void close() {
        rig.close();
    }

    /** A call that is delivered on an executor, as the layers see it. */
    private GatewayCall call(Executor executor) {
        List<GatewayCall> seen = new ArrayList<>();
        rig.openai.text("ok");
        LLMGateway gateway = rig.gateway()
                .layer(150, (request, call, next) -> {
                    seen.add(call);
                    return next.infer(request, call);
                })
                .build();
        gateway.complete(GatewayRequest.of("hi"));
        GatewayCall call = seen.get(0);
        return call.with(call.context().deliveredOn(Delivery.on(executor)));
    }

    private CompletableFuture<String> value(Executor executor) {
        return admission.value(call(executor), taken -> CompletableFuture.completedFuture("made with " + taken));
    }

    @Test
    void value_thatWasWaitedFor_goesOnWhereTheCallIsDelivered() {
        CompletableFuture<String> value = value(delivered::add);
        coming.complete("a place");
        assertThat(value).isNotDone();

        delivered.remove().run();
        assertThat(value).isCompletedWithValue("made with a place");
        assertThat(takenBack).isEmpty();
    }

    @Test
    void value_thatIsThereAtOnce_goesOnHere() {
        coming.complete("a place");

        assertThat(value(delivered::add)).isCompletedWithValue("made with a place");
        assertThat(delivered).isEmpty();
    }

    @Test
    void value_givenUpOnTheWayToItsDelivery_takesBackWhatWasTaken() {
        CompletableFuture<String> value = value(delivered::add);
        coming.complete("a place");
        value.cancel(false);

        delivered.remove().run();
        assertThat(takenBack).containsExactly("a place");
    }

    @Test
    void value_whoseDeliveryIsClosed_failsAndTakesBackWhatWasTaken() {
        CompletableFuture<String> value = value(task -> {
            throw new RejectedExecutionException("closed");
        });
        coming.complete("a place");

        assertThat(value).isCompletedExceptionally();
        assertThat(takenBack).containsExactly("a place");
    }
}
