package dev.avionics.architecture.wrong.server;

import dev.avionics.architecture.wrong.testkit.Testkit;

abstract class ServerKnowsTestkit {
    abstract void uses(Testkit other);
}
