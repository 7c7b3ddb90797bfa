/** Part of the wrong tree. */
@NullMarked
package dev.avionics.architecture.wrong.llm.service;

import org.jspecify.annotations.NullMarked;
