package io.netnswatch.detection.cause;

import io.netnswatch.detection.signature.KernelVersion;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The commit that fixes a cause.
 *
 * @param commit its id, shortened; null if only its subject is known
 * @param subject its subject
 * @param note what else to know; null for nothing
 * @param mainline first mainline release that has it
 * @param stable first releases of stable series that have it
 */
public record Fix(
    @Nullable String commit,
    String subject,
    @Nullable String note,
    KernelVersion mainline,
    List<KernelVersion> stable) {

  public Fix {
    Expect.present("kernels.fix.subject", subject);
    Expect.present("kernels.fix.mainline", mainline);
    Expect.that(
        commit == null || commit.matches("[0-9a-f]{8,40}"),
        "kernels.fix.commit is none: " + commit);
    stable =
        stable == null ? List.of() : stable.stream().sorted(Comparator.reverseOrder()).toList();
  }

  /** Commit and first releases, in words. */
  public String words() {
    return (commit == null ? "" : "commit " + commit + " ")
        + "\""
        + subject
        + "\": Linux "
        + mainline
        + (stable.isEmpty() ? "" : ", " + joined(stable))
        + (note == null ? "" : " (" + note + ")");
  }

  /** Which releases cure a kernel of that version: those of its own series first. */
  String cureFor(KernelVersion version) {
    KernelVersion own = ofSeries(version);
    String newer =
        joined(stable.stream().filter(it -> !it.equals(own) && it.compareTo(version) > 0).toList());
    String others =
        "Linux " + mainline + " or later" + (newer.isEmpty() ? "" : " (or from " + newer + " on)");
    return own != null
        ? "Linux " + own + " or later of its series; " + others
        : others + "; no release of the " + version.series() + " series is known to have the fix";
  }

  /** The first release of a version's series that has it; null if none is known. */
  @Nullable KernelVersion ofSeries(KernelVersion version) {
    for (KernelVersion release : stable) {
      if (release.series().equals(version.series())) {
        return release;
      }
    }
    return null;
  }

  private static String joined(List<KernelVersion> versions) {
    return String.join(", ", versions.stream().map(KernelVersion::toString).toList());
  }
}
