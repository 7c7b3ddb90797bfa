package dev.avionics.architecture.wrong.airframe.llamaserver;

import dev.avionics.architecture.wrong.airframe.openai.Openai;

abstract class LlamaserverSharesOpenai {
    abstract void uses(Openai other);
}
