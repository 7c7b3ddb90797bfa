package dev.avionics.architecture.wrong.airframe.ollama.chat;

import dev.avionics.architecture.wrong.airframe.ollama.OllamaKnowsChat;

public final class ChatKnowsOllama {
    public OllamaKnowsChat known;
}
