package io.netnswatch.detection.evidence;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A network device that the kernel log says is waited for: {@code unregister_netdevice: waiting for
 * DEVICE to become free}.
 *
 * @param device its name
 * @param usageCount references that are left; null if the message does not say
 * @param takenIn where one of them was taken, innermost frame first, as the kernel's reference
 *     tracker tells; empty if it does not
 * @param observedAtMs when it was logged, epoch milliseconds
 * @param source record it was read from
 */
public record DeviceReference(
    String device,
    @Nullable Integer usageCount,
    List<String> takenIn,
    long observedAtMs,
    @Nullable SourceRef source) {

  /** So many of a host are kept. */
  public static final int MAX_PER_HOST = 4;

  /** So many frames are kept: what called these is the same for all. */
  private static final int MAX_FRAMES = 8;

  /** Later is greater; the rest only makes the order total. */
  static final Comparator<DeviceReference> BY_TIME =
      Comparator.comparingLong(DeviceReference::observedAtMs)
          .thenComparing(DeviceReference::usageCount, Merge.NUMBER)
          .thenComparing(DeviceReference::device)
          .thenComparing(reference -> String.join("<", reference.takenIn))
          .thenComparing(DeviceReference::source, Merge.EARLIEST_SOURCE);

  public DeviceReference {
    takenIn = List.copyOf(takenIn.subList(0, Math.min(MAX_FRAMES, takenIn.size())));
  }

  /** The message comes again, and not each time with what the reference tracker tells. */
  public DeviceReference rememberingHolderOf(DeviceReference older) {
    return takenIn.isEmpty() ? takenIn(older.takenIn) : this;
  }

  DeviceReference takenIn(List<String> frames) {
    return new DeviceReference(device, usageCount, frames, observedAtMs, source);
  }
}
