package dev.avionics.architecture.wrong.airframe;

import dev.avionics.architecture.wrong.airframe.openai.Openai;

abstract class CoreKnowsAdapter {
    abstract void uses(Openai other);
}
