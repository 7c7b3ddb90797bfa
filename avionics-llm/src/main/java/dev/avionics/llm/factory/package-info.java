/** Makes providers from settings. */
@NullMarked
package dev.avionics.llm.factory;

import org.jspecify.annotations.NullMarked;
