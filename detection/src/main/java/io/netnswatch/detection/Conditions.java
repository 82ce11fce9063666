package io.netnswatch.detection;

import io.netnswatch.detection.cause.Reading;
import io.netnswatch.detection.cause.Role;
import io.netnswatch.detection.cause.Task;
import io.netnswatch.detection.cause.WaitKind;
import io.netnswatch.detection.evidence.BlockedCreation;
import io.netnswatch.detection.evidence.BootEvidence;
import io.netnswatch.detection.evidence.CleanupWorker;
import io.netnswatch.detection.evidence.CreatorsSeen;
import io.netnswatch.detection.evidence.FragmentImbalance;
import io.netnswatch.detection.evidence.HotCode;
import io.netnswatch.detection.evidence.HotCode.Origin;
import io.netnswatch.detection.evidence.SeenTask;
import io.netnswatch.detection.evidence.SlowCreation;
import io.netnswatch.detection.evidence.Suspect;
import io.netnswatch.detection.signature.Signature;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Whether a signature's conditions hold: what a window shows of them, and what it clears. */
final class Conditions {

  /** A conclusive slice speaks for so long. */
  private static final long PERF_LOOKS_FOR_MS = 60_000;

  /** A stack is of one moment and shows no share of time: the worker must be busy besides. */
  private static final double PROC_CPUS = 0.25;

  /** Who has stood still for so long still holds the lock, whether somebody waits for it or not. */
  private static final long STANDSTILL_MS = 60_000;

  /** However long the creation before took, one that lasts longer than this is blocked. */
  private static final long MAX_PATIENCE_MS = 120_000;

  /** So many slow creations in a row show that they wait for their turn. */
  private static final int QUEUE = 3;

  private Conditions() {}

  /**
   * What speaks for a signature after a window.
   *
   * @param measured the window as its records show it
   * @param window the same, with what follows from it: creations that took at least so long
   */
  static ConditionState after(
      Signature signature,
      ConditionState before,
      BootState boot,
      BootEvidence measured,
      BootEvidence window,
      long nowMs) {
    HotCode hot = hot(signature, before.hot(), window, boot, nowMs);
    BlockedCreation creation = blocked(signature, before.creation(), window, boot);
    ConditionState seen =
        new ConditionState(
            hot,
            creation,
            slow(signature, before.slow(), measured, window, boot, nowMs),
            imbalances(signature, before.imbalances(), window, boot),
            signature.stuck() == null ? null : boot.standstill(signature.stuck().afterMs()),
            worker(signature, hot, boot),
            creation == null ? null : suspect(signature, before.suspect(), window),
            List.of(),
            List.of(),
            null);
    return signature.asksWhoHolds() && complete(signature, seen, boot)
        ? seen.withTasksOf(boot)
        : seen;
  }

  /** Whether all conditions hold and coincide. */
  static boolean complete(Signature signature, ConditionState conditions, BootState boot) {
    Signature.Slow slow = signature.slow();
    if (slow != null && slow.waitingSuffices() && isCreationWaiting(boot)) {
      return isOften(slow, conditions.slow());
    }
    List<Long> observedMs = new ArrayList<>();
    if (signature.hot() != null) {
      if (conditions.hot() == null) {
        return false;
      }
      observedMs.add(conditions.hot().observedAtMs());
    }
    if (signature.blocked() != null) {
      if (conditions.creation() == null) {
        return false;
      }
      observedMs.add(conditions.creation().observedAtMs());
    }
    if (slow != null) {
      if (!isOften(slow, conditions.slow())) {
        return false;
      }
      observedMs.add(conditions.slow().get(conditions.slow().size() - 1).observedAtMs());
    }
    if (signature.fragments() != null && conditions.imbalances().isEmpty()) {
      return false;
    }
    if (signature.stuck() != null && conditions.standstill() == null) {
      return false;
    }
    return observedMs.isEmpty()
        || observedMs.stream().mapToLong(it -> it).max().orElse(0)
                - observedMs.stream().mapToLong(it -> it).min().orElse(0)
            <= signature.coincideWithinMs();
  }

  /** Whether the last snapshot showed a creation that waits for a lock. */
  private static boolean isCreationWaiting(BootState boot) {
    return SeenTask.readings(boot.tasks()).stream()
        .anyMatch(it -> it.task().origin() == Task.Origin.PROC && it.isVictim());
  }

