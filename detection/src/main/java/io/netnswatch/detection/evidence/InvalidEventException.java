package io.netnswatch.detection.evidence;

/** An event decodes but says something impossible; the message says what. */
public final class InvalidEventException extends Exception {

  private static final long serialVersionUID = 1L;

  public InvalidEventException(String message) {
    super(message);
  }
}
