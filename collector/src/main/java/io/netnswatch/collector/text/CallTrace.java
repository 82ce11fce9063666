package io.netnswatch.collector.text;

import io.netnswatch.detection.cause.CpuTime;
import io.netnswatch.detection.cause.KernelFunctions;
import io.netnswatch.detection.cause.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The frames of a trace as the kernel prints them to its log, brought to what /proc/PID/stack would
 * show: without interrupts, probes, the scheduler and locks on top, but for the softirqs that a CPU
 * was at; and without frames marked {@code ?}, which are leftovers on the stack, unless nothing
 * else says where the task is. Not thread-safe.
 */
final class CallTrace {

  private static final int MAX_READ = 128;

  /** As many as an event carries. */
  static final int MAX_FRAMES = 32;

  /** Of a deeper stack so many of the innermost frames. */
  private static final int INNERMOST = 12;

  private static final int MAX_NAME = 256;

  /** Of a stack whose frames are all marked with {@code ?}. */
  static final String UNRELIABLE =
      "its stack is made of frames that the kernel marks as unreliable (?)";

  /**
   * {@code ? [<ffffffff81>] [<…>] name+0x1/0x2 [module] (file.c:12)}, and as scripts resolve it:
   * {@code name (net/core/x.c:12)}, {@code name file.c:12 [inline]}; people write behind it what
   * they have to say: {@code name+0x1/0x2 <-- waits here}.
   */
  private static final Pattern FRAME =
      Pattern.compile(
          "^\\s*(?:=> )?(\\? ?)?(?:\\[<[0-9a-fx?]{1,16}>\\] ?){0,3}(?:\\[ ?[0-9a-f]{8,16}\\] ){0,2}(\\?"
              + " ?)?\\.?([A-Za-z_$][\\w.$]{1,255})(?:\\+0x[0-9a-f]{1,8}(?:/0x[0-9a-f]{1,8})?)(?:"
              + " \\[[\\w\\s:.-]{1,128}\\])?(?: \\(?[\\w./-]{1,200}:\\d{1,6}[^)]{0,40}\\)?)?(?:"
              + " \\[inline\\])?(?: \\(unreliable\\))?(?:\\s+(?:(?:<[-=<]{1,3}|[←⇐]|//|#|/\\*) ?.{1,160}|\\(\\w[^()]{0,80}\\)))?\\s*$");

  /**
   * 32-bit ARM: {@code [<c06a1b3c>] (netdev_run_todo) from [<c06b01d0>] (rtnl_unlock+0x14/0x18)},
   * from 5.18 on {@code netdev_run_todo from rtnl_unlock+0x14/0x18}.
   */
  private static final Pattern FROM =
      Pattern.compile(
          "^\\s*(?:\\[<[0-9a-f]{1,16}>\\] ?)?\\(?([A-Za-z_$][\\w.$]{1,255})(?:\\+0x[0-9a-f/x]{1,24})?\\)?(?:"
              + " \\[\\w+\\])? from (?:\\[<[0-9a-f]{1,16}>\\]"
              + " ?)?\\(?([A-Za-z_$][\\w.$]{1,255})\\+0x[0-9a-f]{1,8}(?:/0x[0-9a-f]{1,8})?(?:"
              + " \\[\\w+\\])?\\)?\\s*$");

  private static final Pattern RESOLVED =
      Pattern.compile(
          "^\\s*(\\? )?([A-Za-z_$][\\w.$]{1,255}) \\(?[\\w./-]{1,200}\\.[chS]:\\d{1,6}"
              + "(?: \\(discriminator \\d+\\))?(?: [\\w./-]{1,200}\\.[chS]:\\d{1,6}(?:"
              + " \\(discriminator \\d+\\))?){0,8}\\)?(?: (?:\\[inline\\]|\\(inlined\\)))?(?:"
              + " \\[?\\w{1,64}\\]?)?\\s*$");

  /** {@code RIP: 0010:name+0x1/0x2}, {@code RIP: 0010:[<…>] [<…>] name+…}, {@code pc : name+…}. */
  private static final Pattern INSTRUCTION =
      Pattern.compile(
          "^\\s*(?:[RE]?IP: (?:[0-9a-f]{4}:)?|(?:pc|PC) (?:is at|:) )(?:\\[<[0-9a-f]{1,16}>\\]"
              + "\\s{0,3}){0,2}\\s*([A-Za-z_$][\\w.$]{1,255})\\+0x");

