package dev.avionics.testkit.backend;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/** Encodes the parts of one body so that each can be decoded as soon as it has arrived. */
final class BodyCoder {
    private BodyCoder() {}

    /** Returns the parts encoded, in their order; what closes the coding is at the end of the last one. */
    static List<byte[]> encode(List<byte[]> parts, Reply.Coding coding) {
        if (coding == Reply.Coding.IDENTITY || parts.isEmpty()) {
            return parts;
        }
        ByteArrayOutputStream sink = new ByteArrayOutputStream();
        Deflater raw = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        try {
            List<byte[]> encoded = new ArrayList<>();
            DeflaterOutputStream out = switch (coding) {
                case GZIP -> new GZIPOutputStream(sink, 512, true);
                case DEFLATE -> new DeflaterOutputStream(sink, true);
                default -> new DeflaterOutputStream(sink, raw, 512, true);
            };
            for (int i = 0; i < parts.size(); i++) {
                out.write(parts.get(i));
                if (i < parts.size() - 1) {
                    out.flush();
                } else {
                    out.close();
                }
                encoded.add(sink.toByteArray());
                sink.reset();
            }
            return encoded;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            raw.end();
        }
    }
}
