package dev.avionics.architecture.wrong.airframe.ollama;

import dev.avionics.architecture.wrong.airframe.ollama.chat.ChatKnowsOllama;

public final class OllamaKnowsChat {
    public ChatKnowsOllama known;
}
