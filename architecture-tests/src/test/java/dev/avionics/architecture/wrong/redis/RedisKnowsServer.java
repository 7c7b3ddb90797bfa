package dev.avionics.architecture.wrong.redis;

import dev.avionics.architecture.wrong.server.Server;

abstract class RedisKnowsServer {
    abstract void uses(Server other);
}
