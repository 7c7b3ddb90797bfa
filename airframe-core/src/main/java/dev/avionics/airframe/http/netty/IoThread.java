package dev.avionics.airframe.http.netty;

import dev.avionics.airframe.http.TransportThread;
import io.netty.util.concurrent.FastThreadLocalThread;

/** A thread that carries connections. */
final class IoThread extends FastThreadLocalThread implements TransportThread {
    IoThread(Runnable task, String name) {
        super(task, name);
        setDaemon(true);
    }
}
