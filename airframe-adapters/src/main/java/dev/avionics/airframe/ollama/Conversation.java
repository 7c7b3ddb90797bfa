package dev.avionics.airframe.ollama;

import dev.avionics.airframe.json.JsonWriter;

/** A conversation in the form that one of Ollama's ways to an answer takes. */
interface Conversation {
    /** Writes its fields. */
    void write(JsonWriter json);

    /** The bytes of its texts. */
    long bytes();

    /** How many pictures are in it. */
    int pictures();
}
