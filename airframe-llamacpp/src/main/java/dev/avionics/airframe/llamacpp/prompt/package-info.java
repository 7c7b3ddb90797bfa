/** Requests as the native library takes them: text, and schemas that it is known to survive. */
@NullMarked
package dev.avionics.airframe.llamacpp.prompt;

import org.jspecify.annotations.NullMarked;
