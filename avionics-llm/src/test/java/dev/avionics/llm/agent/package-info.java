@NullMarked
package dev.avionics.llm.agent;

import org.jspecify.annotations.NullMarked;
