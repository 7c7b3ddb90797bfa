package dev.avionics.testkit.transport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A server whose every byte the test writes itself. */
final class RawServer implements AutoCloseable {
    private final ServerSocket server;
    private final BlockingQueue<Peer> accepted = new LinkedBlockingQueue<>();
    private final List<Peer> all = new CopyOnWriteArrayList<>();

    RawServer() {
        this("127.0.0.1", 0);
    }

    RawServer(String address, int port) {
        try {
            server = new ServerSocket(port, 64, InetAddress.getByName(address));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread thread = new Thread(this::run, "raw-server");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        while (!server.isClosed()) {
            try {
                Peer peer = new Peer(server.accept());
                all.add(peer);
                accepted.add(peer);
            } catch (IOException e) {
                return;
            }
        }
    }

    int port() {
        return server.getLocalPort();
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    int accepted() {
        return all.size();
    }

    Peer next() {
        try {
            Peer peer = accepted.poll(10, TimeUnit.SECONDS);
            if (peer == null) {
                throw new AssertionError("nobody connected");
            }
            return peer;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Peer peer : all) {
                peer.socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The server's end of one connection. */
    static final class Peer {
        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;

        private Peer(Socket socket) throws IOException {
            this.socket = socket;
            socket.setSoTimeout(10_000);
            in = socket.getInputStream();
            out = socket.getOutputStream();
        }

        /** Reads up to the empty line, and the body that the head announces. */
        String readRequest() {
            try {
                ByteArrayOutputStream read = new ByteArrayOutputStream();
                while (!read.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                    int next = in.read();
                    if (next < 0) {
                        throw new AssertionError("the request ended: " + read);
                    }
                    read.write(next);
                }
                String head = read.toString(StandardCharsets.ISO_8859_1);
                int at = head.indexOf("content-length: ");
                if (at < 0) {
                    return head;
                }
                int length = Integer.parseInt(head.substring(at + 16, head.indexOf('\r', at)));
                return head + new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        Peer write(String text) {
            return write(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        Peer write(byte[] bytes) {
            try {
                out.write(bytes);
                out.flush();
                return this;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Ends this side; the other side's end can still be read. */
        Peer endOutput() {
            try {
                socket.shutdownOutput();
                return this;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Passes bytes on, both ways, to a port of this machine until both sides have ended. */
        CountDownLatch relay(int port) {
            try {
                socket.setSoTimeout(0);
                Socket other = new Socket(InetAddress.getLoopbackAddress(), port);
                CountDownLatch over = new CountDownLatch(2);
                pass(socket, other, over);
                pass(other, socket, over);
                return over;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void pass(Socket from, Socket to, CountDownLatch over) {
            Thread thread = new Thread(
                    () -> {
                        try {
                            from.getInputStream().transferTo(to.getOutputStream());
                            to.shutdownOutput();
                        } catch (IOException e) {
                            // One side is gone: so must be the other.
                            closeBoth(from, to);
                        } finally {
                            over.countDown();
                        }
                    },
                    "raw-server-relay");
            thread.setDaemon(true);
            thread.start();
        }

        private static void closeBoth(Socket one, Socket other) {
            try {
                one.close();
                other.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Waits until the other side has closed, in order or with a reset; returns how many bytes still came. */
        long awaitClosed() {
            byte[] sink = new byte[8192];
            long count = 0;
            try {
                for (int read = in.read(sink); read >= 0; read = in.read(sink)) {
                    count += read;
                }
                return count;
            } catch (java.net.SocketTimeoutException e) {
                throw new AssertionError("the other side did not close", e);
            } catch (IOException e) {
                // A reset is a close too.
                return count;
            }
        }
    }
}
