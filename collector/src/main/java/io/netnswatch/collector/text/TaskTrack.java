package io.netnswatch.collector.text;

import static java.util.Objects.requireNonNullElse;

import io.netnswatch.detection.cause.Reading;
import io.netnswatch.detection.cause.StackReader;
import io.netnswatch.detection.cause.Task;
import io.netnswatch.detection.cause.WaitKind;
import io.netnswatch.schema.InterestReason;
import io.netnswatch.schema.StackLook;
import io.netnswatch.schema.TaskOfInterest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One task over time. */
final class TaskTrack {

  private static final double HOT = 0.2;

  private static final int MAX_STACKS = 4;

  /** From so much of a CPU on a worker is suspicious. */
  static final double SUSPICIOUS_CPUS = 0.9;

  /** The rtnl lock is held for moments. */
  private static final long RTNL_HELD_MS = 60_000;

  /** What is looked at one after the other within so long is of one moment. */
  static final long SAME_LOOK_MS = 30_000;

  final List<Seen> seen = new ArrayList<>();
  final List<long[]> spans = new ArrayList<>();
  String comm = "unknown";
  int pid;

  record Seen(long atMs, TaskSighting task) {}

  void add(long atMs, TaskSighting task) {
    seen.add(new Seen(atMs, task));
    String name = task.comm();
    if (name != null) {
      String bare = name.endsWith("+") ? name.substring(0, name.length() - 1) : name;
      if (comm.equals("unknown") || comm.equals("kworker") || bare.length() > comm.length()) {
        comm = bare;
      }
    }
  }

  void span(long fromMs, long toMs) {
    for (long[] other : spans) {
      if (fromMs <= other[1] + TextTelemetry.STEP_MS && toMs >= other[0] - TextTelemetry.STEP_MS) {
        other[0] = Math.min(other[0], fromMs);
        other[1] = Math.max(other[1], toMs);
        return;
      }
    }
    spans.add(new long[] {fromMs, toMs});
  }

  /** Since when something is known of it. */
  long firstMs() {
    return spans.stream().mapToLong(span -> span[0]).min().orElse(seen.get(0).atMs());
  }

  /** Whether no more than that is known of it. */
  boolean isBrief(long ms) {
    return spans.stream().allMatch(span -> span[1] - span[0] < ms);
  }

  long @Nullable [] spanAt(long atMs) {
    for (long[] span : spans) {
      if (span[0] <= atMs && atMs <= span[1]) {
        return span;
      }
    }
    return null;
  }

  void addTimes(NavigableSet<Long> times) {
    for (long[] span : spans) {
      addBefore(times, span[1], span[0]);
      for (Seen each : seen) {
        if (each.atMs() >= span[0] && each.atMs() < span[1]) {
          addBefore(times, each.atMs(), span[0]);
        }
      }
    }
  }

  private static void addBefore(NavigableSet<Long> times, long endMs, long fromMs) {
    for (long at = endMs;
        at >= Math.max(fromMs, endMs - TextTelemetry.LEAD_MS);
        at -= TextTelemetry.STEP_MS) {
      Long near = times.floor(at + TextTelemetry.STEP_MS / 2);
      if (at != endMs && near != null && near > at - TextTelemetry.STEP_MS / 2) {
        continue;
      }
      times.add(at);
    }
    long farthest = Math.max(fromMs, endMs - TextTelemetry.LONGEST_LEAD_MS);
    for (long at = endMs - TextTelemetry.LEAD_MS; at > farthest; at -= TextTelemetry.FAR_STEP_MS) {
      times.add(Math.max(farthest, at - TextTelemetry.FAR_STEP_MS));
    }
  }

  boolean isCreating() {
    return !isDead() && seen.stream().anyMatch(it -> it.task().isCreating());
  }

  /** Whether an oops ended it: there is no way back from that. */
  boolean isDead() {
    return seen.stream().anyMatch(it -> KernelLogText.DIED.equals(it.task().inference()));
  }

  boolean isOfNamespaces() {
    return seen.stream().anyMatch(it -> it.task().isOfNamespaces());
  }

  boolean isKernelThread() {
    return comm.startsWith("kworker") || seen.stream().anyMatch(it -> it.task().isKernelThread());
  }

  /** The looks nearest to a time first. */
  List<Seen> nearest(long atMs) {
    return seen.stream()
        .sorted(Comparator.comparingLong(it -> Math.abs(it.atMs() - atMs)))
        .toList();
  }

