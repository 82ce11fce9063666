package io.netnswatch.interop.ksqldb;

/** A server would not take this; the message says why. */
final class RefusedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  RefusedException(String message) {
    super(message);
  }
}
