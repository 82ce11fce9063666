package io.netnswatch.detection.signature;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The kernel of a host.
 *
 * @param release as {@code uname -r} prints it
 * @param version {@code /proc/version}; null as long as no snapshot said
 */
public record Kernel(String release, @Nullable String version) {

  /** Debian's release names the ABI (4.9.0-19-amd64), its build the upstream version. */
  private static final Pattern DEBIAN_BUILD =
      Pattern.compile("#\\d+ .* Debian (\\d+\\.\\d+\\.\\d+)-");

  /** The one of two observations of the same boot that says more. */
  public static @Nullable Kernel better(@Nullable Kernel a, @Nullable Kernel b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    if ((a.version == null) != (b.version == null)) {
      return a.version == null ? b : a;
    }
    return key(a).compareTo(key(b)) >= 0 ? a : b;
  }

  /** Whether it is surely built from an earlier upstream version than that. */
  public boolean isBefore(int major, int minor) {
    KernelVersion upstream = upstream();
    return upstream != null && upstream.compareTo(new KernelVersion(major, minor, 0)) < 0;
  }

  /** The upstream version it is built from; null if neither text says. */
  @Nullable KernelVersion upstream() {
    if (version != null) {
      Matcher debian = DEBIAN_BUILD.matcher(version);
      if (debian.find()) {
        return KernelVersion.of(debian.group(1));
      }
    }
    return KernelVersion.of(release);
  }

  private static String key(Kernel kernel) {
    return kernel.release + '\n' + kernel.version;
  }
}
