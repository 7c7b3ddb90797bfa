/** llama-server's own completions: conversations by the server's template, and counts of their tokens. */
@NullMarked
package dev.avionics.airframe.llamaserver.completion;

import org.jspecify.annotations.NullMarked;
