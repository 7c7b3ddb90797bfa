package dev.avionics.architecture.wrong.testkit;

import dev.avionics.architecture.wrong.gateway.Gateway;

abstract class TestkitKnowsGateway {
    abstract void uses(Gateway other);
}
