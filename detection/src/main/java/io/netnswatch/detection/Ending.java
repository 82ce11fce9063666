package io.netnswatch.detection;

import io.netnswatch.schema.Resolution;
import org.jspecify.annotations.Nullable;

/**
 * How an incident ended.
 *
 * @param endedAtMs when, epoch milliseconds
 * @param resolution in which way; null where none of them fits
 * @param reason in words; null where the resolution says it
 */
record Ending(long endedAtMs, @Nullable Resolution resolution, @Nullable String reason) {

  static Ending recovered(long sinceMs) {
    return new Ending(sinceMs, Resolution.RECOVERED, null);
  }

  static Ending superseded(long atMs) {
    return new Ending(atMs, Resolution.SUPERSEDED, null);
  }

  static Ending refuted(long atMs) {
    return new Ending(
        atMs,
        Resolution.SUPERSEDED,
        "perf shows that the CPU of the worker, whose stack alone had spoken for it, goes into"
            + " interrupts.");
  }

  static Ending rebooted(long atMs) {
    return new Ending(atMs, Resolution.REBOOTED, null);
  }

  static Ending ofInterleaved(long atMs) {
    return new Ending(
        atMs,
        null,
        "Nothing has been heard of this boot for 10 minutes, while another boot under the same host"
            + " name goes on: two hosts have one name, or had.");
  }

  static Ending ofRemovedSignature(long atMs, String signatureId) {
    return new Ending(
        atMs, null, "The signature " + signatureId + " is not among the detector's any more.");
  }
}
