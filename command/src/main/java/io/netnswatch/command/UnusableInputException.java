package io.netnswatch.command;

import java.io.IOException;

/**
 * A file that was named is not what it should be, and never will be: that is wrong usage, and no
 * failure of the machine. The message names the file, and where in it.
 */
public class UnusableInputException extends IOException {

  private static final long serialVersionUID = 1L;

  public UnusableInputException(String message) {
    super(message);
  }

  public UnusableInputException(String message, Throwable cause) {
    super(message, cause);
  }
}
