/** Configuration per agent: which provider, model and limits each agent of a platform has. */
@NullMarked
package dev.avionics.llm.agent;

import org.jspecify.annotations.NullMarked;
