package dev.avionics.architecture.wrong.llm.node;

import dev.avionics.architecture.wrong.airframe.openai.Openai;

abstract class LlmKnowsAdapter {
    abstract void uses(Openai[] other);
}
