package io.netnswatch.oncall.kafka;

import io.netnswatch.oncall.alert.Change;
import java.util.List;

/** Where it is kept what targets have been told. */
public interface Ledger {

  /**
   * Makes changes durable, all or none; returns when they are.
   *
   * @throws LedgerLostException if that will not be possible again
   */
  void write(String target, List<Change> changes) throws LedgerLostException;

  /** Nothing more can be written: somebody else does, or a right is missing. */
  final class LedgerLostException extends Exception {
    private static final long serialVersionUID = 1L;

    LedgerLostException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
