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

  /** Red Hat and who rebuilds it, SUSE, Oracle. */
  private static final String FEATURES_TAKEN = "\\.el\\d|-(default|preempt)\\b|uek";

  /** openEuler, Kylin, Alibaba, Anolis, Tencent, Huawei, UOS, Virtuozzo, XenServer, Cumulus. */
  private static final String FIXES_TAKEN =
      "\\.(?:oe|ky|al|an|tl|hce|uelc|vz)\\d|-tlinux\\d|\\.euleros|^\\d+\\.\\d+\\.0\\+\\d|-cl-\\d";

  private static final Pattern VENDOR_RELEASE =
      Pattern.compile(
          "^\\d+\\.\\d+\\.0-\\d+\\S*-(generic|lowlatency|aws|azure|gcp|gke|oem|kvm|oracle|raspi2?|nvidia|ibm|fips|realtime|intel|bluefield|amd64|arm64|686|cloud)|"
              + FEATURES_TAKEN
              + "|"
              + FIXES_TAKEN);

  private static final Pattern FEATURE_BACKPORTS = Pattern.compile(FEATURES_TAKEN);

  private static final String AT_LEAST = "at least ";

  /** In a release's place where none is known, but something shows that it is not older. */
  public static String atLeast(KernelVersion version) {
    return AT_LEAST + version;
  }

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
  public @Nullable KernelVersion upstream() {
    Matcher debian = debianBuild();
    return KernelVersion.of(debian == null ? release : debian.group(1));
  }

  /** The upstream version that it is built from at least; null if nothing says. */
  public @Nullable KernelVersion lowest() {
    return release.startsWith(AT_LEAST)
        ? KernelVersion.of(release.substring(AT_LEAST.length()))
        : upstream();
  }

  /**
   * Whether its number does not say which fixes it has: a vendor's build that keeps the number of
   * the release it started from.
   */
  public boolean versionIsOfVendor() {
    return debianBuild() == null && VENDOR_RELEASE.matcher(release).find();
  }

  /** Whether its vendor takes whole features into kernels with an old number. */
  public boolean vendorBackportsFeatures() {
    return FEATURE_BACKPORTS.matcher(release).find();
  }

  /** Whether it is a release candidate of a version, which may be from before a fix of it. */
  public boolean isCandidateOf(KernelVersion other) {
    KernelVersion upstream = upstream();
    return release.contains("-rc") && upstream != null && upstream.compareTo(other) == 0;
  }

  private @Nullable Matcher debianBuild() {
    if (version == null || !version.contains(" Debian ")) { // which is found much sooner
      return null;
    }
    Matcher matcher = DEBIAN_BUILD.matcher(version);
    return matcher.find() ? matcher : null;
  }

  private static String key(Kernel kernel) {
    return kernel.release + '\n' + kernel.version;
  }
}
