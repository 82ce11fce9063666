package io.netnswatch.collector.kmsg;

import io.netnswatch.schema.KernelLogEntry;
import java.time.Instant;
import java.util.List;

/** What the kernel's log said since it was last asked. */
public interface KernelLog {

  /** None: not read here. */
  KernelLog NONE = (now, uptimeMs) -> new Said(List.of(), 0);

  /**
   * What was said.
   *
   * @param entries oldest first
   * @param omitted how many more there were
   */
  record Said(List<KernelLogEntry> entries, int omitted) {
    public Said {
      entries = List.copyOf(entries);
    }
  }

  /**
   * Hands out what came since the last call. Never waits.
   *
   * @param now the present time
   * @param uptimeMs time since boot, milliseconds
   */
  Said since(Instant now, long uptimeMs);
}
