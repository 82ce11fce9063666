package io.netnswatch.streams.state;

/** With a record, what is remembered of its host would be more than may be. */
public final class StateTooLargeException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public StateTooLargeException(int bytes, int maxBytes) {
    super("what is remembered of the host would have " + bytes + " bytes, more than " + maxBytes);
  }
}
