package dev.avionics.architecture.wrong.llm;

import dev.avionics.architecture.wrong.llm.service.Service;

abstract class LlmKnowsService {
    abstract void uses(Service other);
}
