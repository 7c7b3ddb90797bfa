/** Routing of agent conversations over a large fleet, as a discrete-event simulation: the router against simpler rules. */
@NullMarked
package dev.avionics.benchmarks.routing;

import org.jspecify.annotations.NullMarked;
