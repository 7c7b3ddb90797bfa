/** The oracle: a backend that does not exist. */
@NullMarked
package com.example.oracle;

import org.jspecify.annotations.NullMarked;
