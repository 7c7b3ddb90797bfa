/** Part of the wrong tree. */
@NullMarked
package dev.avionics.architecture.wrong.testkit;

import org.jspecify.annotations.NullMarked;
