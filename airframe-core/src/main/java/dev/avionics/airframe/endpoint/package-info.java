/** Lists of endpoints, given in the program or read from a file, and how they are. They report; who is called is the caller's choice. */
@NullMarked
package dev.avionics.airframe.endpoint;

import org.jspecify.annotations.NullMarked;