  private static boolean isOften(Signature.Slow slow, List<SlowCreation> since) {
    int first = since.size() - slow.count();
    return first >= 0
        && since.get(since.size() - 1).observedAtMs() - since.get(first).observedAtMs()
            <= slow.withinMs();
  }

  /** Begin of an episode: of what is blocked, of the first slow creation, or first sight. */
  static long startMs(ConditionState conditions) {
    if (conditions.creation() != null) {
      return conditions.creation().startedAtMs();
    }
    if (!conditions.slow().isEmpty()) {
      return conditions.slow().stream().mapToLong(SlowCreation::startedAtMs).min().orElseThrow();
    }
    if (conditions.standstill() != null) {
      return conditions.standstill().sinceMs();
    }
    return conditions.imbalances().stream()
        .mapToLong(FragmentImbalance::observedAtMs)
        .min()
        .orElseThrow();
  }

  /** Whether an open incident goes on: as long as no evidence of health speaks against it. */
  static boolean hold(Signature signature, ConditionState conditions, BootState boot) {
    if (signature.blocked() != null) {
      Long finishedMs = boot.creationSucceededMs();
      HotCode hot = signature.hot() == null ? null : conditions.hot();
      return conditions.creation() != null
          || (signature.hot() == null && boot.isHeldUp(STANDSTILL_MS))
          || (hot != null && (finishedMs == null || hot.observedAtMs() > finishedMs))
          || (finishedMs == null && boot.unblockedMs() == null);
    }
    if (signature.slow() != null) {
      return !conditions.slow().isEmpty()
          || (boot.promptCreationMs() == null && boot.unblockedMs() == null);
    }
    if (signature.stuck() != null) {
      return conditions.standstill() != null;
    }
    return !conditions.imbalances().isEmpty();
  }

  /**
   * When what held the creation of an open incident up was over, if another one hangs now that
   * began after a look which showed none under way, or after the last one finished.
   *
   * @return epoch milliseconds; null if it was not seen to be over, or none hangs now
   */
  static @Nullable Long overMs(ConditionState opened, ConditionState now, BootState boot) {
    BlockedCreation then = opened.creation();
    BlockedCreation here = now.creation();
    if (then == null || here == null) {
      return null;
    }
    return Stream.of(boot.creationSucceededMs(), boot.unblockedMs())
        .filter(it -> it != null && it >= then.observedAtMs() && it <= here.startedAtMs())
        .min(Comparator.naturalOrder())
        .orElse(null);
  }

  /** perf says more: a worker's stack counts only where perf has not looked of late. */
  private static @Nullable HotCode hot(
      Signature signature,
      @Nullable HotCode before,
      BootEvidence window,
      BootState boot,
      long nowMs) {
    Signature.Hot hot = signature.hot();
    if (hot == null) {
      return null;
    }
    HotCode byPerf = window.hotCode(signature.id(), Origin.PERF);
    if (byPerf != null && byPerf.cpus() >= hot.cpus()) {
      return byPerf;
    }
    HotCode byProc = window.hotCode(signature.id(), Origin.PROC);
    if (hot.stackSuffices() && byProc != null) {
      return byProc;
    }
    if (byProc != null && isInterrupted(byProc, boot)) {
      byProc = null;
    }
    if (perfLooks(boot, nowMs)) {
      return window.profiled() ? null : before;
    }
    if (byProc != null && byProc.cpus() >= Math.max(hot.cpus(), PROC_CPUS)) {
      return byProc;
    }
    if (before != null && before.origin() == Origin.PROC && isIdle(window, before)) {
      return null;
    }
    return before;
  }

  private static boolean perfLooks(BootState boot, long nowMs) {
    Long profiledMs = boot.profiledMs();
    return profiledMs != null && nowMs - profiledMs <= PERF_LOOKS_FOR_MS;
  }

  /**
   * Whether perf has seen meanwhile that the CPU of the worker whose stack alone showed an open
   * incident's hot code goes into interrupts.
   */
  static boolean isRefuted(Signature signature, ConditionState opened, BootState boot) {
    HotCode hot = opened.hot();
    return signature.hot() != null
        && !signature.hot().stackSuffices()
        && hot != null
        && hot.origin() == Origin.PROC
        && isInterrupted(hot, boot);
  }

