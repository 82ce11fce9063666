package io.netnswatch.collector.spool;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the spool holds.
 *
 * @param events not yet acknowledged
 * @param bytes of its files
 * @param oldest time of the oldest event; null if it holds none
 */
public record SpoolStatus(long events, long bytes, @Nullable Instant oldest) {

  /** Of a spool that holds nothing. */
  public static final SpoolStatus EMPTY = new SpoolStatus(0, 0, null);
}
