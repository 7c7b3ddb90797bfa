/** A service that answers what its event bus tells, and the small bus itself. Nothing else imports this package. */
@NullMarked
package dev.avionics.llm.service;

import org.jspecify.annotations.NullMarked;
