@NullMarked
package dev.avionics.airframe.ollama.chat;

import org.jspecify.annotations.NullMarked;
