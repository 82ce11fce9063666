package io.netnswatch.detection;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the detector remembers of a host.
 *
 * @param latestEventMs latest event time seen; less the grace period it is the host's watermark
 * @param foldedUntilMs end of the last window folded; what falls before it is late
 * @param openWindows windows not yet folded that hold evidence, in order; grace and window length
 *     bound their number
 * @param previousBootId the boot before the present one, whose stragglers are ignored; null if none
 * @param boot the present boot; null until the first window is folded
 */
public record HostState(
    long latestEventMs,
    long foldedUntilMs,
    List<HostWindow> openWindows,
    @Nullable String previousBootId,
    @Nullable Boot boot) {

  public HostState {
    openWindows = List.copyOf(openWindows);
  }

  /**
   * One boot of the host.
   *
   * @param bootId the boot
   * @param kernel its kernel; null if no event said
   * @param creationSucceededMs when a namespace creation last succeeded; null if never seen
   * @param worker the most relevant kernel worker of the last window that had one
   * @param rules per signature whose conditions hold or whose incident is open
   */
  public record Boot(
      String bootId,
      @Nullable Kernel kernel,
      @Nullable Long creationSucceededMs,
      @Nullable CleanupWorker worker,
      List<Rule> rules) {
    public Boot {
      rules = List.copyOf(rules);
    }

    static Boot fresh(String bootId) {
      return new Boot(bootId, null, null, null, List.of());
    }

    Rule rule(String ruleId) {
      for (Rule rule : rules) {
        if (rule.ruleId().equals(ruleId)) {
          return rule;
        }
      }
      return Rule.quiet(ruleId);
    }
  }

  /**
   * A signature's conditions on a host. A condition once seen stays until evidence of health clears
   * it: a missing source is not good news.
   *
   * @param ruleId signature
   * @param hot the hot code last seen; null if cleared
   * @param creation the blocked creation last seen; null if cleared
   * @param clearSinceMs since when an open incident's conditions have been gone; null if they hold
   * @param open the open incident; null if none
   */
  public record Rule(
      String ruleId,
      @Nullable HotCode hot,
      @Nullable HungCreation creation,
      @Nullable Long clearSinceMs,
      @Nullable OpenIncident open) {

    static Rule quiet(String ruleId) {
      return new Rule(ruleId, null, null, null, null);
    }

    boolean isQuiet() {
      return hot == null && creation == null && open == null;
    }
  }

  /**
   * An incident that has been reported and not yet resolved.
   *
   * @param startedAtMs begin of the episode, epoch milliseconds; part of the incident key
   * @param detectedAtMs end of the window that opened it
   * @param nextStep number of its next lifecycle step
   * @param hot the hot code it was opened on
   * @param creation the blocked creation it was opened on
   * @param worker the kernel worker known then; null if none
   */
  public record OpenIncident(
      long startedAtMs,
      long detectedAtMs,
      int nextStep,
      HotCode hot,
      HungCreation creation,
      @Nullable CleanupWorker worker) {}
}
