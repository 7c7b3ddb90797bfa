/**
 * A GGUF model in this process, by way of llama.cpp.
 *
 * <p>For text: no tools, no images. A native fault ends the whole JVM; programs that cannot bear that talk to a llama-server
 * instead. A JVM that has loaded a model does not end by itself, only by {@code System.exit}.
 */
@NullMarked
package dev.avionics.airframe.llamacpp;

import org.jspecify.annotations.NullMarked;