  private static boolean isInterrupted(HotCode hot, BootState boot) {
    return SeenTask.readings(boot.tasks()).stream()
        .filter(reading -> reading.waitsFor() == WaitKind.INTERRUPTED)
        .map(Reading::task)
        .anyMatch(task -> task.origin() == Task.Origin.PERF && task.pid() == hot.pid());
  }

  /** A worker that was busy, and no longer is. */
  private static boolean isIdle(BootEvidence window, HotCode before) {
    return window.measured() && BootFacts.ofPid(window.workers(), before.pid()) == null;
  }

  /**
   * The creation that is blocked. One that finished within the last stretch of the threshold's
   * length, or later, shows that the lock is still handed on: slow is not blocked. Where nothing
   * hot explains it and the last one was slow too, the next is given twice that one's time, unless
   * it is held up by something else.
   */
  private static @Nullable BlockedCreation blocked(
      Signature signature, @Nullable BlockedCreation before, BootEvidence window, BootState boot) {
    if (signature.blocked() == null) {
      return null;
    }
    long afterMs = signature.blocked().afterMs();
    Long finishedMs = boot.creationSucceededMs();
    BlockedCreation seen = window.creation();
    BlockedCreation blocked = seen != null && seen.ageMs() >= afterMs ? seen : before;
    if (blocked == null || isOver(blocked, window.creators(), boot)) {
      return null;
    }
    if (finishedMs == null) {
      return blocked;
    }
    boolean patient =
        signature.hot() == null
            && (isQueue(boot, afterMs) || !isHeldUpAnew(boot, finishedMs, afterMs));
    Long slowMs = patient ? boot.finishedLatencyMs() : null;
    long patienceMs = slowMs == null ? afterMs : Math.min(2 * slowMs, MAX_PATIENCE_MS);
    boolean progressing = finishedMs > blocked.observedAtMs() - Math.max(afterMs, patienceMs);
    return progressing ? null : blocked;
  }

  /** Whether so many slow creations finished in a row that the next is one more of them. */
  private static boolean isQueue(BootState boot, long afterMs) {
    return boot.signatures().stream()
        .map(state -> state.conditions().slow())
        .anyMatch(it -> it.stream().filter(slow -> slow.latencyMs() >= afterMs).count() >= QUEUE);
  }

  /**
   * Whether what holds creations up now is not what handed the lock on to the last one that
   * finished: a cleanup has been asleep in one wait ever since, or another task is seen to hold a
   * lock that they need, and has held it all the while or since none was under way.
   */
  private static boolean isHeldUpAnew(BootState boot, long finishedMs, long afterMs) {
    Long unblockedMs = boot.unblockedMs();
    boolean paused = unblockedMs != null && unblockedMs > finishedMs;
    boolean waits =
        boot.standstills().stream()
            .anyMatch(
                it ->
                    it.waitsIn() != null
                        && it.sinceMs() > finishedMs
                        && it.lastsMs() >= STANDSTILL_MS);
    return waits
        || SeenTask.readings(boot.tasks()).stream()
            .filter(reading -> reading.task().origin() == Task.Origin.PROC)
            .filter(reading -> reading.role() != Role.CLEANUP && !reading.isVictim())
            .filter(reading -> reading.ownsRtnl() || reading.holdsPernetLock())
            .map(Reading::task)
            .anyMatch(holder -> paused || hasLasted(holder, finishedMs, afterMs));
  }

  /** Whether a task has been where it is since then, and for so long. */
  private static boolean hasLasted(Task task, long fromMs, long atLeastMs) {
    Long sinceMs = task.sinceMs();
    Long lastsMs = task.lastsMs();
    return sinceMs != null && lastsMs != null && sinceMs >= fromMs && lastsMs >= atLeastMs;
  }

  /**
   * A later snapshot could tell, and saw no creation under way. That a command is gone says
   * nothing: a probe is killed at its time limit, and its record tells what became of it.
   */
  private static boolean isOver(
      BlockedCreation blocked, @Nullable CreatorsSeen creators, BootState boot) {
    return creators != null
        && creators.count() == 0
        && creators.atMs() > blocked.observedAtMs()
        && (blocked.pid() == null || !boot.isCommand(blocked.pid()));
  }

