package io.netnswatch.detection.signature;

import io.netnswatch.schema.KernelVerdict;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
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
 */
public record KernelRule(
    @Nullable String release,
    @Nullable String build,
    @Nullable String from,
    @Nullable String before,
    KernelVerdict verdict,
    String reason) {

  public KernelRule {
    Check.present("kernels.verdict", verdict);
    Check.present("kernels.reason", reason);
    checkPattern("kernels.release", release);
    checkPattern("kernels.build", build);
    checkVersion("kernels.from", from);
    checkVersion("kernels.before", before);
  }

  boolean fits(Kernel kernel, KernelVersion upstream) {
    KernelVersion first = from == null ? null : KernelVersion.of(from);
    KernelVersion end = before == null ? null : KernelVersion.of(before);
    return (release == null || Pattern.compile(release).matcher(kernel.release()).find())
        && (build == null || occursIn(kernel.version(), build))
        && (first == null || upstream.compareTo(first) >= 0)
        && (end == null || upstream.compareTo(end) < 0);
  }

  private static boolean occursIn(@Nullable String text, String pattern) {
    return text != null && Pattern.compile(pattern).matcher(text).find();
  }

  private static void checkPattern(String key, @Nullable String pattern) {
    try {
      if (pattern != null) {
        Pattern.compile(pattern);
      }
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(key + " is no pattern: " + e.getMessage(), e);
    }
  }

  private static void checkVersion(String key, @Nullable String version) {
    Check.that(
        version == null || KernelVersion.of(version) != null, key + " is no version: " + version);
  }
}
