/** A fleet of machines that serve models: what each can do, how it is, and which one a call goes to. */
@NullMarked
package dev.avionics.llm.node;

import org.jspecify.annotations.NullMarked;
