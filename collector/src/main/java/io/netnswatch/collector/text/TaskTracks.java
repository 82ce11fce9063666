package io.netnswatch.collector.text;

import static java.util.Objects.requireNonNullElse;

import io.netnswatch.collector.text.TextEvidence.Dated;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Which task was seen when, of all that texts show of them; what is assumed is kept in words. */
final class TaskTracks {

  /**
   * Long enough for a cleanup to count as stuck: a stall that the kernel reports is one already,
   * and a text that ends with the report does not say that it was over.
   */
  private static final long STALLED_MS = 75_000;

  private static final Set<LogFinding.Category> ENDLESS =
      Set.of(
          LogFinding.Category.HUNG_TASK,
          LogFinding.Category.RCU_STALL,
          LogFinding.Category.SOFT_LOCKUP);

  private final TextEvidence texts;
  private final Suspicions suspicions;

  TaskTracks(TextEvidence texts, Suspicions suspicions) {
    this.texts = texts;
    this.suspicions = suspicions;
  }

  /**
   * Those of interest.
   *
   * @param tasks sightings of one boot
   * @param logs what its log says
   */
  List<TaskTrack> of(
      List<Dated<TaskSighting>> tasks, List<Dated<LogFinding>> logs, TextClock clock) {
    Map<Object, TaskTrack> byTask = new LinkedHashMap<>();
    Map<List<String>, Integer> byStack = creatorsByStack(tasks);
    Set<Integer> shown = shown(tasks, stack -> true);
    Set<Integer> shownInCleanup = shown(tasks, stack -> TraceFrames.has(stack, "cleanup_net"));
    for (Dated<TaskSighting> dated : tasks) {
      TaskSighting task = dated.item();
      if (isOfLocks(task) && task.pid() != null && shown.contains(task.pid())) {
        continue; // of the same moment as the stack, and less
      }
      if (isOfDump(task) && task.pid() != null && shownInCleanup.contains(task.pid())) {
        task = TaskSighting.of(task.pid(), task.comm()).withBlockedFor(task.blockedForMs());
      }
      Object key = key(dated, byStack);
      TaskTrack track = byTask.computeIfAbsent(key, it -> new TaskTrack());
      track.add(clock.at(dated.at()), task);
      if (task.inference() != null && !task.inference().equals(StackText.ASLEEP)) {
        texts.infer(TaskName.of(task.pid(), task.comm()) + ": " + task.inference());
      }
    }
    markOwners(byTask, logs, clock);
    markSemaphores(byTask, clock.lastMs);
    List<TaskTrack> tracks = new ArrayList<>();
    int nameless = -1;
    for (Map.Entry<Object, TaskTrack> entry : byTask.entrySet()) {
      TaskTrack track = entry.getValue();
      track.pid = entry.getKey() instanceof Integer pid ? pid : nameless--;
      if (track.comm.equals("unknown") && track.isKernelThread()) {
        track.comm = "kworker";
      }
      track.seen.sort(Comparator.comparingLong(TaskTrack.Seen::atMs));
      if (track.isOfInterest()) {
        if (track.isAsleepByItsStackAlone()) {
          texts.infer(track.name() + ": " + StackText.ASLEEP);
        }
        if (track.isFoundRunning()) {
          texts.infer(
              track.name()
                  + ": it ran in namespace code when it was looked at, and is taken to go on so");
        }
        addSpans(track, isHung(logs, track.pid), clock.lastMs);
        suspicions.suspect(track, clock.lastMs);
        tracks.add(track);
      } else if (track.isKnownByItsWork() || track.keepsCpu()) {
        suspicions.suspect(track, clock.lastMs);
      }
    }
    return tracks;
  }

  /** Who holds rtnl by the kernel's guess is taken to, whether or not its stack was printed. */
  private static void markOwners(
      Map<Object, TaskTrack> byTask, List<Dated<LogFinding>> logs, TextClock clock) {
    for (Dated<LogFinding> log : logs) {
      LikelyOwner guess = LikelyOwner.of(log.item().message());
      TaskTrack waiter = guess == null ? null : byTask.get(guess.waiter());
      long atMs = clock.at(log.at());
      if (guess != null && waiter != null && waiter.waitsForRtnl(atMs)) {
        byTask.computeIfAbsent(guess.owner(), it -> new TaskTrack()).holdsRtnl(atMs, guess);
      }
    }
  }

  /** Who waits for a semaphore waits for that of the namespaces where others show it, too. */
  private void markSemaphores(Map<Object, TaskTrack> byTask, long lastMs) {
    Map<SemaphoreWaits.Sleeper, TaskTrack> tracks = new LinkedHashMap<>();
    byTask.forEach(
        (key, track) -> {
          List<String> stack = track.stack(lastMs);
          boolean unseen = stack == null || stack.isEmpty();
          if (key instanceof Integer pid && (unseen || SemaphoreWaits.isOfCleanup(track.comm))) {
            tracks.put(track.asSleeper(pid, lastMs), track);
          }
        });
    List<SemaphoreWaits.Sleeper> agreeing = SemaphoreWaits.agreeing(List.copyOf(tracks.keySet()));
    if (agreeing.isEmpty()) {
      return;
    }
    if (!SemaphoreWaits.isEnough(agreeing)) {
      texts.suspect(SemaphoreWaits.words(agreeing));
      return;
    }
    texts.infer(SemaphoreWaits.words(agreeing) + "; it is taken for that");
    tracks.forEach(
        (sleeper, track) -> {
          String function = SemaphoreWaits.function(sleeper);
          if (function != null) {
            track.waitsIn(function);
          }
        });
  }

