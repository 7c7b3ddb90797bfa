/** Part of the wrong tree. */
@NullMarked
package dev.avionics.architecture.wrong.airframe.ollama.chat;

import org.jspecify.annotations.NullMarked;
