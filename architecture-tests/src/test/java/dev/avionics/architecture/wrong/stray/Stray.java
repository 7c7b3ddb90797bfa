package dev.avionics.architecture.wrong.stray;

import dev.avionics.architecture.wrong.airframe.Core;

abstract class Stray {
    abstract void uses(Core other);
}
