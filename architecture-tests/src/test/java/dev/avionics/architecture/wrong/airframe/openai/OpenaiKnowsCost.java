package dev.avionics.architecture.wrong.airframe.openai;

import dev.avionics.architecture.wrong.cost.Cost;

abstract class OpenaiKnowsCost {
    abstract void uses(Cost other);
}
