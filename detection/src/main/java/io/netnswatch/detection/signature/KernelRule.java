package io.netnswatch.detection.signature;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.netnswatch.detection.signature.Signature.KernelFinding;
import io.netnswatch.schema.KernelVerdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of some kernel releases.
 *
 * @param release pattern that must occur in the release; null for any
 * @param build pattern that must occur in {@code /proc/version}; null for any, known or not
 * @param from first upstream version; null for no lower bound
 * @param before first upstream version no longer meant; null for no upper bound
 * @param verdict the verdict
 * @param reason why, in words
 * @param cure first release of that vendor without it, in words; null if none is known
 */
public record KernelRule(
    @Nullable BoundedPattern release,
    @Nullable BoundedPattern build,
    @Nullable KernelVersion from,
    @Nullable KernelVersion before,
    KernelVerdict verdict,
    String reason,
    @Nullable String cure) {

  /** As in a file; patterns and versions are made once, here. */
  @JsonCreator
  static KernelRule of(
      @JsonProperty("release") @Nullable String release,
      @JsonProperty("build") @Nullable String build,
      @JsonProperty("from") @Nullable String from,
      @JsonProperty("before") @Nullable String before,
      @JsonProperty("verdict") @Nullable KernelVerdict verdict,
      @JsonProperty("reason") @Nullable String reason,
      @JsonProperty("cure") @Nullable String cure) {
    if (verdict == null || reason == null) {
      throw new IllegalArgumentException(
          (verdict == null ? "kernels.verdict" : "kernels.reason") + " is missing");
    }
    return new KernelRule(
        pattern("kernels.release", release),
        pattern("kernels.build", build),
        version("kernels.from", from),
        version("kernels.before", before),
        verdict,
        reason,
        cure);
  }

  /**
   * The verdict of the first rule that fits.
   *
   * @param kernel null if no event named it
   */
  public static KernelFinding judge(List<KernelRule> rules, @Nullable Kernel kernel) {
    if (kernel == null) {
      return new KernelFinding(KernelVerdict.UNKNOWN, "No event named the kernel.");
    }
    KernelVersion upstream = kernel.upstream();
    if (upstream == null) {
      return new KernelFinding(
          KernelVerdict.UNKNOWN, "The release " + kernel.release() + " begins with no version.");
    }
    for (KernelRule rule : rules) {
      if (rule.fits(kernel, upstream)) {
        return new KernelFinding(rule.verdict, rule.reason);
      }
    }
    return new KernelFinding(
        KernelVerdict.UNKNOWN, "Nothing is known of release " + kernel.release() + ".");
  }

  /** Whether it speaks of a kernel. */
  public boolean fits(Kernel kernel) {
    KernelVersion upstream = kernel.upstream();
    return upstream != null && fits(kernel, upstream);
  }

  private boolean fits(Kernel kernel, KernelVersion upstream) {
    String version = kernel.version();
    return (release == null || release.isIn(kernel.release()))
        && (build == null || (version != null && build.isIn(version)))
        && (from == null || upstream.compareTo(from) >= 0)
        && (before == null || upstream.compareTo(before) < 0);
  }

  private static @Nullable BoundedPattern pattern(String key, @Nullable String text) {
    return text == null ? null : BoundedPattern.parse(key, text);
  }

  private static @Nullable KernelVersion version(String key, @Nullable String text) {
    KernelVersion version = text == null ? null : KernelVersion.of(text);
    if (text != null && version == null) {
      throw new IllegalArgumentException(key + " is no version: " + text);
    }
    return version;
  }
}
