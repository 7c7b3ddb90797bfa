package dev.avionics.architecture.wrong.server;

import io.netty.buffer.ByteBuf;

abstract class ServerKnowsNetty {
    abstract void uses(ByteBuf other);
}
