package io.netnswatch.collector.kmsg;

import io.netnswatch.schema.KernelLogEntry;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the kernel's log said since it was last asked. */
public interface KernelLog {

  /** None: not read here. */
  KernelLog NONE = (now, uptimeMs) -> Said.NOTHING;

  /**
   * What was said.
   *
   * @param entries oldest first
   * @param omitted how many more there were
   */
  record Said(List<KernelLogEntry> entries, int omitted) {

    public static final Said NOTHING = new Said(List.of(), 0);

    public Said {
      entries = List.copyOf(entries);
    }
  }

  /**
   * Hands out what came since the last call. Never waits.
   *
   * @param now the present time
   * @param uptimeMs time since boot, milliseconds; null if unknown: what is stamped by it waits
   */
  Said since(Instant now, @Nullable Long uptimeMs);
}
