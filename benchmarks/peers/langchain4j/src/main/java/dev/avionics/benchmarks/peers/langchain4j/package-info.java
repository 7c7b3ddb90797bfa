/** LangChain4j as an arm of the library benchmark. */
@NullMarked
package dev.avionics.benchmarks.peers.langchain4j;

import org.jspecify.annotations.NullMarked;
