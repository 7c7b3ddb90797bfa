package dev.avionics.airframe.http.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InflationTest {
    private static final byte[] TEXT =
            "All is well that ends well. ".repeat(5000).getBytes(StandardCharsets.US_ASCII);

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream packing = new GZIPOutputStream(out)) {
            packing.write(plain);
        }
        return out.toByteArray();
    }

    private static byte[] deflate(byte[] plain, boolean bare) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (DeflaterOutputStream packing = new DeflaterOutputStream(out, new Deflater(6, bare))) {
            packing.write(plain);
        }
        return out.toByteArray();
    }

    private static byte[] unpack(boolean gzip, byte[] packed, int piece)
            throws DataFormatException, Inflation.BombException {
        Inflation inflation = new Inflation(gzip);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ArrayDeque<ByteBuf> held = new ArrayDeque<>();
        try {
            for (int from = 0; from < packed.length; from += piece) {
                held.add(Unpooled.wrappedBuffer(
                        Arrays.copyOfRange(packed, from, Math.min(packed.length, from + piece))));
                for (int count = inflation.next(held); count > 0; count = inflation.next(held)) {
                    out.write(inflation.out(), 0, count);
                }
                assertThat(inflation.holds()).isFalse();
            }
            if (!inflation.isComplete()) {
                throw new DataFormatException("cut");
            }
        } finally {
            inflation.close();
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 1000, 1_000_000})
    void packedBytes_inPiecesOfAnySize_areUnpacked(int piece) throws Exception {
        byte[] random = new byte[100_000];
        new Random(3).nextBytes(random);
        for (byte[] plain : new byte[][] {TEXT, random, {}, {1}}) {
            assertThat(unpack(true, gzip(plain), piece)).isEqualTo(plain);
            assertThat(unpack(false, deflate(plain, false), piece)).isEqualTo(plain);
            assertThat(unpack(false, deflate(plain, true), piece)).isEqualTo(plain);
        }
    }

    @Test
    void gzip_ofSeveralMembers_isOneText() throws Exception {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.write(gzip(new byte[] {'a'}));
        both.write(gzip(new byte[] {'b'}));
        assertThat(unpack(true, both.toByteArray(), 3)).isEqualTo(new byte[] {'a', 'b'});
    }

    @Test
    void gzip_withAllOptionalFields_isUnpacked() throws Exception {
        byte[] plain = gzip(TEXT);
        ByteArrayOutputStream full = new ByteArrayOutputStream();
        full.write(new byte[] {0x1f, (byte) 0x8b, 8, 2 + 4 + 8 + 16, 0, 0, 0, 0, 0, 3});
        full.write(new byte[] {3, 0, 'x', 'y', 'z'});
        full.write("name\0comment\0".getBytes(StandardCharsets.US_ASCII));
        CRC32 checksum = new CRC32();
        checksum.update(full.toByteArray());
        full.write((int) checksum.getValue() & 0xff);
        full.write((int) checksum.getValue() >> 8 & 0xff);
        full.write(plain, 10, plain.length - 10);
        for (int piece : new int[] {1, 5, 1_000_000}) {
            assertThat(unpack(true, full.toByteArray(), piece)).isEqualTo(TEXT);
        }
    }

    @Test
    void damagedBytes_anywhere_fail() throws Exception {
        byte[] packed = gzip("It is a truth universally acknowledged".getBytes(StandardCharsets.US_ASCII));
        assertDamaged(flipped(packed, 0));
        assertDamaged(flipped(packed, 2));
        for (int at = 10; at < packed.length; at++) {
            assertDamaged(flipped(packed, at));
        }
        assertDamaged(Arrays.copyOf(packed, packed.length - 1));
        assertDamaged(Arrays.copyOf(packed, packed.length / 2));
        assertDamaged(Arrays.copyOf(packed, 5));
        assertDamaged(Arrays.copyOf(packed, packed.length + 3));
    }

    @Test
    void bytesAfterDeflate_always_fail() throws Exception {
        byte[] packed = deflate(TEXT, false);
        assertThatThrownBy(() -> unpack(false, Arrays.copyOf(packed, packed.length + 1), 1_000_000))
                .isInstanceOf(DataFormatException.class);
    }

    @Test
    void ratio_isBoundedOnlyBeyondTheFreeSize() throws Exception {
        assertThat(unpack(true, gzip(new byte[(int) Inflation.FREE]), 100)).hasSize((int) Inflation.FREE);
        byte[] bomb = gzip(new byte[3 * (int) Inflation.FREE]);
        assertThatThrownBy(() -> unpack(true, bomb, 1_000_000)).isInstanceOf(Inflation.BombException.class);
    }

    private static void assertDamaged(byte[] packed) {
        assertThatThrownBy(() -> unpack(true, packed, 1_000_000)).isInstanceOf(DataFormatException.class);
    }

    private static byte[] flipped(byte[] bytes, int at) {
        byte[] copy = bytes.clone();
        copy[at] ^= 0x55;
        return copy;
    }
}
