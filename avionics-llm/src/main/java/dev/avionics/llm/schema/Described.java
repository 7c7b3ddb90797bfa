package dev.avionics.llm.schema;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a record, one of its components, or a parameter of a tool's method means; the model reads it. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.PARAMETER, ElementType.TYPE})
public @interface Described {
    /** The description; may be empty. */
    String value() default "";

    /** The name in JSON; empty for the one in Java. Not looked at on a type. */
    String name() default "";
}