  private record Frame(String function, boolean reliable) {}

  /** Where a report leaves out offsets: a name alone, where a frame is expected. */
  private static final Pattern BARE =
      Pattern.compile(
          "^\\s*(?:=> )?(\\? ?)?(?:\\[<[0-9a-fx?]{1,16}>\\] ?)?(\\? ?)?([a-z_][a-zA-Z0-9_]{2,127}(?:\\.[\\w.]{1,64})?)(?:"
              + " \\[\\w{1,64}\\])?\\s*$");

  private final List<Frame> frames = new ArrayList<>();
  private @Nullable String instruction;
  private int insideInterrupt;
  private boolean interrupted;
  private @Nullable String softirq;

  /** The function of a frame's line; null if it is none. */
  static @Nullable String functionOf(String line) {
    Matcher frame = FRAME.matcher(line);
    if (frame.matches()) {
      return frame.group(3);
    }
    Matcher resolved = RESOLVED.matcher(line);
    return resolved.matches() ? resolved.group(2) : null;
  }

  /** Takes a line if it is a frame, or belongs between frames. */
  boolean accept(String line) {
    if (line.length() > 512) {
      return false;
    }
    Matcher frame = FRAME.matcher(line);
    if (frame.matches()) {
      add(frame.group(3), frame.group(1) == null && frame.group(2) == null);
      return true;
    }
    Matcher resolved = RESOLVED.matcher(line);
    if (resolved.matches()) {
      add(resolved.group(2), resolved.group(1) == null);
      return true;
    }
    Matcher from = line.contains(" from ") ? FROM.matcher(line) : null;
    if (from != null && from.matches()) {
      if (frames.isEmpty()) {
        add(from.group(1), true);
      }
      add(from.group(2), true);
      return true;
    }
    Matcher bare = line.indexOf('_') > 0 || !frames.isEmpty() ? BARE.matcher(line) : null;
    if (bare != null && bare.matches() && isLikely(bare.group(3))) {
      add(bare.group(3), bare.group(1) == null && bare.group(2) == null);
      return true;
    }
    Matcher at = INSTRUCTION.matcher(line);
    if (at.find()) {
      if (frames.isEmpty()) {
        instruction = at.group(1);
      } else {
        // Printed within the trace: below it stands what was interrupted.
        add("asm_exc_nmi", true);
        add(at.group(1), true);
      }
      return true;
    }
    String mark = line.strip();
    switch (mark) {
      case "<IRQ>", "<NMI>", "<#DB>", "<SOFTIRQ>" -> insideInterrupt++;
      case "</IRQ>", "</NMI>", "<EOI>", "<<EOE>>", "</#DB>", "</SOFTIRQ>" -> insideInterrupt = 0;
      case "<TASK>", "</TASK>" -> {}
      default -> {
        return acceptMarked(line, mark);
      }
    }
    return true;
  }

  /** Old kernels print the mark in the frame's own line: {@code <IRQ> [<…>] name+…}. */
  private boolean acceptMarked(String line, String mark) {
    boolean begins = mark.startsWith("<IRQ> ") || mark.startsWith("<NMI> ");
    boolean ends = mark.startsWith("<EOI> ") || mark.startsWith("<<EOE>> ");
    if (!begins && !ends) {
      return false;
    }
    insideInterrupt = begins ? insideInterrupt + 1 : 0;
    return accept(line.substring(line.indexOf('>') + (mark.startsWith("<<") ? 2 : 1)));
  }

  /** A word of prose may stand alone in its line; functions of the kernel are seldom one word. */
  private static boolean isLikely(String name) {
    return name.indexOf('_') >= 0
        || TraceFrames.isScheduler(name)
        || KernelFunctions.isPrimitive(name)
        || name.equals("kthread");
  }

  private void add(String function, boolean reliable) {
    if (insideInterrupt > 0 && reliable && frames.isEmpty()) {
      instruction = null; // that of the interrupt, whose frames these are
      interrupted = true;
    }
    if (reliable && TraceFrames.runsSoftirqs(function)) {
      softirq = function; // no dump comes from there: the CPU was at it
    }
    if (insideInterrupt == 0 && frames.size() < MAX_READ) {
      String name = function.length() <= MAX_NAME ? function : function.substring(0, MAX_NAME);
      frames.add(new Frame(name, reliable));
    }
  }

