package dev.avionics.architecture.wrong.llm;

import dev.avionics.architecture.wrong.airframe.http.netty.NettyClient;

abstract class LlmKnowsNettyClient {
    abstract void uses(NettyClient other);
}
