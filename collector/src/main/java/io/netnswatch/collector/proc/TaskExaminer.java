package io.netnswatch.collector.proc;

import io.netnswatch.collector.netns.NamespaceCommand;
import io.netnswatch.schema.BlockedAt;
import io.netnswatch.schema.InterestReason;
import io.netnswatch.schema.TaskOfInterest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks closer at candidates: where they are, and what they run; remembers how long they have been
 * blocked. Not thread-safe.
 */
final class TaskExaminer {

  private static final int MAX_TASKS = 64;

  /** Candidates whose stack is read; more D tasks than that are a disk that hangs. */
  private static final int MAX_EXAMINED = 256;

  /** A running task's stack is often empty in one reading. */
  private static final int STACK_READINGS = 3;

  private static final Set<String> NETNS_FUNCTIONS =
      Set.of("copy_net_ns", "create_new_namespaces", "cleanup_net", "setup_net");

  private static final Comparator<TaskOfInterest> IN_NAMESPACE_CODE_FIRST =
      Comparator.comparing(task -> !task.getReasons().contains(InterestReason.NETNS_STACK));

  private static final Comparator<TaskOfInterest> HOTTEST =
      IN_NAMESPACE_CODE_FIRST
          .thenComparing(TaskOfInterest::getCpuUse, Comparator.nullsLast(Comparator.reverseOrder()))
          .thenComparing(TaskOfInterest::getPid);

  private static final Comparator<TaskOfInterest> LONGEST_BLOCKED =
      IN_NAMESPACE_CODE_FIRST
          .thenComparing(
              TaskOfInterest::getBlockedForMs, Comparator.nullsLast(Comparator.reverseOrder()))
          .thenComparing(TaskOfInterest::getPid);

  private Map<TaskId, Instant> blockedSince = Map.of();

  /** What one examination found. */
  record Result(List<TaskOfInterest> tasks, List<NamespaceTask> commands, int omitted) {}

  /**
   * Looks at candidates.
   *
   * @param candidates most promising first
   * @param at time of the snapshot
   */
  Result look(ProcReading reading, List<Candidate> candidates, Instant bootTime, Instant at) {
    Examination examination = new Examination(reading, bootTime, at);
    Result result = examination.of(candidates);
    blockedSince = examination.blocked;
    return result;
  }

  /** Where a task is. */
  static @Nullable BlockedAt whereIs(ProcReading reading, String directory) {
    ProcPidStat stat = TaskSurvey.stat(reading, directory + "/stat");
    if (stat == null) {
      return null;
    }
    String stack = reading.optional(directory + "/stack");
    return new BlockedAt(
        String.valueOf(stat.state()),
        wchan(reading, directory),
        stack == null ? null : ProcPidStack.parse(stack));
  }

  private static @Nullable String wchan(ProcReading reading, String directory) {
    return reading.parsed(reading.optional(directory + "/wchan"), ProcPidWchan::parse);
  }

  /** One examination in the making. */
  private final class Examination {

    private final ProcReading reading;
    private final Instant bootTime;
    private final Instant at;
    private final Map<TaskId, Instant> blocked = new HashMap<>();
    private final List<NamespaceTask> commands = new ArrayList<>();
    private int omitted;

    Examination(ProcReading reading, Instant bootTime, Instant at) {
      this.reading = reading;
      this.bootTime = bootTime;
      this.at = at;
    }

    Result of(List<Candidate> candidates) {
      int examined = Math.min(candidates.size(), MAX_EXAMINED);
      List<TaskOfInterest> tasks = new ArrayList<>();
      for (Candidate candidate : candidates.subList(0, examined)) {
        TaskOfInterest task = examine(candidate);
        if (task != null) {
          tasks.add(task);
        }
      }
      for (Candidate candidate : candidates.subList(examined, candidates.size())) {
        if (candidate.uninterruptible()) {
          blockedForMs(candidate); // keeps its age for when it is examined
          omitted++;
        } else if (candidate.hot()) {
          omitted++;
        }
      }
      List<TaskOfInterest> selected = selected(tasks);
      return new Result(selected, List.copyOf(commands), omitted);
    }

