/** OpenAI's own Java library as an arm of the library benchmark. */
@NullMarked
package dev.avionics.benchmarks.peers.openai;

import org.jspecify.annotations.NullMarked;
