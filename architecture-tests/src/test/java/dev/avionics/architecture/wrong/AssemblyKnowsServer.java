package dev.avionics.architecture.wrong;

import dev.avionics.architecture.wrong.server.Server;

abstract class AssemblyKnowsServer {
    abstract void uses(Server other);
}
