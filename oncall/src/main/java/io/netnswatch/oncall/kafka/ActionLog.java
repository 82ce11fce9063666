package io.netnswatch.oncall.kafka;

import io.netnswatch.schema.HostAction;
import java.util.List;
import java.util.concurrent.Future;

/** Where it is kept what was done to hosts. */
public interface ActionLog {

  /**
   * Begins to make steps durable, all or none; earlier ones come first.
   *
   * @return done when they are durable, however long that takes; fails with {@link
   *     NotificationLog.LogLostException} if that will not be possible again
   */
  Future<?> write(List<HostAction> steps);
}
