package dev.avionics.architecture.wrong.airframe.llamacpp;

import dev.avionics.architecture.wrong.airframe.openai.Openai;

abstract class LlamacppKnowsAdapter {
    abstract void uses(Openai other);
}
