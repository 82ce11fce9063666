package io.netnswatch.detection;

import org.jspecify.annotations.Nullable;

/**
 * The kernel of a host.
 *
 * @param release as {@code uname -r} prints it
 * @param version {@code /proc/version}; null as long as no snapshot said
 */
public record Kernel(String release, @Nullable String version) {

  /** The one of two observations of the same boot that says more. */
  static @Nullable Kernel better(@Nullable Kernel a, @Nullable Kernel b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    if ((a.version == null) != (b.version == null)) {
      return a.version == null ? b : a;
    }
    return key(a).compareTo(key(b)) >= 0 ? a : b;
  }

  private static String key(Kernel kernel) {
    return kernel.release + '\n' + kernel.version;
  }
}