  /** Slow ones since the last prompt one; oldest first. */
  private static List<SlowCreation> slow(
      Signature signature,
      List<SlowCreation> before,
      BootEvidence measured,
      BootEvidence window,
      BootState boot,
      long nowMs) {
    Signature.Slow slow = signature.slow();
    if (slow == null || (before.isEmpty() && window.slow().isEmpty())) {
      return List.of();
    }
    Map<String, SlowCreation> byId = new LinkedHashMap<>();
    before.forEach(it -> byId.put(it.commandId(), it));
    window.slow().forEach(it -> byId.put(it.commandId(), it));
    Long promptMs = promptMs(slow, measured, boot);
    List<SlowCreation> since =
        byId.values().stream()
            .filter(it -> it.latencyMs() >= slow.afterMs())
            .filter(it -> promptMs == null || it.observedAtMs() > promptMs)
            .filter(it -> !isLongAgo(it, slow, boot, nowMs))
            .sorted(
                Comparator.comparingLong(SlowCreation::observedAtMs)
                    .thenComparing(SlowCreation::commandId))
            .toList();
    return since.subList(Math.max(0, since.size() - Signature.Slow.MAX_COUNT), since.size());
  }

  /**
   * When a creation last was faster than what this signature calls slow. What another one calls
   * slow already, which asks for less, may be prompt to this one.
   */
  private static @Nullable Long promptMs(
      Signature.Slow slow, BootEvidence measured, BootState boot) {
    OptionalLong here =
        measured.slow().stream()
            .filter(it -> it.latencyMs() < slow.afterMs())
            .mapToLong(SlowCreation::observedAtMs)
            .max();
    Long promptToAll = boot.promptCreationMs();
    if (here.isEmpty() || (promptToAll != null && promptToAll > here.getAsLong())) {
      return promptToAll;
    }
    return here.getAsLong();
  }

  /** It counts no longer, and since then a snapshot has seen no creation under way. */
  private static boolean isLongAgo(
      SlowCreation creation, Signature.Slow slow, BootState boot, long nowMs) {
    Long unblockedMs = boot.unblockedMs();
    return unblockedMs != null
        && unblockedMs > creation.observedAtMs()
        && nowMs - creation.observedAtMs() > slow.withinMs();
  }

  /** By namespace the latest reading, as long as snapshots go on to show it. */
  private static List<FragmentImbalance> imbalances(
      Signature signature, List<FragmentImbalance> before, BootEvidence window, BootState boot) {
    Signature.Fragments fragments = signature.fragments();
    if (fragments == null || (before.isEmpty() && window.imbalances().isEmpty())) {
      return List.of();
    }
    Map<String, FragmentImbalance> byNamespace = new LinkedHashMap<>();
    before.forEach(it -> byNamespace.put(it.namespace(), it));
    window.imbalances().stream()
        .filter(it -> it.memoryBytes() < fragments.belowBytes())
        .forEach(it -> byNamespace.put(it.namespace(), it));
    Long lookedMs = boot.lookedMs();
    return byNamespace.values().stream()
        .filter(
            it -> lookedMs == null || lookedMs - it.observedAtMs() <= signature.resolveAfterMs())
        .sorted(
            Comparator.comparingLong(FragmentImbalance::memoryBytes)
                .thenComparing(FragmentImbalance::namespace))
        .limit(FragmentImbalance.MAX_PER_HOST)
        .toList();
  }

  /** The one that perf saw spinning; if no pid is known, the one inside the cleanup. */
  private static @Nullable CleanupWorker worker(
      Signature signature, @Nullable HotCode hot, BootState boot) {
    if (signature.blocked() == null && signature.slow() == null) {
      return null;
    }
    CleanupWorker same = hot == null ? null : BootFacts.ofPid(boot.workers(), hot.pid());
    if (same != null) {
      return same;
    }
    return boot.workers().stream().filter(CleanupWorker::inCleanup).findFirst().orElse(null);
  }

  private static @Nullable Suspect suspect(
      Signature signature, @Nullable Suspect before, BootEvidence window) {
    Suspect seen = window.suspect(signature.id());
    return seen != null && (before == null || seen.suggestion() <= before.suggestion())
        ? seen
        : before;
  }
}
