package io.netnswatch.detection.cause;

import io.netnswatch.detection.signature.Kernel;
import io.netnswatch.detection.signature.KernelRule;
import io.netnswatch.detection.signature.KernelVersion;
import io.netnswatch.detection.signature.Signature.KernelFinding;
import io.netnswatch.schema.KernelVerdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which kernels have a cause. Rules decide first, then the range from {@code from} to the fix.
 *
 * @param from first version of mainline that has it; null for no lower bound
 * @param fromStable first versions of older stable series that have it, too
 * @param because why older ones don't; null where {@code from} is
 * @param until first version that no longer has it, where no fix says; null for none
 * @param fix what ends it; null if nothing does
 * @param any why every kernel can have it; null where versions decide
 * @param known bugs among what every kernel can have, each of some kernels
 * @param sameAs signature whose kernel rules count here; null if it has its own
 * @param rules what is known of some releases; the first that fits decides
 */
public record AffectedKernels(
    @Nullable KernelVersion from,
    List<KernelVersion> fromStable,
    @Nullable String because,
    @Nullable KernelVersion until,
    @Nullable Fix fix,
    @Nullable String any,
    List<Known> known,
    @Nullable String sameAs,
    List<KernelRule> rules) {

  /**
   * One of several bugs behind the same trouble.
   *
   * @param what it is, in a few words
   * @param kernels which kernels have it
   */
  public record Known(String what, AffectedKernels kernels) {

    public Known {
      Expect.present("kernels.known.what", what);
      Expect.present("kernels.known.kernels", kernels);
    }
  }

  public AffectedKernels {
    known = known == null ? List.of() : List.copyOf(known);
    rules = rules == null ? List.of() : List.copyOf(rules);
    fromStable = fromStable == null ? List.of() : List.copyOf(fromStable);
    Expect.that(
        any != null
            || from != null
            || fix != null
            || until != null
            || sameAs != null
            || !rules.isEmpty(),
        "kernels: one of any, from, until, fix, same_as and rules is needed");
    Expect.that(
        any == null || (from == null && until == null && fix == null),
        "kernels.any goes with neither from, until nor fix");
    Expect.that((from == null) == (because == null), "kernels.because goes with from");
    Expect.that(from != null || fromStable.isEmpty(), "kernels.from_stable goes with from");
    Expect.that(
        sameAs == null || rules.isEmpty(), "only one of kernels.rules and same_as may be given");
  }

  AffectedKernels withRules(List<KernelRule> others) {
    return new AffectedKernels(from, fromStable, because, until, fix, any, known, null, others);
  }

  /** Whether a kernel has it; unknown where the facts are missing. */
  KernelFinding judge(@Nullable Kernel kernel) {
    KernelVersion version = kernel == null ? null : kernel.upstream();
    if (kernel == null || version == null) {
      KernelVersion lowest = kernel == null ? null : kernel.lowest();
      KernelFinding over = lowest == null ? null : gone(lowest);
      return over != null ? over : unknown("No event named a kernel with a version.");
    }
    for (KernelRule rule : rules) {
      if (rule.fits(kernel)) {
        return new KernelFinding(rule.verdict(), rule.reason());
      }
    }
    if (any != null) {
      return unknown(any + knownOf(kernel));
    }
    if (from == null && until == null && fix == null) {
      return unknown("Nothing is known of release " + kernel.release() + " in this respect.");
    }
    return byRange(kernel, version);
  }

  /** Of the known bugs those that a kernel may have, in words that follow a sentence. */
  private String knownOf(Kernel kernel) {
    List<String> all =
        known.stream()
            .filter(it -> it.kernels.judge(kernel).verdict() != KernelVerdict.NOT_AFFECTED)
            .map(Known::what)
            .toList();
    return all.isEmpty() ? "" : " Known, and possible on it: " + String.join("; ", all) + ".";
  }

  /** Whether a kernel can only have it by a backport of its vendor of which nothing is known. */
  boolean isNewerThan(@Nullable Kernel kernel) {
    KernelVersion version = kernel == null ? null : kernel.upstream();
    return kernel != null
        && version != null
        && from != null
        && !hasCome(version, from)
        && rules.stream().noneMatch(rule -> rule.fits(kernel));
  }

  /** What the vendor of a kernel cured it with; null if that is not known. */
  @Nullable String vendorsCureOf(Kernel kernel) {
    for (KernelRule rule : rules) {
      if (rule.fits(kernel)) {
        return rule.cure();
      }
    }
    return null;
  }

  private KernelFinding byRange(Kernel kernel, KernelVersion version) {
    boolean vendor = kernel.versionIsOfVendor();
    if (from != null && !hasCome(version, from)) {
      boolean asAFix = !fromStable.isEmpty(); // which every vendor takes
      return vendor && (asAFix || kernel.vendorBackportsFeatures())
          ? unknown(because + " This vendor's kernel may carry it by backport.")
          : new KernelFinding(KernelVerdict.NOT_AFFECTED, because + "");
    }
    KernelFinding over = gone(version);
    if (over != null) {
      return fix != null && kernel.isCandidateOf(fix.mainline())
          ? unknown("A release candidate of " + fix.mainline() + ", which has the fix.")
          : over;
    }
    if (fix == null) {
      return affected(kernel, version, false); // there is nothing a vendor could have taken over
    }
    KernelVersion own = fix.ofSeries(version);
    if (own != null && version.compareTo(own) >= 0) {
      return has(own);
    }
    return affected(kernel, version, vendor);
  }

  /** That a version and all later ones have it no more; null if they may. */
  private @Nullable KernelFinding gone(KernelVersion version) {
    if (until != null && version.compareTo(until) >= 0) {
      return new KernelFinding(
          KernelVerdict.NOT_AFFECTED, "Linux " + until + " and later do not have it any more.");
    }
    return fix != null && version.compareTo(fix.mainline()) >= 0 ? has(fix.mainline()) : null;
  }

  private boolean hasCome(KernelVersion version, KernelVersion mainline) {
    KernelVersion own = firstOfSeries(version);
    return version.compareTo(mainline) >= 0 || (own != null && version.compareTo(own) >= 0);
  }

  /** The first release of a version's stable series that has it; null if mainline's counts. */
  private @Nullable KernelVersion firstOfSeries(KernelVersion version) {
    for (KernelVersion first : fromStable) {
      if (first.series().equals(version.series())) {
        return first;
      }
    }
    return null;
  }

  private KernelFinding has(KernelVersion release) {
    return new KernelFinding(
        KernelVerdict.NOT_AFFECTED,
        "Linux " + release + " has the fix, " + (fix == null ? "" : fix.words()) + ".");
  }

  private KernelFinding affected(Kernel kernel, KernelVersion version, boolean vendor) {
    KernelVersion own = firstOfSeries(version);
    String range =
        "Linux "
            + (own == null ? "" : own + " and later of the " + own.series() + " series, and Linux ")
            + (from == null ? "" : from + (fix == null ? " " : " to "))
            + (fix == null
                ? "and later have it"
                : (from == null ? "before " : "just before ") + fix.mainline() + " has it")
            + (fix == null || fix.stable().isEmpty()
                ? "."
                : ", but for the stable series from " + joined(fix.stable()) + " on.");
    return vendor
        ? unknown(
            range
                + " A vendor's kernel, "
                + kernel.release()
                + ", may have the fix by backport; see its changelog.")
        : new KernelFinding(KernelVerdict.AFFECTED, range);
  }

  private static String joined(List<KernelVersion> versions) {
    return String.join(", ", versions.stream().map(KernelVersion::toString).toList());
  }

  private static KernelFinding unknown(String reason) {
    return new KernelFinding(KernelVerdict.UNKNOWN, reason);
  }
}
