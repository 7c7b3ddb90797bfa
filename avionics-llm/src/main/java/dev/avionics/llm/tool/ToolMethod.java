package dev.avionics.llm.tool;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a method a tool, see {@link Tool#methodsOf}. What its parameters mean says {@link
 * dev.avionics.llm.schema.Described}; what it may return and throw says {@link ToolFunction#call}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface ToolMethod {
    /** What the tool does, for the model. */
    String value();

    /** The tool's name; empty for the method's. */
    String name() default "";
}
