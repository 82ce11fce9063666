package io.netnswatch.detection;

import io.netnswatch.detection.evidence.CleanupWorker;
import io.netnswatch.detection.evidence.Evidence;
import io.netnswatch.detection.evidence.FragmentImbalance;
import io.netnswatch.detection.evidence.HotCode;
import io.netnswatch.detection.evidence.HotCode.Origin;
import io.netnswatch.detection.evidence.HungCreation;
import io.netnswatch.detection.evidence.SlowCreation;
import io.netnswatch.detection.evidence.Suspect;
import io.netnswatch.detection.signature.Kernel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the detector remembers of a host.
 *
 * @param latestEventMs latest event time seen; less the grace period it is the host's watermark
 * @param foldedUntilMs end of the last window folded; what falls before it is late
 * @param openWindows windows not yet folded that hold evidence, in order; grace and window length
 *     bound their number
 * @param run the latest run of its collector
 * @param seen when it was last heard of
 * @param previousBootId the boot before the present one, whose stragglers are ignored; null if none
 * @param boot the present boot; null until the first window is folded
 */
public record HostState(
    long latestEventMs,
    long foldedUntilMs,
    List<HostWindow> openWindows,
    CollectorRun run,
    PartitionClock seen,
    @Nullable String previousBootId,
    @Nullable Boot boot) {

  public HostState {
    openWindows = List.copyOf(openWindows);
  }

  /** Whether a window that is open begins before that time. */
  boolean hasWindowBefore(long timeMs) {
    return !openWindows.isEmpty() && openWindows.get(0).startMs() < timeMs;
  }

  HostState foldedUntil(long timeMs) {
    return timeMs == foldedUntilMs
        ? this
        : new HostState(latestEventMs, timeMs, openWindows, run, seen, previousBootId, boot);
  }

  /** Whether an incident of this host has been reported and not resolved. */
  public boolean hasOpenIncident() {
    return boot != null && boot.hasOpenIncident();
  }

  /**
   * A run of a host's collector; its sequence numbers tell an event that was made later from one
   * that only arrives later.
   *
   * @param startedAtMs when it began, by its own clock
   * @param sequence highest sequence number seen
   * @param clockSetAt sequence number from which on the host's clock is the present one
   */
  public record CollectorRun(long startedAtMs, long sequence, long clockSetAt) {

    static CollectorRun of(Evidence evidence) {
      return new CollectorRun(evidence.collectorStartedAtMs(), evidence.sequence(), 0);
    }

    boolean isOf(Evidence evidence) {
      return evidence.collectorStartedAtMs() == startedAtMs;
    }

    CollectorRun after(Evidence evidence) {
      if (isOf(evidence)) {
        return evidence.sequence() <= sequence
            ? this
            : new CollectorRun(startedAtMs, evidence.sequence(), clockSetAt);
      }
      return evidence.collectorStartedAtMs() > startedAtMs ? of(evidence) : this;
    }

    CollectorRun withClockSetAt(long sequence) {
      return new CollectorRun(startedAtMs, sequence, sequence);
    }
  }

  /**
   * One boot of the host.
   *
   * @param bootId the boot
   * @param kernel its kernel; null if no event said
   * @param creationSucceededMs when a namespace creation last succeeded; null if never seen
   * @param promptCreationMs when one last did promptly; null if never seen
   * @param profiledMs end of the last window with a conclusive perf slice; null if never seen
   * @param lookedMs end of the last window with a snapshot; null if never seen
   * @param workers the most relevant kernel workers of late
   * @param rules per signature whose conditions hold or that had an incident of late
   */
  public record Boot(
      String bootId,
      @Nullable Kernel kernel,
      @Nullable Long creationSucceededMs,
      @Nullable Long promptCreationMs,
      @Nullable Long profiledMs,
      @Nullable Long lookedMs,
      List<CleanupWorker> workers,
      List<Rule> rules) {

    public Boot {
      workers = List.copyOf(workers);
      rules = List.copyOf(rules);
    }

    static Boot fresh(String bootId) {
      return new Boot(bootId, null, null, null, null, null, List.of(), List.of());
    }

    Rule rule(String ruleId) {
      for (Rule rule : rules) {
        if (rule.ruleId().equals(ruleId)) {
          return rule;
        }
      }
      return Rule.quiet(ruleId);
    }

    boolean hasOpenIncident() {
      for (Rule rule : rules) {
        if (rule.open() != null) {
          return true;
        }
      }
      return false;
    }
  }

  /**
   * A signature's conditions on a host. A condition once seen stays until evidence of health clears
   * it: a missing source is not good news.
   *
   * @param ruleId signature
   * @param signs what speaks for it now
   * @param completeSinceMs since when all conditions have held; null if they do not
   * @param open the open incident; null if none
   * @param last the incident before; null if none of late
   */
  public record Rule(
      String ruleId,
      Signs signs,
      @Nullable Long completeSinceMs,
      @Nullable OpenIncident open,
      @Nullable LastIncident last) {

    static Rule quiet(String ruleId) {
      return new Rule(ruleId, Signs.NONE, null, null, null);
    }

    boolean isQuiet() {
      return signs.equals(Signs.NONE) && open == null && last == null;
    }
  }

  /**
   * What speaks for a signature.
   *
   * @param hot the hot code last seen; null if cleared
   * @param creation the blocked creation last seen; null if cleared
   * @param slow slow creations of late, oldest first
   * @param imbalances unbalanced fragment counters by namespace
   * @param worker the kernel worker that goes with it; null if none was seen
   * @param suspect the task whose stack suggests what it is; null if none
   */
  public record Signs(
      @Nullable HotCode hot,
      @Nullable HungCreation creation,
      List<SlowCreation> slow,
      List<FragmentImbalance> imbalances,
      @Nullable CleanupWorker worker,
      @Nullable Suspect suspect) {

    static final Signs NONE = new Signs(null, null, List.of(), List.of(), null, null);

    public Signs {
      slow = List.copyOf(slow);
      imbalances = List.copyOf(imbalances);
    }

    /** These, and where something is no longer seen, or not as well, what was seen before. */
    Signs rememberingWhatOf(Signs before) {
      boolean lessOfHot =
          hot == null
              || (before.hot != null
                  && hot.origin() == Origin.PROC
                  && before.hot.origin() == Origin.PERF);
      return new Signs(
          lessOfHot ? before.hot : hot,
          creation != null ? creation : before.creation,
          slow.isEmpty() ? before.slow : slow,
          imbalances.isEmpty() ? before.imbalances : imbalances,
          worker != null ? worker : before.worker,
          suspect != null ? suspect : before.suspect);
    }
  }

  /**
   * An incident that has been reported and not yet resolved.
   *
   * @param startedAtMs begin of the episode, epoch milliseconds; part of the incident key
   * @param detectedAtMs end of the window that opened it
   * @param nextStep number of its next lifecycle step
   * @param lastStepMs event time of its last lifecycle step
   * @param signs what speaks for it
   * @param said what its last lifecycle step said
   * @param clearSinceMs since when its conditions have been gone; null if they hold
   * @param relapses how often it came back before it was resolved
   * @param silent whether the host is silent
   */
  public record OpenIncident(
      long startedAtMs,
      long detectedAtMs,
      int nextStep,
      long lastStepMs,
      Signs signs,
      Said said,
      @Nullable Long clearSinceMs,
      int relapses,
      boolean silent) {}

  /**
   * What a lifecycle step said; another one is due when it would say something else.
   *
   * @param recovering whether health had been seen
   * @param silent whether the host was silent
   * @param missing how much corroborating evidence was missing
   * @param suspected the suggestion, by its place in the signature; -1 for none
   * @param namespaces how many namespaces were named
   * @param ageMs how long the creation had been hanging
   */
  public record Said(
      boolean recovering, boolean silent, int missing, int suspected, int namespaces, long ageMs) {

    /** A blocked creation is worth another word when it has become twice as old. */
    boolean isOutdatedBy(Said now) {
      return recovering != now.recovering
          || silent != now.silent
          || missing != now.missing
          || suspected != now.suspected
          || namespaces < now.namespaces
          || now.ageMs >= 2 * Math.max(ageMs, 1);
    }
  }

  /**
   * The incident before, remembered for a while: one that returns soon has to stay away longer.
   *
   * @param startedAtMs its begin
   * @param endedAtMs when it was resolved
   * @param relapses its relapses
   */
  public record LastIncident(long startedAtMs, long endedAtMs, int relapses) {}
}
