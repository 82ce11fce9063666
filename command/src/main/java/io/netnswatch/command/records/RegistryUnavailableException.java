package io.netnswatch.command.records;

/** The schema registry did not answer; the record is fine and must be tried again. */
public final class RegistryUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public RegistryUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
