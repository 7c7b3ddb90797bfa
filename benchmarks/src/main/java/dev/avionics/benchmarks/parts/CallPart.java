package dev.avionics.benchmarks.parts;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.call.Delivery;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** Whole calls through the retry engine, the clocks and the protocol; only sockets and hops are left out. */
@State(Scope.Thread)
public class CallPart {
    private final Airframe whole = airframe(MemoryTransport.whole());
    private final Airframe streamed = airframe(MemoryTransport.streamed());
    private final InferenceRequest wholeRequest = Material.request(false);
    private final InferenceRequest streamedRequest = Material.request(true);

    private static Airframe airframe(MemoryTransport transport) {
        return Airframe.builder()
                .transport(transport)
                .delivery(Delivery.TRANSPORT)
                .build();
    }

    /** A whole answer, put together. */
    @Benchmark
    public InferenceResult callWhole() {
        return whole.infer(Material.TARGET, wholeRequest, whole.newCall())
                .collect()
                .join();
    }

    /** A streamed answer of 200 chunks, event by event. */
    @Benchmark
    public void callStream(Blackhole events) {
        streamed.infer(Material.TARGET, streamedRequest, streamed.newCall()).subscribe(new StreamPart.Reader(events));
    }

    /** Ends the timers. */
    @TearDown
    public void close() {
        whole.close();
        streamed.close();
    }
}
