package io.netnswatch.command;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What an option's value may be, written as on the command line: {@code 1}, {@code 5s}. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.PARAMETER})
public @interface Range {

  /** The least. */
  String min();

  /** The greatest. */
  String max();
}
