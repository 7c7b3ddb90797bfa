package dev.avionics.architecture.wrong.airframe.openai;

import dev.avionics.architecture.wrong.airframe.anthropic.Anthropic;

abstract class OpenaiKnowsAnthropic {
    abstract void uses(Anthropic other);
}
