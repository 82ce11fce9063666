package io.netnswatch.oncall.kafka;

import io.netnswatch.oncall.alert.Change;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Where it is kept what targets have been told. */
public interface NotificationLog {

  /**
   * Begins to make changes durable, all or none; earlier ones come first.
   *
   * @return done when they are durable, however long that takes; fails with {@link
   *     LogLostException} if that will not be possible again
   */
  Future<?> write(String target, List<Change> changes);

  /** Nothing more can be written: somebody else does, or a right is missing. */
  final class LogLostException extends Exception {
    private static final long serialVersionUID = 1L;

    LogLostException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }

    /** Why a write has failed. */
    public static LogLostException of(ExecutionException failed) {
      return failed.getCause() instanceof LogLostException lost
          ? lost
          : new LogLostException("can't write: " + failed.getCause(), failed.getCause());
    }
  }
}
