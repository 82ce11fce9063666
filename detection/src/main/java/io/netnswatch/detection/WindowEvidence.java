package io.netnswatch.detection;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
   * @param profiled whether a perf slice ended in this window
   * @param hotCode by signature, the hottest; empty and profiled is a sign of health
   * @param creationSucceededMs latest time a creation succeeded, epoch milliseconds; null if none
   * @param creation the oldest creation that had not succeeded; null if none
   * @param worker the most relevant kernel worker; null if none
   */
  public record Boot(
      String bootId,
      long firstEventMs,
      @Nullable Kernel kernel,
      boolean profiled,
      List<HotCode> hotCode,
      @Nullable Long creationSucceededMs,
      @Nullable HungCreation creation,
      @Nullable CleanupWorker worker) {

    public Boot {
      hotCode = List.copyOf(hotCode);
    }

    /** The hottest code of a signature, if any sample was of it. */
    @Nullable HotCode hotCode(String ruleId) {
      for (HotCode hot : hotCode) {
        if (hot.ruleId().equals(ruleId)) {
          return hot;
        }
      }
      return null;
    }

    private static Boot of(Evidence evidence) {
      Boot blank =
          new Boot(
              evidence.bootId(),
              evidence.eventTimeMs(),
              evidence.kernel(),
              false,
              List.of(),
              null,
              null,
              null);
      if (evidence instanceof Evidence.Profile profile) {
        return blank.withProfile(profile.hotCode());
      }
      if (evidence instanceof Evidence.CreationSucceeded succeeded) {
        return blank.withCreations(succeeded.eventTimeMs(), null);
      }
      if (evidence instanceof Evidence.CreationPending pending) {
        return blank.withCreations(null, pending.creation());
      }
      if (evidence instanceof Evidence.Snapshot snapshot) {
        return blank.withCreations(null, snapshot.creation()).withWorker(snapshot.worker());
      }
      return blank;
    }

    private Boot withProfile(List<HotCode> hot) {
      return new Boot(
          bootId, firstEventMs, kernel, true, hot, creationSucceededMs, creation, worker);
    }

    private Boot withCreations(@Nullable Long succeededMs, @Nullable HungCreation hung) {
      return new Boot(bootId, firstEventMs, kernel, profiled, hotCode, succeededMs, hung, worker);
    }

    private Boot withWorker(@Nullable CleanupWorker busiest) {
      return new Boot(
          bootId, firstEventMs, kernel, profiled, hotCode, creationSucceededMs, creation, busiest);
    }

    private Boot merge(Boot other) {
      return new Boot(
          bootId,
          Math.min(firstEventMs, other.firstEventMs),
          Kernel.better(kernel, other.kernel),
          profiled || other.profiled,
          hottest(hotCode, other.hotCode),
          greater(creationSucceededMs, other.creationSucceededMs, Comparator.naturalOrder()),
          greater(creation, other.creation, HungCreation.BY_AGE),
          greater(worker, other.worker, CleanupWorker.BY_RELEVANCE));
    }

    private static List<HotCode> hottest(List<HotCode> a, List<HotCode> b) {
      if (a.isEmpty() || b.isEmpty()) {
        return a.isEmpty() ? b : a;
      }
      Map<String, HotCode> byRule = new HashMap<>();
      a.forEach(hot -> byRule.put(hot.ruleId(), hot));
      b.forEach(hot -> byRule.merge(hot.ruleId(), hot, (x, y) -> max(x, y, HotCode.BY_HEAT)));
      return byRule.values().stream().sorted(Comparator.comparing(HotCode::ruleId)).toList();
    }
  }

  /** This window with one more piece of evidence. */
  public WindowEvidence with(Evidence evidence) {
    Boot added = Boot.of(evidence);
    if (boots.isEmpty()) {
      return new WindowEvidence(List.of(added));
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

  /** The greater of two that may be absent; the first if they are equal. */
  static <T> @Nullable T greater(@Nullable T a, @Nullable T b, Comparator<T> order) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return max(a, b, order);
  }

  private static <T> T max(T a, T b, Comparator<T> order) {
    return order.compare(a, b) >= 0 ? a : b;
  }
}
