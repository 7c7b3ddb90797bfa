/** The oracle's adapter against a simulated oracle. */
@NullMarked
package com.example.oracle;

import org.jspecify.annotations.NullMarked;
