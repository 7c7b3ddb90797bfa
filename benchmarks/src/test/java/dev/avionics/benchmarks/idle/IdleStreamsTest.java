package dev.avionics.benchmarks.idle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Airframe;
import dev.avionics.testkit.backend.IdleStreamServer;
import dev.avionics.testkit.leak.SocketWatch;
import dev.avionics.testkit.leak.ThreadWatch;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class IdleStreamsTest {
    private static final int STREAMS = 300;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void streams_thatWereSilent_allGetTheirEventsAndEnd() {
        ThreadWatch threads = ThreadWatch.start("avionics-");
        SocketWatch sockets = SocketWatch.start();
        try (IdleStreamServer upstream = IdleUpstream.start()) {
            try (Airframe airframe = IdleStreams.airframe(STREAMS)) {
                IdleStreams streams =
                        IdleStreams.open(airframe, IdleStreams.target(URI.create(upstream.uri() + "/v1")), STREAMS);
                streams.awaitFirst(PATIENCE);
                assertThat(upstream.openStreams()).isEqualTo(STREAMS);
                IdleUpstream.obey(upstream, "say");
                streams.awaitSecond(PATIENCE);
                IdleUpstream.obey(upstream, "finish");
                streams.awaitEnd(PATIENCE);
                assertThat(upstream.requests()).isEqualTo(STREAMS);
            }
            upstream.awaitOpenConnections(0, PATIENCE);
        }
        threads.assertNoNewThreads(PATIENCE);
        sockets.assertNoNewSockets(PATIENCE);
    }

    @Test
    void streams_openWhenTheAirframeCloses_areLetGoUpstream() {
        try (IdleStreamServer upstream = IdleUpstream.start()) {
            try (Airframe airframe = IdleStreams.airframe(STREAMS)) {
                IdleStreams.open(airframe, IdleStreams.target(URI.create(upstream.uri() + "/v1")), STREAMS)
                        .awaitFirst(PATIENCE);
            }
            upstream.awaitOpenConnections(0, PATIENCE);
            assertThat(upstream.departures()).isEqualTo(STREAMS);
        }
    }
}
