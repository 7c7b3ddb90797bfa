package dev.avionics.architecture.wrong;

import dev.avionics.architecture.wrong.airframe.openai.Openai;

abstract class AssemblyKnowsAdapter {
    abstract void uses(Openai other);
}
