/** Assembly of Avionics: one Guice module per feature. */
@NullMarked
package dev.avionics;

import org.jspecify.annotations.NullMarked;
