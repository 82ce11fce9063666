package io.netnswatch.collector.proc;

/** A file of the kernel does not look as it should. */
public final class ProcParseException extends Exception {

  private static final long serialVersionUID = 1L;

  private static final int MAX_QUOTE = 80;

  /**
   * Says what is wrong, and where.
   *
   * @param file name below /proc
   * @param expected what should stand there
   * @param found what does; quoted up to a limit
   */
  public ProcParseException(String file, String expected, String found) {
    super(
        file
            + ": expected "
            + expected
            + ", found \""
            + found.substring(0, Math.min(found.length(), MAX_QUOTE)).strip()
            + "\"");
  }
}
