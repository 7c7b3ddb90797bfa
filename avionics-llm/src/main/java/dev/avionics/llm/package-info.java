/** Providers of large language models behind one contract, and the ports that everything above them is written against. */
@NullMarked
package dev.avionics.llm;

import org.jspecify.annotations.NullMarked;
