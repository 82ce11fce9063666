package io.netnswatch.detection.evidence;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A network device that the kernel log says is waited for: {@code unregister_netdevice: waiting for
 * DEVICE to become free}.
 *
 * @param device its name
 * @param usageCount references that are left; null if the message does not say
 * @param observedAtMs when it was logged, epoch milliseconds
 * @param source record it was read from
 */
public record DeviceReference(
    String device, @Nullable Integer usageCount, long observedAtMs, @Nullable SourceRef source) {

  /** So many of a host are kept. */
  public static final int MAX_PER_HOST = 4;

  /** Later is greater; the rest only makes the order total. */
  static final Comparator<DeviceReference> BY_TIME =
      Comparator.comparingLong(DeviceReference::observedAtMs)
          .thenComparing(DeviceReference::usageCount, Merge.NUMBER)
          .thenComparing(DeviceReference::device)
          .thenComparing(DeviceReference::source, Merge.EARLIEST_SOURCE);
}
