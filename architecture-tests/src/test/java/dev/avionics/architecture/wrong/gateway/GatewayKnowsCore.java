package dev.avionics.architecture.wrong.gateway;

import dev.avionics.architecture.wrong.airframe.Core;

abstract class GatewayKnowsCore {
    abstract void uses(Core other);
}
