package io.netnswatch.detection.cause;

import io.netnswatch.detection.signature.SymbolName;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One task as it was last seen.
 *
 * @param origin who saw it
 * @param pid process or thread id
 * @param comm name
 * @param kernelThread whether it is one; false if its source does not say
 * @param state one letter as in /proc/PID/stat
 * @param cpuUse CPUs used: 1.0 is one whole CPU; null if not measured
 * @param looks its stack, looked at one or more times; function names without compiler suffix,
 *     innermost first; its wchan alone where no stack could be read; empty if neither could
 * @param sinceMs since when it has been seen blocked, epoch milliseconds; null if unknown
 * @param observedAtMs when it was seen, epoch milliseconds
 */
public record Task(
    Origin origin,
    int pid,
    String comm,
    boolean kernelThread,
    String state,
    @Nullable Double cpuUse,
    List<List<String>> looks,
    @Nullable Long sinceMs,
    long observedAtMs) {

  /** The state, as {@code /proc} has it, of a task that an oops ended. */
  public static final String DEAD = "X";

  /** Who saw a task. */
  public enum Origin {
    /** A trace in the kernel log. */
    LOG,
    /** perf: its most frequent call path. */
    PERF,
    /** /proc: state, CPU use and stack. */
    PROC
  }

  /** Of net/core/net_namespace.c; its only work is cleanup_net. */
  private static final String NETNS_QUEUE = "netns";

  /** The name of a worker that is bound to no CPU, and of its queue behind it. */
  private static final Pattern WORKER =
      Pattern.compile("kworker(?:/[^\\d+-][^+-]{0,24})?(?:[+-](.*))?");

  /** From that use of a CPU on a task is hot. */
  public static final double HOT_CPUS = 0.5;

  /** Who has used less of a CPU since the look before has not run in between. */
  private static final double AWAKE_CPUS = 0.005;

  /** So many looks at its stack are kept. */
  public static final int MAX_LOOKS = 3;

  /** So many frames of a stack are kept. */
  public static final int MAX_FRAMES = 24;

  /** Of a deeper one, so many of the innermost: what it is there for stands further out. */
  private static final int INNERMOST = 8;

  /** Of one look no more is kept: what is made up must not fill the store. */
  private static final int MAX_CHARACTERS = 1_024;

  public Task {
    looks = looks.stream().map(List::copyOf).toList();
  }

  /**
   * A task with the stacks that were seen of it; those without a frame are left out.
   *
   * @param stacks as they were read; names are stripped of compiler suffixes here
   * @param wchan stands for a stack where none could be read; null if it could not be read either
   */
  public static Task of(
      Origin origin,
      int pid,
      String comm,
      boolean kernelThread,
      String state,
      @Nullable Double cpuUse,
      List<List<String>> stacks,
      @Nullable String wchan,
      @Nullable Long sinceMs,
      long observedAtMs) {
    List<List<String>> looks =
        stacks.stream()
            .map(Task::named)
            .filter(frames -> !frames.isEmpty())
            .distinct()
            .limit(MAX_LOOKS)
            .toList();
    if (looks.isEmpty() && wchan != null) {
      looks = Stream.of(named(List.of(wchan))).filter(frames -> !frames.isEmpty()).toList();
    }
    return new Task(origin, pid, comm, kernelThread, state, cpuUse, looks, sinceMs, observedAtMs);
  }

  /** Whether it uses the better part of a CPU. */
  public boolean isHot() {
    return cpuUse != null && cpuUse >= HOT_CPUS;
  }

  /** Whether it has run since the look before; not if nothing says it. */
  public boolean hasRun() {
    return hasRun(cpuUse);
  }

  /**
   * Whether a task has run since the look before; not if nothing says it.
   *
   * @param cpuUse in CPUs, since then; null if unknown
   */
  public static boolean hasRun(@Nullable Double cpuUse) {
    return cpuUse != null && cpuUse >= AWAKE_CPUS;
  }

  /** How long it has been blocked when it is looked at, milliseconds; null if unknown. */
  public @Nullable Long lastsMs() {
    return sinceMs == null ? null : observedAtMs - sinceMs;
  }

  /** Whether it runs rather than sleeps: state R, or hot whatever the state of one moment. */
  public boolean isRunning() {
    return state.equals("R") || isHot();
  }

  /** Whether it is dead: a task that an oops ended keeps the locks it held. */
  public boolean isDead() {
    return state.equals(DEAD);
  }

  /** Whether nothing says if it runs or sleeps: a stack alone does not. */
  public boolean isOfUnknownState() {
    return state.equals("?") && !isHot();
  }

  /** Whether it is one of the kernel's workers. */
  public boolean isWorker() {
    return comm.startsWith("kworker");
  }

  /**
   * Whether it is a worker that may be at the work of the namespaces, whose queue is bound to no
   * CPU (a worker of one is kworker/7:1). While one is at work the kernel adds the name of its
   * queue (kworker/u8:2+netns), which lists cut at their margin, and in between that of its last
   * one (kworker/u8:2-flush-8:0); where it does not, up to 4.17, any may be.
   */
  public boolean mayCleanUp() {
    Matcher worker = WORKER.matcher(comm);
    return worker.matches() && (worker.group(1) == null || NETNS_QUEUE.startsWith(worker.group(1)));
  }

  /** Whether it is a worker that is at the work of the namespaces, by its name. */
  public boolean cleansUp() {
    return isWorker() && comm.endsWith("+" + NETNS_QUEUE);
  }

  /** As it is now, with the stacks it last showed: that of a running task often reads empty. */
  public Task withLooks(List<List<String>> others) {
    return new Task(origin, pid, comm, kernelThread, state, cpuUse, others, sinceMs, observedAtMs);
  }

  private static List<String> named(List<String> frames) {
    List<String> named = new ArrayList<>();
    int characters = 0;
    List<String> functions =
        frames.stream()
            .filter(it -> !it.isEmpty() && !it.startsWith("0x") && !it.startsWith("["))
            .toList();
    for (String frame : withoutMiddle(functions, MAX_FRAMES, INNERMOST)) {
      String function = SymbolName.withoutCompilerSuffix(frame);
      characters += function.length();
      if (characters > MAX_CHARACTERS) {
        break;
      }
      named.add(function);
    }
    return named;
  }

  /**
   * A stack of at most so many frames: what a task is there for stands far out, what it waits for
   * far in, so what is too much is left out of the middle.
   *
   * @param frames innermost first
   * @param most how many are kept
   * @param innermost how many of these are the innermost
   */
  public static List<String> withoutMiddle(List<String> frames, int most, int innermost) {
    if (frames.size() <= most) {
      return List.copyOf(frames);
    }
    List<String> kept = new ArrayList<>(frames.subList(0, innermost));
    kept.addAll(frames.subList(frames.size() - (most - innermost), frames.size()));
    return List.copyOf(kept);
  }
}
