package dev.avionics.architecture.wrong.cost;

import dev.avionics.architecture.wrong.airframe.Core;

abstract class CostKnowsCore {
    abstract void uses(Core other);
}
