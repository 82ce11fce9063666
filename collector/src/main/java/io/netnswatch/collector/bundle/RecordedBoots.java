package io.netnswatch.collector.bundle;

import java.util.Map;
import java.util.TreeMap;

/**
 * The boots that a recording spans. Its manifest tells of the first; a later one shows where the
 * uptime went back. Not thread-safe.
 */
final class RecordedBoots {

  private final Manifest manifest;

  /** Ids of the later boots by the time from which they are, epoch milliseconds. */
  private final TreeMap<Long, String> later = new TreeMap<>();

  private long lastAtMs = Long.MIN_VALUE;
  private long lastUptimeMs;

  RecordedBoots(Manifest manifest) {
    this.manifest = manifest;
  }

  /**
   * A snapshot, in the order of time.
   *
   * @return whether the host was booted since the one before
   */
  boolean isAnother(long atMs, long uptimeMs) {
    boolean another = uptimeMs < lastUptimeMs;
    if (another) {
      long bootedAtMs = atMs - uptimeMs;
      long fromMs = Math.max(bootedAtMs, lastAtMs + 1); // the host's clock may have been wrong
      later.put(fromMs, manifest.bootIdOf(bootedAtMs / 1000));
    }
    lastAtMs = atMs;
    lastUptimeMs = uptimeMs;
    return another;
  }

  /** The boot of that time. */
  String idAt(long atMs) {
    Map.Entry<Long, String> boot = later.floorEntry(atMs);
    return boot == null ? manifest.bootId() : boot.getValue();
  }
}