  /** Tasks of which such a stack was printed. */
  private static Set<Integer> shown(
      List<Dated<TaskSighting>> tasks, Predicate<List<String>> isSuch) {
    Set<Integer> shown = new HashSet<>();
    for (Dated<TaskSighting> dated : tasks) {
      TaskSighting task = dated.item();
      List<String> stack = task.stack();
      boolean printed = stack != null && !isOfLocks(task) && !isOfDump(task);
      if (task.pid() != null && printed && isSuch.test(stack)) {
        shown.add(task.pid());
      }
    }
    return shown;
  }

  private static boolean isOfLocks(TaskSighting task) {
    return LockListText.INFERENCE.equals(task.inference());
  }

  /** Whether its stack was not printed, but follows from a dump of workqueues. */
  private static boolean isOfDump(TaskSighting task) {
    return task.inference() != null && task.inference().startsWith(WorkqueueText.FOLLOWS);
  }

  /** Creations of which a text names the task, by their stacks. */
  private static Map<List<String>, Integer> creatorsByStack(List<Dated<TaskSighting>> tasks) {
    Map<List<String>, Integer> byStack = new LinkedHashMap<>();
    for (Dated<TaskSighting> dated : tasks) {
      TaskSighting task = dated.item();
      if (task.pid() != null && task.pid() >= 0 && task.stack() != null && task.isCreating()) {
        byStack.putIfAbsent(task.stack(), task.pid());
      }
    }
    return byStack;
  }

  /** A stack without a name that another text has with one is of the same task. */
  private static Object key(Dated<TaskSighting> dated, Map<List<String>, Integer> byStack) {
    TaskSighting task = dated.item();
    Integer pid = task.pid();
    if (pid != null && pid >= 0) {
      return pid;
    }
    List<String> stack = requireNonNullElse(task.stack(), List.<String>of());
    Integer named = byStack.get(stack);
    if (named != null) {
      return named;
    }
    return pid == null ? task.comm() + "|" + stack : List.of(dated.boot().document(), pid);
  }

  /** Whether a report of the kernel's says of a task that it hung, or held a CPU. */
  private static boolean isHung(List<Dated<LogFinding>> logs, int pid) {
    return logs.stream()
        .map(Dated::item)
        .anyMatch(
            log ->
                (ENDLESS.contains(log.category())
                        || (log.category() == LogFinding.Category.WORKQUEUE
                            && log.blockedForMs() != null))
                    && Integer.valueOf(pid).equals(log.pid()));
  }

  private void addSpans(TaskTrack track, boolean hung, long lastMs) {
    if (track.isDead()) {
      track.span(track.seen.get(0).atMs(), lastMs);
      return;
    }
    long previousMs = Long.MIN_VALUE;
    for (TaskTrack.Seen each : track.seen) {
      TaskSighting task = each.task();
      Long saidMs = task.blockedForMs() != null ? task.blockedForMs() : task.runningForMs();
      long ageMs = saidMs == null ? 0 : saidMs;
      if (saidMs == null
          && (track.isOfNamespaces() || task.cpuUse() != null)
          && !track.saysHowLong(each.atMs())) {
        ageMs = TextTelemetry.ASSUMED_MS;
        if (track.isCreating()) {
          texts.infer(
              track.name()
                  + ": how long it has been so is not said; "
                  + TextTelemetry.ASSUMED_MS / 1000
                  + " s are assumed, since one looks at what hangs");
        }
      }
      track.span(each.atMs() - ageMs, each.atMs());
      if (previousMs != Long.MIN_VALUE && each.atMs() - previousMs <= TextTelemetry.STILL_HUNG_MS) {
        track.span(previousMs, each.atMs());
      }
      previousMs = each.atMs();
    }
    if (previousMs < lastMs && lastMs - previousMs <= TaskTrack.SAME_LOOK_MS) {
      track.span(previousMs, lastMs);
    }
    boolean stillHung = hung && lastMs - previousMs <= TextTelemetry.STILL_HUNG_MS;
    long untilMs = Math.max(lastMs, track.firstMs() + STALLED_MS);
    if (stillHung && (previousMs < lastMs || track.isBrief(STALLED_MS))) {
      long stillMs = (track.isBrief(STALLED_MS) ? untilMs : lastMs) - previousMs;
      track.span(previousMs, previousMs + stillMs);
      texts.infer(
          track.name()
              + ": after the kernel's last report of it, it is taken to be so still, for "
              + (stillMs + 999) / 1000
              + " s more; reports are few");
    }
  }
}
