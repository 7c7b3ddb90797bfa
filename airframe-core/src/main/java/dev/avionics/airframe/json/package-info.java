/** A JSON cursor over bytes and a JSON writer, for adapters; no JSON library shows in their signatures. */
@NullMarked
package dev.avionics.airframe.json;

import org.jspecify.annotations.NullMarked;
