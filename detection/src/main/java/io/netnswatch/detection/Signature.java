package io.netnswatch.detection;

import io.netnswatch.schema.KernelVerdict;
import io.netnswatch.schema.Severity;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A known bug: what it looks like, which kernels have it, what to do. One YAML file each.
 *
 * @param id also the incident kind
 * @param version stamped on every incident; change it with every change of the file
 * @param severity of its incidents
 * @param component part of the system concerned
 * @param incidentClass class for on-call tools
 * @param headline a few words, for titles
 * @param summary what happens, in a sentence or two
 * @param action what to do about it
 * @param hot the code that runs hot
 * @param blocked the operation that hangs
 * @param coincideWithinMs how far apart the two may be seen, in milliseconds
 * @param resolveAfterMs how long health must hold before an incident is resolved, in milliseconds
 * @param cure which kernel cures it
 * @param runbook its page in {@code runbooks/}
 * @param kernels which releases have it; the first rule that fits decides
 */
public record Signature(
    String id,
    String version,
    Severity severity,
    String component,
    String incidentClass,
    String headline,
    String summary,
    String action,
    Hot hot,
    Blocked blocked,
    long coincideWithinMs,
    long resolveAfterMs,
    String cure,
    String runbook,
    List<KernelRule> kernels) {

  public Signature {
    requireSet(
        "id, version, severity, component, incident_class, headline, summary, action, hot, blocked,"
            + " cure, runbook, kernels",
        id,
        version,
        severity,
        component,
        incidentClass,
        headline,
        summary,
        action,
        hot,
        blocked,
        cure,
        runbook,
        kernels);
    require(id.matches("[a-z0-9-]{1,40}"), "id must be of 1 to 40 of a-z, 0-9 and -: " + id);
    require(!version.isBlank(), "version must not be blank");
    require(coincideWithinMs >= 0, "coincide_within_ms must not be negative");
    require(resolveAfterMs >= 0, "resolve_after_ms must not be negative");
    kernels = List.copyOf(kernels);
  }

  /**
   * Code that runs hot.
   *
   * @param symbols kernel functions, any of them
   * @param caller function that must be on the call path where call paths exist
   * @param cpus from how many CPUs on it counts as hot; inclusive of what the functions call
   */
  public record Hot(List<String> symbols, String caller, double cpus) {
    public Hot {
      requireSet("hot.symbols, hot.caller", symbols, caller);
      require(!symbols.isEmpty(), "hot.symbols must not be empty");
      require(cpus > 0 && cpus <= 4096, "hot.cpus must be above 0 and at most 4096: " + cpus);
      symbols = List.copyOf(symbols);
    }
  }

  /**
   * Namespace creation that hangs.
   *
   * @param kernelFunction function it hangs in
   * @param afterMs from how many milliseconds on it counts as blocked
   */
  public record Blocked(String kernelFunction, long afterMs) {
    public Blocked {
      requireSet("blocked.kernel_function", kernelFunction);
      require(afterMs > 0, "blocked.after_ms must be above 0");
    }
  }

  /**
   * What is known of some kernel releases.
   *
   * @param release pattern that must occur in the release; null for any
   * @param from first upstream version; null for no lower bound
   * @param before first upstream version no longer meant; null for no upper bound
   * @param verdict the verdict
   * @param reason why, in words
   */
  public record KernelRule(
      @Nullable String release,
      @Nullable String from,
      @Nullable String before,
      KernelVerdict verdict,
      String reason) {

    public KernelRule {
      requireSet("kernels.verdict, kernels.reason", verdict, reason);
      if (release != null) {
        Pattern.compile(release);
      }
      require(
          from == null || KernelVersion.of(from) != null, "kernels.from is no version: " + from);
      require(
          before == null || KernelVersion.of(before) != null,
          "kernels.before is no version: " + before);
    }

    boolean fits(String kernelRelease, KernelVersion kernelVersion) {
      KernelVersion first = from == null ? null : KernelVersion.of(from);
      KernelVersion end = before == null ? null : KernelVersion.of(before);
      return (release == null || Pattern.compile(release).matcher(kernelRelease).find())
          && (first == null || kernelVersion.compareTo(first) >= 0)
          && (end == null || kernelVersion.compareTo(end) < 0);
    }
  }

  /**
   * A verdict on one kernel.
   *
   * @param verdict whether it has the bug
   * @param reason why, in words
   */
  public record KernelFinding(KernelVerdict verdict, String reason) {}

  /** Whether a kernel has this bug; unknown where the facts are missing, never guessed. */
  public KernelFinding judge(@Nullable Kernel kernel) {
    if (kernel == null) {
      return new KernelFinding(KernelVerdict.UNKNOWN, "No event named the kernel.");
    }
    KernelVersion version = KernelVersion.of(kernel.release());
    if (version == null) {
      return new KernelFinding(
          KernelVerdict.UNKNOWN, "The release " + kernel.release() + " begins with no version.");
    }
    for (KernelRule rule : kernels) {
      if (rule.fits(kernel.release(), version)) {
        return new KernelFinding(rule.verdict(), rule.reason());
      }
    }
    return new KernelFinding(
        KernelVerdict.UNKNOWN, "Nothing is known of release " + kernel.release() + ".");
  }

  /** A file may leave out any key; which ones it must have is said here. */
  private static void requireSet(String keys, @Nullable Object... values) {
    String[] names = keys.split(", ", -1);
    for (int i = 0; i < values.length; i++) {
      require(values[i] != null, names[i] + " is missing");
    }
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
