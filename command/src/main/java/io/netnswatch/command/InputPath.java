package io.netnswatch.command;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The option names something that is there and can be read. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.PARAMETER})
public @interface InputPath {

  /** What it must be. */
  enum Kind {
    FILE,
    DIRECTORY,
    FILE_OR_DIRECTORY
  }

  /** What it must be. */
  Kind value();
}
