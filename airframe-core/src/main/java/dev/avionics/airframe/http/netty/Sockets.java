package dev.avionics.airframe.http.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closing of sockets. */
final class Sockets {
    private static final Logger LOG = LoggerFactory.getLogger(Sockets.class);

    private Sockets() {}

    /**
     * Closes with a reset: what is still in the buffers is thrown away, so that even a peer that does not read learns at
     * once that nobody waits any more. On the channel's loop.
     */
    static void abort(Channel channel) {
        if (!channel.isOpen()) {
            return;
        }
        try {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        } catch (ChannelException e) {
            // Some systems refuse it for a socket that the peer has reset: then there is nothing left to throw away.
            LOG.debug("no reset of a connection that is closed already", e);
        }
        // From the first handler on, past TLS, which would wait until its farewell has been written.
        ChannelHandlerContext first = channel.pipeline().firstContext();
        if (first == null) {
            channel.close();
        } else {
            first.close();
        }
    }
}
