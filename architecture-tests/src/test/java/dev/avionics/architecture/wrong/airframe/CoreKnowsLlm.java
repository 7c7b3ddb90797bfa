package dev.avionics.architecture.wrong.airframe;

import dev.avionics.architecture.wrong.llm.Llm;

abstract class CoreKnowsLlm {
    abstract void uses(Llm other);
}
