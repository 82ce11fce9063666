package io.netnswatch.collector.text;

import io.netnswatch.detection.signature.KernelVersion;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Functions that a version of Linux no longer has: whoever shows one of them runs an older kernel,
 * whatever a text says.
 */
final class GoneFunctions {

  /** By the first version without it. */
  private static final Map<String, KernelVersion> GONE_SINCE =
      Map.of(
          "inet_evict_bucket", new KernelVersion(4, 17, 0),
          "inet_frags_exit_net", new KernelVersion(5, 3, 0));

  private GoneFunctions() {}

  /**
   * Whether that kernel can't be the one that was seen to run these functions.
   *
   * @return why, in words; null if nothing shows that
   */
  static @Nullable String refute(String release, Stream<String> functions) {
    KernelVersion version = KernelVersion.of(release);
    Map<String, KernelVersion> gone = new TreeMap<>(GONE_SINCE);
    gone.values().removeIf(since -> version == null || version.compareTo(since) < 0);
    return gone.isEmpty()
        ? null
        : functions
            .map(TraceFrames::withoutSuffix)
            .filter(gone::containsKey)
            .findFirst()
            .map(
                it ->
                    "the text names "
                        + release
                        + ", and shows "
                        + it
                        + ", which Linux has no more since "
                        + gone.get(it)
                        + ": that is another kernel than the one it happened on, and is not judged"
                        + " by")
            .orElse(null);
  }
}
