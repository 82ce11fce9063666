package io.netnswatch.detection.cause;

import io.netnswatch.detection.signature.Kernel;
import io.netnswatch.detection.signature.KernelRule;
import io.netnswatch.detection.signature.KernelVersion;
import io.netnswatch.detection.signature.Signature.KernelFinding;
import io.netnswatch.schema.KernelVerdict;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A known bug or trouble that holds namespaces up. One YAML file each.
 *
 * @param id its name
 * @param version stamped on every incident; change it with every change of the file
 * @param headline a few words
 * @param summary what happens, in a sentence or two
 * @param evidence how well it is known
 * @param shows how it shows
 * @param course whether it ends by itself
 * @param rank where several fit alike, the lowest is named first; 50 where the file says none
 * @param kernels which kernels have it
 * @param options what an operator can do without a reboot, in words
 * @param tellApart how to tell it from others; null if nothing is to say
 * @param runbook its page: a file name, or an absolute http(s) URL
 */
public record Cause(
    String id,
    String version,
    String headline,
    String summary,
    Certainty evidence,
    Shows shows,
    Course course,
    @Nullable Integer rank,
    AffectedKernels kernels,
    List<String> options,
    @Nullable String tellApart,
    String runbook) {

  private static final int USUAL_RANK = 50;

  public Cause {
    Expect.present("id", id);
    Expect.present("version", version);
    Expect.present("headline", headline);
    Expect.present("summary", summary);
    Expect.present("evidence", evidence);
    Expect.present("shows", shows);
    Expect.present("course", course);
    Expect.present("kernels", kernels);
    Expect.present("runbook", runbook);
    Expect.that(id.matches("[a-z0-9-]{1,40}"), "id must be of 1 to 40 of a-z, 0-9 and -: " + id);
    Expect.that(!id.startsWith("unknown"), "id must not begin with unknown: " + id);
    Expect.that(!version.isBlank(), "version must not be blank");
    Expect.that(
        runbook.matches("https?://\\S+|[A-Za-z0-9._-]+"),
        "runbook must be a file name or an http(s) URL: " + runbook);
    rank = rank == null ? Integer.valueOf(USUAL_RANK) : rank;
    options = options == null ? List.of() : List.copyOf(options);
  }

  /** Whether a kernel has it, and why. */
  public KernelFinding judge(@Nullable Kernel kernel) {
    return kernels.judge(kernel);
  }

  /** 0 where a kernel has it, 1 where it may, 2 where it may by a backport alone. */
  int doubt(@Nullable Kernel kernel) {
    return judge(kernel).verdict() == KernelVerdict.AFFECTED
        ? 0
        : kernels.isNewerThan(kernel) ? 2 : 1;
  }

  /** Which releases cure that kernel of it; null if none is known, or it has the fix. */
  public @Nullable String cureFor(@Nullable Kernel kernel) {
    Fix fix = kernels.fix();
    KernelVersion version = kernel == null ? null : kernel.upstream();
    if (fix == null || kernel == null || judge(kernel).verdict() == KernelVerdict.NOT_AFFECTED) {
      return null;
    }
    boolean fixIsIn = version != null && version.compareTo(fix.mainline()) >= 0;
    if (fixIsIn && !kernel.isCandidateOf(fix.mainline())) {
      return null;
    }
    String fixed = "fixed by " + fix.words();
    if (version == null) {
      return fixed;
    }
    String vendors = kernels.vendorsCureOf(kernel);
    if (vendors != null) {
      return vendors + ", or Linux " + fix.mainline() + " or later; " + fixed;
    }
    return fix.cureFor(version)
        + (kernel.versionIsOfVendor() ? ", or a kernel of this vendor that has it by backport" : "")
        + "; "
        + fixed;
  }

  /** Whether its version decides if a kernel has it: some have it, and some don't. */
  public boolean isOfSomeKernels() {
    return kernels.any() == null;
  }

  /** Whether one of these functions is such that it shows in the cleanup by that. */
  public boolean mayShowIn(Collection<String> functions) {
    return shows.mayShowIn(functions);
  }

  /** Where several fit alike, the lowest is named first. */
  public int rankOrUsual() {
    return rank == null ? USUAL_RANK : rank;
  }

  Cause withRules(List<KernelRule> rules) {
    return new Cause(
        id,
        version,
        headline,
        summary,
        evidence,
        shows,
        course,
        rank,
        kernels.withRules(rules),
        options,
        tellApart,
        runbook);
  }
}
