package dev.avionics.architecture.wrong.gateway;

import dev.avionics.architecture.wrong.Assembly;

abstract class GatewayKnowsAssembly {
    abstract void uses(Assembly other);
}
