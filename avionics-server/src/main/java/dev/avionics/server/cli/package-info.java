/** The command line: one class per command, and what they share. */
@NullMarked
package dev.avionics.server.cli;

import org.jspecify.annotations.NullMarked;
