package io.netnswatch.collector.spool;

/** Is told of every event that is given up. */
@FunctionalInterface
public interface Losses {

  /**
   * Counts events that are lost.
   *
   * @param reason short and of a small set, e.g. {@code spool full}
   * @param events how many
   * @param words what happened, for the log
   */
  void lost(String reason, long events, String words);
}
