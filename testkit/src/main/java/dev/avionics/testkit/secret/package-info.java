/**
 * Watches that prove a secret stays out of messages, logs and output.
 */
@NullMarked
package dev.avionics.testkit.secret;

import org.jspecify.annotations.NullMarked;
