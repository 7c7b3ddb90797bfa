package dev.avionics.architecture.wrong.server.http;

import io.netty.buffer.ByteBuf;

abstract class FrontKnowsNetty {
    abstract void uses(ByteBuf other);
}
