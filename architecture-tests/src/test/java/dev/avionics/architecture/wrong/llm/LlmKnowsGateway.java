package dev.avionics.architecture.wrong.llm;

import dev.avionics.architecture.wrong.gateway.Gateway;

abstract class LlmKnowsGateway {
    abstract void uses(Gateway other);
}
