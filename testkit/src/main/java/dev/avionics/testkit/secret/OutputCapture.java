package dev.avionics.testkit.secret;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * All that is written to {@code System.out} and {@code System.err} while it is open; it still reaches both.
 *
 * <p>Writers that took hold of the streams earlier are not seen. There is one pair of streams in a process: do not open
 * two captures in tests that run at the same time.
 */
public final class OutputCapture implements AutoCloseable {
    private final PrintStream outBefore = System.out;
    private final PrintStream errBefore = System.err;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private OutputCapture() {
        System.setOut(new PrintStream(new Tee(outBefore, out), true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(new Tee(errBefore, err), true, StandardCharsets.UTF_8));
    }

    /** Starts to listen. */
    public static OutputCapture start() {
        return new OutputCapture();
    }

    /** Returns what was written to {@code System.out} so far. */
    public String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    /** Returns what was written to {@code System.err} so far. */
    public String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    /** Puts the former streams back; what was written stays readable. */
    @Override
    public void close() {
        System.setOut(outBefore);
        System.setErr(errBefore);
    }

    private static final class Tee extends OutputStream {
        private final PrintStream first;
        private final ByteArrayOutputStream second;

        Tee(PrintStream first, ByteArrayOutputStream second) {
            this.first = first;
            this.second = second;
        }

        @Override
        public void write(int b) {
            first.write(b);
            second.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            first.write(bytes, offset, length);
            second.write(bytes, offset, length);
        }

        @Override
        public void flush() {
            first.flush();
        }
    }
}