    /**
     * Neither a crowd of blocked tasks hides the hot worker, nor hot threads a blocked creation.
     */
    private List<TaskOfInterest> selected(List<TaskOfInterest> tasks) {
      List<TaskOfInterest> hot =
          tasks.stream().filter(TaskExaminer::isHot).sorted(HOTTEST).toList();
      List<TaskOfInterest> others =
          tasks.stream().filter(task -> !isHot(task)).sorted(LONGEST_BLOCKED).toList();
      int roomForHot = Math.max(MAX_TASKS / 2, MAX_TASKS - others.size());
      List<TaskOfInterest> selected = new ArrayList<>(limited(hot, roomForHot));
      selected.addAll(limited(others, MAX_TASKS - selected.size()));
      omitted += tasks.size() - selected.size();
      return selected;
    }

    private @Nullable TaskOfInterest examine(Candidate candidate) {
      ProcPidStat stat = candidate.stat();
      List<String> stack = stack(candidate);
      String wchan = wchan(reading, candidate.directory());
      NamespaceCommand command = candidate.mayBeCommand() ? command(candidate) : null;
      boolean inNamespaceCode =
          (stack != null && stack.stream().anyMatch(TaskExaminer::isNamespaceFunction))
              || (wchan != null && isNamespaceFunction(wchan));
      boolean uninterruptible = candidate.uninterruptible();
      List<InterestReason> reasons = new ArrayList<>();
      addIf(reasons, candidate.hot(), InterestReason.HOT_KERNEL_THREAD);
      addIf(reasons, uninterruptible, InterestReason.UNINTERRUPTIBLE);
      addIf(reasons, inNamespaceCode, InterestReason.NETNS_STACK);
      addIf(reasons, command != null, InterestReason.NETNS_COMMAND);
      if (reasons.isEmpty()) {
        return null;
      }
      if (command != null && command.command() != null) {
        Instant startedAt = startOf(stat);
        commands.add(
            new NamespaceTask(
                stat.pid(),
                stat.comm(),
                startedAt,
                command.command(),
                command.netnsName(),
                new BlockedAt(String.valueOf(stat.state()), wchan, stack)));
      }
      return TaskOfInterest.newBuilder()
          .setPid(stat.pid())
          .setComm(stat.comm())
          .setKernelThread(stat.kernelThread())
          .setState(String.valueOf(stat.state()))
          .setCpuUse(candidate.cpuUse())
          .setWchan(wchan)
          .setStack(stack)
          .setBlockedForMs(uninterruptible || inNamespaceCode ? blockedForMs(candidate) : null)
          .setNetnsArguments(command == null ? null : command.arguments())
          .setReasons(reasons)
          .build();
    }

    /** Absurd numbers of ticks are no reason to fail: it did not start after now. */
    private Instant startOf(ProcPidStat stat) {
      long latest = Duration.between(bootTime, at).toMillis() / TaskSurvey.MS_PER_TICK;
      long ticks = Math.max(0, Math.min(stat.startTicks(), latest));
      return bootTime.plusMillis(ticks * TaskSurvey.MS_PER_TICK);
    }

    /** A running task is not blocked, wherever its stack says it is. */
    private @Nullable Long blockedForMs(Candidate candidate) {
      if (candidate.stat().state() == 'R') {
        return null;
      }
      Instant since = blockedSince.getOrDefault(candidate.id(), at);
      Instant notAfterNow = since.isAfter(at) ? at : since; // the clock was set back
      blocked.put(candidate.id(), notAfterNow);
      return Duration.between(notAfterNow, at).toMillis();
    }

    private @Nullable List<String> stack(Candidate candidate) {
      List<String> stack = null;
      for (int i = 0; i < STACK_READINGS; i++) {
        String text = reading.optional(candidate.directory() + "/stack");
        if (text == null) {
          return stack;
        }
        stack = ProcPidStack.parse(text);
        if (!stack.isEmpty() || candidate.stat().state() != 'R') {
          return stack;
        }
      }
      return stack;
    }

    private @Nullable NamespaceCommand command(Candidate candidate) {
      String cmdline = reading.optional(candidate.directory() + "/cmdline");
      return cmdline == null ? null : NamespaceCommand.parseCmdline(cmdline);
    }
  }

  private static boolean isHot(TaskOfInterest task) {
    return task.getReasons().contains(InterestReason.HOT_KERNEL_THREAD);
  }

  private static boolean isNamespaceFunction(String function) {
    int suffix = function.indexOf('.');
    return NETNS_FUNCTIONS.contains(suffix < 0 ? function : function.substring(0, suffix));
  }

  private static void addIf(
      List<InterestReason> reasons, boolean condition, InterestReason reason) {
    if (condition) {
      reasons.add(reason);
    }
  }

  private static <T> List<T> limited(List<T> list, int limit) {
    return list.size() <= limit ? list : list.subList(0, limit);
  }
}
