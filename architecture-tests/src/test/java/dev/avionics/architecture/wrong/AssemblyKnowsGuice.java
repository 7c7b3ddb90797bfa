package dev.avionics.architecture.wrong;

import com.google.inject.Injector;

abstract class AssemblyKnowsGuice {
    abstract void uses(Injector other);
}
