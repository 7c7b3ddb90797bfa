/** Answers as objects: a record class or a JSON Schema in, a validated value out. */
@NullMarked
package dev.avionics.llm.structured;

import org.jspecify.annotations.NullMarked;
