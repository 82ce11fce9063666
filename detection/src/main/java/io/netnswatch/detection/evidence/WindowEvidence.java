package io.netnswatch.detection.evidence;

import io.netnswatch.detection.evidence.Evidence.CreationPending;
import io.netnswatch.detection.evidence.Evidence.CreationSucceeded;
import io.netnswatch.detection.evidence.Evidence.Observation;
import io.netnswatch.detection.evidence.Evidence.Profile;
import io.netnswatch.detection.evidence.Evidence.Snapshot;
import io.netnswatch.detection.signature.Kernel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All evidence of one host in one window, by boot.
 *
 * <p>Merging keeps a maximum by a total order everywhere, so it is commutative, associative and
 * idempotent: neither the order of arrival nor duplicates can change a window.
 *
 * @param boots one entry a boot, oldest first; more than one only in the window of a reboot
 */
public record WindowEvidence(List<Boot> boots) {

  /** A window nothing has fallen into. */
  public static final WindowEvidence EMPTY = new WindowEvidence(List.of());

  private static final Comparator<Boot> BY_FIRST_EVENT =
      Comparator.comparingLong(Boot::firstEventMs).thenComparing(Boot::bootId);

  public WindowEvidence {
    boots = List.copyOf(boots);
  }

  /**
   * The evidence of one boot in one window.
   *
   * @param bootId the boot
   * @param firstEventMs earliest event time, epoch milliseconds
   * @param kernel the kernel
   * @param profiled whether a conclusive perf slice ended in this window
   * @param measured whether a snapshot of this window could measure CPU use
   * @param looked whether /proc was looked at
   * @param hotCode by signature and origin, the hottest; none though profiled is a sign of health
   * @param creationSucceededMs latest time a creation succeeded, epoch milliseconds; null if none
   * @param promptCreationMs latest time a prompt one did; null if none
   * @param slowestCreationMs how long the slowest that succeeded took, for those who look; null if
   *     none
   * @param slow the creations that succeeded and that a signature calls slow, the slowest
   * @param creation the oldest creation that had not succeeded; null if none
   * @param workers the most relevant kernel workers
   * @param suspects by signature, the task that fits the foremost suggestion
   * @param imbalances unbalanced fragment counters by namespace
   */
  public record Boot(
      String bootId,
      long firstEventMs,
      @Nullable Kernel kernel,
      boolean profiled,
      boolean measured,
      boolean looked,
      List<HotCode> hotCode,
      @Nullable Long creationSucceededMs,
      @Nullable Long promptCreationMs,
      @Nullable Long slowestCreationMs,
      List<SlowCreation> slow,
      @Nullable HungCreation creation,
      List<CleanupWorker> workers,
      List<Suspect> suspects,
      List<FragmentImbalance> imbalances) {

    public Boot {
      hotCode = List.copyOf(hotCode);
      slow = List.copyOf(slow);
      workers = List.copyOf(workers);
      suspects = List.copyOf(suspects);
      imbalances = List.copyOf(imbalances);
    }

    /** Whether nothing in it can speak for a signature. */
    public boolean showsNothing() {
      return hotCode.isEmpty()
          && slow.isEmpty()
          && creation == null
          && suspects.isEmpty()
          && imbalances.isEmpty();
    }

    /** The hottest code of a signature from one origin, if any was seen. */
    public @Nullable HotCode hotCode(String ruleId, HotCode.Origin origin) {
      for (HotCode hot : hotCode) {
        if (hot.origin() == origin && hot.ruleId().equals(ruleId)) {
          return hot;
        }
      }
      return null;
    }

    /** The task that fits the foremost suggestion of a signature, if any does. */
    public @Nullable Suspect suspect(String ruleId) {
      for (Suspect suspect : suspects) {
        if (suspect.ruleId().equals(ruleId)) {
          return suspect;
        }
      }
      return null;
    }

    private static Boot of(Evidence evidence) {
      Observation seen = evidence.observation();
      CreationSucceeded done = seen instanceof CreationSucceeded it ? it : null;
      SlowCreation slow = done == null ? null : done.slow();
      Snapshot snapshot = seen instanceof Snapshot taken ? taken : null;
      List<HotCode> hotCode = snapshot == null ? List.of() : snapshot.hotCode();
      HungCreation creation = snapshot == null ? null : snapshot.creation();
      if (seen instanceof Profile profile) {
        hotCode = profile.hotCode();
      }
      if (seen instanceof CreationPending pending) {
        creation = pending.creation();
      }
      return new Boot(
          evidence.bootId(),
          evidence.eventTimeMs(),
          evidence.kernel(),
          seen instanceof Profile profile && profile.conclusive(),
          snapshot != null && snapshot.workersMeasured(),
          snapshot != null,
          hotCode,
          done != null ? evidence.eventTimeMs() : null,
          done != null && done.prompt() ? evidence.eventTimeMs() : null,
          done == null ? null : done.latencyMs(),
          slow == null ? List.of() : List.of(slow),
          creation,
          snapshot == null ? List.of() : snapshot.workers(),
          snapshot == null ? List.of() : snapshot.suspects(),
          snapshot == null ? List.of() : snapshot.imbalances());
    }

    private Boot merge(Boot other) {
      return new Boot(
          bootId,
          Math.min(firstEventMs, other.firstEventMs),
          Kernel.better(kernel, other.kernel),
          profiled || other.profiled,
          measured || other.measured,
          looked || other.looked,
          Keep.greatest(
              Integer.MAX_VALUE,
              hotCode,
              other.hotCode,
              hot -> hot.ruleId() + hot.origin(),
              HotCode.BY_RULE_AND_HEAT),
          Keep.greater(creationSucceededMs, other.creationSucceededMs, Comparator.naturalOrder()),
          Keep.greater(promptCreationMs, other.promptCreationMs, Comparator.naturalOrder()),
          Keep.greater(slowestCreationMs, other.slowestCreationMs, Comparator.naturalOrder()),
          Keep.greatest(
              SlowCreation.KEPT,
              slow,
              other.slow,
              SlowCreation::commandId,
              SlowCreation.BY_LATENCY),
          Keep.greater(creation, other.creation, HungCreation.BY_AGE),
          Keep.greatest(
              CleanupWorker.KEPT,
              workers,
              other.workers,
              CleanupWorker::pid,
              CleanupWorker.BY_RELEVANCE),
          Keep.greatest(
              Integer.MAX_VALUE,
              suspects,
              other.suspects,
              Suspect::ruleId,
              Suspect.BY_RULE_AND_WEIGHT),
          Keep.greatest(
              FragmentImbalance.KEPT,
              imbalances,
              other.imbalances,
              FragmentImbalance::namespace,
              FragmentImbalance.BY_TIME));
    }
  }

  /** This window with one more piece of evidence. */
  public WindowEvidence with(Evidence evidence) {
    Boot added = Boot.of(evidence);
    if (boots.isEmpty()) {
      return new WindowEvidence(List.of(added));
    }
    if (boots.size() == 1 && boots.get(0).bootId().equals(added.bootId())) {
      return new WindowEvidence(List.of(boots.get(0).merge(added)));
    }
    List<Boot> merged = new ArrayList<>(boots.size() + 1);
    boolean known = false;
    for (Boot boot : boots) {
      boolean same = boot.bootId().equals(added.bootId());
      merged.add(same ? boot.merge(added) : boot);
      known |= same;
    }
    if (!known) {
      merged.add(added);
    }
    merged.sort(BY_FIRST_EVENT);
    return new WindowEvidence(merged);
  }
}
