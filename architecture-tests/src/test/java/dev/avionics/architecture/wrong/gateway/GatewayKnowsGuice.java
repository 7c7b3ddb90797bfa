package dev.avionics.architecture.wrong.gateway;

import com.google.inject.Injector;

abstract class GatewayKnowsGuice {
    abstract void uses(Injector other);
}
