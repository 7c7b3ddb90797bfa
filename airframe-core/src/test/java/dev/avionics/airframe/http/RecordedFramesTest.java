package dev.avionics.airframe.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.spi.EventDecoder;
import dev.avionics.airframe.spi.EventDecoder.Progress;
import dev.avionics.airframe.wire.WireFolder;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every recorded stream gives the frames that it holds, however it is cut. */
class RecordedFramesTest {
    @TestFactory
    List<DynamicTest> recordedStreams_cutAnywhere_giveTheirFrames() {
        return WireFolder.tests("recorded streams", RecordedFramesTest::tests);
    }

    private static Stream<DynamicTest> tests(WireFolder wire) {
        return wire.rows().stream()
                .filter(row -> row.kind().equals("stream"))
                .filter(row -> row.framing().equals("sse") || row.framing().equals("ndjson"))
                .map(row -> DynamicTest.dynamicTest(row.path(), () -> check(wire, row)));
    }

    private static void check(WireFolder wire, WireFolder.Row row) {
        Function<FrameHandler, EventDecoder> framing = row.framing().equals("sse") ? Sse::decoder : Ndjson::decoder;
        FrameHandler handler = (frame, out) -> {
            frame.json().skip();
            return Progress.FRAME;
        };
        byte[] body = wire.bytes(row.path());

        Pieces.Read read = Pieces.read(framing, handler, Pieces.whole(body), false);

        assertThat(read.frames()).isNotEmpty();
        assertThat(Pieces.read(framing, handler, Pieces.steps(body, 1), false)).isEqualTo(read);
        assertThat(Pieces.read(framing, handler, Pieces.whole(body), true)).isEqualTo(read);
        SplittableRandom random = new SplittableRandom(row.path().hashCode());
        for (int round = 0; round < 8; round++) {
            assertThat(Pieces.read(framing, handler, randomPieces(body, random), round % 2 == 1))
                    .isEqualTo(read);
        }
        if (Files.exists(wire.path(row.beside("expect")))) {
            Object frames =
                    JsonValues.parseObject(wire.text(row.beside("expect"))).get("frames");
            assertThat(read.frames()).hasSize(((Long) frames).intValue());
        }
    }

    private static List<byte[]> randomPieces(byte[] body, SplittableRandom random) {
        List<byte[]> pieces = new ArrayList<>();
        int at = 0;
        while (at < body.length) {
            int to = Math.min(body.length, at + 1 + random.nextInt(2000));
            pieces.add(java.util.Arrays.copyOfRange(body, at, to));
            at = to;
        }
        return pieces;
    }
}
