package dev.avionics.testkit.backend;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client of plain sockets that shows every byte and every error. */
final class RawClient implements AutoCloseable {
    final Socket socket;

    RawClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(5000);
        socket.setTcpNoDelay(true);
    }

    static RawClient connect(int port) throws IOException {
        return new RawClient(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    RawClient send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        return this;
    }

    RawClient get(String path) throws IOException {
        return send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    }

    RawClient post(String path, String body) throws IOException {
        int length = body.getBytes(StandardCharsets.ISO_8859_1).length;
        return send("POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + "\r\n\r\n" + body);
    }

    /** One byte, or -1 at the end of the stream. */
    int read() throws IOException {
        return socket.getInputStream().read();
    }

    /** What the next read gives, whatever its length; empty at the end of the stream. */
    String readSome() throws IOException {
        byte[] buffer = new byte[65536];
        int count = socket.getInputStream().read(buffer);
        return count < 0 ? "" : new String(buffer, 0, count, StandardCharsets.ISO_8859_1);
    }

    String readToEnd() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /** Reads until the text has come. */
    String readUntil(String mark) throws IOException {
        InputStream in = socket.getInputStream();
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        while (!seen.toString(StandardCharsets.ISO_8859_1).endsWith(mark)) {
            int b = in.read();
            if (b < 0) {
                throw new IOException("end of stream after: " + seen.toString(StandardCharsets.ISO_8859_1));
            }
            seen.write(b);
        }
        return seen.toString(StandardCharsets.ISO_8859_1);
    }

    /** Reads a head and a body of the length that it tells. */
    String readAnswer() throws IOException {
        String head = readUntil("\r\n\r\n");
        int at = head.indexOf("Content-Length: ");
        int length = Integer.parseInt(head.substring(at + 16, head.indexOf("\r\n", at)));
        return head + new String(socket.getInputStream().readNBytes(length), StandardCharsets.ISO_8859_1);
    }

    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