  boolean isEmpty() {
    return frames.isEmpty();
  }

  /**
   * Whether the kernel printed a stack, innermost first, because of something that its task just
   * did, such as a warning: it does not show where that is or stays.
   */
  static boolean isOfAMoment(List<String> stack) {
    int warned = TraceFrames.firstOfWarning(stack);
    return warned >= 0
        && warned < INNERMOST
        && stack.subList(0, warned).stream()
            .allMatch(it -> TraceFrames.isDumper(TraceFrames.withoutSuffix(it)));
  }

  /** Whether it is only what lay about on the stack, marked with {@code ?}. */
  boolean isUnreliable() {
    List<String> reliable = normalized(true);
    return !TraceFrames.anyOfNamespaces(reliable) && TraceFrames.anyOfNamespaces(normalized(false));
  }

  /** Whether the task was running: an instruction was shown, or no scheduler is on top. */
  boolean wasRunning() {
    List<String> all = functions(true);
    return instruction != null
        || interrupted
        || (!all.isEmpty() && all.stream().limit(3).noneMatch(TraceFrames::isScheduler));
  }

  /** Whether it was an interrupt's work, on the stack of a task that has nothing to do with it. */
  boolean isOfInterrupt() {
    return interrupted || functions(true).stream().anyMatch(TraceFrames::isInterrupt);
  }

  /** Whether a probe that somebody set printed it. */
  boolean isOfProbe() {
    return frames.stream().map(Frame::function).anyMatch(TraceFrames::isProbe);
  }

  /** Function names as /proc shows them, innermost first, at most {@value #MAX_FRAMES}. */
  List<String> stack() {
    return normalized(!isUnreliable());
  }

  private List<String> normalized(boolean reliableOnly) {
    List<String> stack = withoutDumpers(functions(reliableOnly));
    String at = instruction;
    if (at != null && (stack.isEmpty() || !stack.get(0).equals(at))) {
      stack = new ArrayList<>(stack);
      stack.add(0, at);
    }
    List<String> shown = withLock(stack);
    String interrupt = softirq;
    if (interrupt == null || shown.isEmpty() || CpuTime.isOfInterrupt(shown)) {
      return shown;
    }
    List<String> whole = new ArrayList<>(shown);
    whole.add(0, interrupt);
    return withoutMiddle(whole);
  }

  private List<String> functions(boolean reliableOnly) {
    return frames.stream()
        .filter(frame -> frame.reliable || !reliableOnly)
        .map(Frame::function)
        .toList();
  }

  /** What an interrupt or a probe did above the task is taken off. */
  private static List<String> withoutDumpers(List<String> stack) {
    int from = 0;
    for (int i = 0; i < stack.size(); i++) {
      String function = TraceFrames.withoutSuffix(stack.get(i));
      if (TraceFrames.isInterrupt(function) || (TraceFrames.isDumper(function) && i - from < 16)) {
        from = i + 1;
      }
    }
    return from >= stack.size() ? stack : stack.subList(from, stack.size());
  }

  /** The scheduler and locks on top are left out, as /proc does. */
  static List<String> asProcShows(List<String> stack) {
    int from = 0;
    while (from < stack.size()
        && TraceFrames.isScheduler(TraceFrames.withoutSuffix(stack.get(from)))) {
      from++;
    }
    return withoutMiddle(from == stack.size() ? stack : stack.subList(from, stack.size()));
  }

  /**
   * The same, but for the lock on top where the function below it does not tell which lock it
   * takes: a mutex and a semaphore are not the same one.
   */
  static List<String> withLock(List<String> stack) {
    List<String> shown = asProcShows(stack);
    int from = shown.isEmpty() ? 0 : stack.indexOf(shown.get(0));
    boolean locks = from > 0 && TraceFrames.isLock(TraceFrames.withoutSuffix(stack.get(from - 1)));
    if (!locks || KernelFunctions.tellsItsLock(TraceFrames.withoutSuffix(shown.get(0)))) {
      return shown;
    }
    return withoutMiddle(stack.subList(from - 1, stack.size()));
  }

  private static List<String> withoutMiddle(List<String> stack) {
    return Task.withoutMiddle(stack, MAX_FRAMES, INNERMOST);
  }
}