  <T> @Nullable T first(long atMs, Function<TaskSighting, @Nullable T> what) {
    for (Seen each : nearest(atMs)) {
      T value = what.apply(each.task());
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  /** The greatest that is said; a task found running in namespace code is taken to go on so. */
  @Nullable Double cpuUse() {
    Double said =
        seen.stream()
            .map(it -> it.task().cpuUse())
            .filter(it -> it != null)
            .max(Double::compare)
            .orElse(null);
    return said == null && isFoundRunning() ? Double.valueOf(1) : said;
  }

  /** Whether one of the looks of the same moment says how long it has been so. */
  boolean saysHowLong(long atMs) {
    return seen.stream()
        .filter(it -> Math.abs(it.atMs() - atMs) <= SAME_LOOK_MS)
        .anyMatch(it -> it.task().blockedForMs() != null || it.task().runningForMs() != null);
  }

  /** No other source says that it runs. */
  boolean isAsleepByItsStackAlone() {
    return seen.stream().anyMatch(it -> StackText.ASLEEP.equals(it.task().inference()))
        && seen.stream()
            .allMatch(
                it -> it.task().state() == null || StackText.ASLEEP.equals(it.task().inference()));
  }

  boolean isFoundRunning() {
    return seen.stream()
        .filter(
            it ->
                "R".equals(it.task().state())
                    && !KernelLogText.RUNNABLE.equals(it.task().inference())
                    && it.task().cpuUse() == null
                    && it.task().stack() != null
                    && TraceFrames.anyOfNamespaces(it.task().stack()))
        .anyMatch(it -> reading(it.task().stack(), it.atMs()) != null);
  }

  /** As detection sees it. */
  Task asTask(@Nullable List<String> stack, long atMs) {
    return Task.of(
        Task.Origin.LOG,
        pid,
        comm,
        false,
        requireNonNullElse(first(atMs, TaskSighting::state), "?"),
        null,
        stack == null ? List.of() : List.of(stack),
        first(atMs, TaskSighting::wchan),
        null,
        0);
  }

  /** Whether the kernel reports that others got no turn on its CPU. */
  boolean keepsCpu() {
    return seen.stream()
        .map(Seen::task)
        .anyMatch(
            task ->
                task.cpuUse() != null
                    && task.cpuUse() >= SUSPICIOUS_CPUS
                    && task.runningForMs() != null);
  }

  boolean isCutOff() {
    return seen.stream().anyMatch(it -> KernelLogText.CUT.equals(it.task().inference()));
  }

  /** Whether it is known to be in the cleanup by its work alone. */
  boolean isKnownByItsWork() {
    return (isCutOff()
            || seen.stream().anyMatch(it -> WorkqueueText.INFERENCE.equals(it.task().inference())))
        && seen.stream()
            .map(it -> it.task().stack())
            .allMatch(stack -> stack == null || !TraceFrames.has(stack, "cleanup_net"));
  }

  /** Whether it is said to have been held up for a minute or longer. */
  boolean isLasting() {
    return seen.stream()
        .map(it -> it.task().blockedForMs())
        .anyMatch(ms -> ms != null && ms >= RTNL_HELD_MS);
  }

  /** Whether it has been in the cleanup for as long, by a stack of it. */
  boolean isStuckInCleanup() {
    return isLasting()
        && seen.stream()
            .map(it -> it.task().stack())
            .anyMatch(stack -> stack != null && TraceFrames.has(stack, "cleanup_net"));
  }

  /** Whether it sleeps without being woken, and nothing shows where. */
  boolean sleepsUnseen() {
    return seen.stream().anyMatch(it -> "D".equals(it.task().state()))
        && seen.stream().allMatch(it -> it.task().stack() == null)
        && !isOfNamespaces();
  }

  /** Whether a collector would have told of it. */
  boolean isOfInterest() {
    Double cpu = cpuUse();
    return isOfNamespaces()
        || (isKernelThread() && cpu != null && cpu >= HOT)
        || seen.stream().anyMatch(it -> "D".equals(it.task().state()));
  }

  /** Whether a stack of it has that function, and one of the others. */
  boolean shows(String outer, Set<String> functions) {
    return seen.stream()
        .map(it -> it.task().stack())
        .filter(Objects::nonNull)
        .anyMatch(
            stack ->
                TraceFrames.has(stack, outer)
                    && stack.stream()
                        .map(TraceFrames::withoutSuffix)
                        .anyMatch(functions::contains));
  }

  /** What one look at a task says of it. */
  @Nullable Reading reading(@Nullable List<String> stack, long atMs) {
    Reading reading = StackReader.read(asTask(stack, atMs));
    return reading == null ? null : reading.on(null);
  }

  boolean waitsForRtnl(long atMs) {
    Reading reading = reading(stack(atMs), atMs);
    return reading != null && reading.waitsFor() == WaitKind.RTNL;
  }

  /** It holds rtnl, by the kernel's guess of that time. */
  void holdsRtnl(long atMs, LikelyOwner guess) {
    if (seen.isEmpty()) {
      pid = guess.owner();
      add(atMs, TaskSighting.of(guess.owner(), guess.ownerComm()));
    }
    for (int i = 0; i < seen.size(); i++) {
      Seen each = seen.get(i);
      if (Math.abs(each.atMs() - atMs) <= SAME_LOOK_MS) {
        List<String> shown = requireNonNullElse(each.task().stack(), List.<String>of());
        List<String> marked = LikelyOwner.holdingRtnl(shown, reading(shown, each.atMs()));
        seen.set(i, new Seen(each.atMs(), each.task().withStack(marked)));
      }
    }
  }

  SemaphoreWaits.Sleeper asSleeper(int id, long atMs) {
    return new SemaphoreWaits.Sleeper(
        id,
        comm,
        first(atMs, TaskSighting::state),
        first(atMs, TaskSighting::wchan),
        first(atMs, TaskSighting::blockedForMs));
  }

  /** It waits in that function, whatever its wchan says. */
  void waitsIn(String function) {
    seen.replaceAll(
        it ->
            it.task().wchan() == null
                ? it
                : new Seen(it.atMs(), it.task().withWchan(function).withState("D")));
  }

  /** The stack nearest to a time; empty if it was looked for in vain, null if nobody looked. */
  @Nullable List<String> stack(long atMs) {
    List<String> empty = null;
    for (Seen each : nearest(atMs)) {
      List<String> stack = each.task().stack();
      if (stack != null && !stack.isEmpty()) {
        return stack;
      }
      empty = empty != null ? empty : stack;
    }
    return empty;
  }

  private List<StackLook> moreStacks(long atMs, @Nullable List<String> shown) {
    return nearest(atMs).stream()
        .map(it -> it.task().stack())
        .filter(stack -> stack != null && !stack.isEmpty() && !stack.equals(shown))
        .distinct()
        .limit(MAX_STACKS)
        .map(StackLook::new)
        .toList();
  }

  /** As a snapshot of that time would have it. */
  TaskOfInterest toTask(long atMs, long ageMs) {
    List<String> stack = stack(atMs);
    String state = first(atMs, TaskSighting::state);
    boolean creating = isCreating();
    String letter = state != null ? state : creating ? "D" : cpuUse() != null ? "R" : "?";
    boolean running = letter.equals("R");
    Double cpus = cpuUse();
    boolean kernel = isKernelThread();
    List<InterestReason> reasons = new ArrayList<>();
    if (kernel && cpus != null && cpus >= HOT) {
      reasons.add(InterestReason.HOT_KERNEL_THREAD);
    }
    if (letter.equals("D")) {
      reasons.add(InterestReason.UNINTERRUPTIBLE);
    }
    if (isOfNamespaces()) {
      reasons.add(InterestReason.NETNS_STACK);
    }
    String arguments = first(atMs, TaskSighting::netnsArguments);
    if (arguments != null) {
      reasons.add(InterestReason.NETNS_COMMAND);
    }
    return TaskOfInterest.newBuilder()
        .setPid(pid)
        .setComm(comm)
        .setKernelThread(kernel)
        .setState(letter)
        .setCpuUse(cpus)
        .setWchan(first(atMs, TaskSighting::wchan))
        .setStack(stack)
        .setBlockedForMs(running && !creating ? null : Long.valueOf(ageMs))
        .setNetnsArguments(arguments)
        .setReasons(reasons)
        .setMoreStacks(moreStacks(atMs, stack))
        .build();
  }

  /** For people. */
  String name() {
    return TaskName.of(pid, comm);
  }
}
