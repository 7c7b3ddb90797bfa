package dev.avionics.architecture.wrong.cost;

import dev.avionics.architecture.wrong.llm.Llm;

abstract class CostKnowsLlm {
    abstract void uses(Llm other);
}
