package dev.avionics.airframe.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Looks up the addresses of a host. Thread-safe. */
@FunctionalInterface
public interface HostResolver {
    /**
     * The addresses to try, in this order. May block: it is called on a thread made for that, once for each new
     * connection. Not asked for hosts that are addresses already.
     *
     * @throws UnknownHostException if there is none
     */
    List<InetAddress> resolve(String host) throws UnknownHostException;

    /** The JVM's own look-up, with its cache and its preference between IPv4 and IPv6. */
    static HostResolver system() {
        return host -> List.of(InetAddress.getAllByName(host));
    }
}
