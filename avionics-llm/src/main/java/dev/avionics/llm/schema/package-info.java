/** JSON Schemas made of Java types, JSON values read into them, and JSON texts held against a schema. */
@NullMarked
package dev.avionics.llm.schema;

import org.jspecify.annotations.NullMarked;
