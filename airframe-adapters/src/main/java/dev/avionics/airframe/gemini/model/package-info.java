/** What is known of Google's models and where they are: addresses, rules, what refusals teach. */
@NullMarked
package dev.avionics.airframe.gemini.model;

import org.jspecify.annotations.NullMarked;
