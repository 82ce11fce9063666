package io.netnswatch.collector.proc;

import io.netnswatch.collector.netns.NamespaceCommand;
import io.netnswatch.detection.cause.Reading;
import io.netnswatch.detection.cause.Role;
import io.netnswatch.detection.cause.StackReader;
import io.netnswatch.detection.cause.Task;
import io.netnswatch.detection.cause.WaitKind;
import io.netnswatch.schema.BlockedAt;
import io.netnswatch.schema.InterestReason;
import io.netnswatch.schema.KernelLogEntry;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.StackLook;
import io.netnswatch.schema.TaskOfInterest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads more of candidates: where they are, and what they run; remembers how long they have been
 * blocked. Not thread-safe.
 */
final class TaskExaminer {

  /** Candidates whose stack is read; more D tasks than that are a disk that hangs. */
  private static final int MAX_EXAMINED = 256;

  /** Of them programs that run: on a host with many CPUs many do. */
  private static final int MAX_RUNNING_EXAMINED = 48;

  /**
   * Looks at the stack of a running task: the kernel shows it only while the task waits for a CPU.
   */
  private static final int LOOKS = 5;

  /** And so many for what they are known for or named. */
  private static final int MAX_FIRST_EXAMINED = 160;

  private static final Comparator<Known> LONGEST_AGO = Comparator.comparing(Known::examinedIn);

  private static final Comparator<Known> SUSPECTS_THEN_OLDEST =
      Comparator.comparing((Known it) -> !it.roles().contains(KernelRole.CLEANUP))
          .thenComparing(it -> !it.roles().contains(KernelRole.PERNET))
          .thenComparing(it -> it.role() != Role.RTNL_OWNER)
          .thenComparing(Known::since);

  private static final Known NEVER = new Known(0, 0, Set.of(), null, List.of());

  private Map<TaskId, Known> known = Map.of();
  private Map<TaskId, Long> commandSince = Map.of();
  private final HungTasks hung = new HungTasks();
  private int examinations;
  private boolean rtnlOwnerSought;
  private boolean rtnlAwaitedBefore;

  /**
   * What is known of a candidate.
   *
   * @param since the kernel's time at which it was first seen blocked
   * @param examinedIn number of the examination that read its stack; 0 for none
   * @param roles what the stack said
   * @param role what it has to do with namespaces; null if nothing, or not known
   * @param frames its stack; empty if that was not read
   */
  private record Known(
      long since,
      int examinedIn,
      Set<KernelRole> roles,
      @Nullable Role role,
      List<String> frames) {}

  /**
   * What one examination found.
   *
   * @param blockedCreations tasks inside the creation of a namespace, those left out included; null
   *     if blocked tasks exist and of none a stack or wchan could be read
   * @param omitted tasks of interest that are left out
   */
  record Result(
      List<TaskOfInterest> tasks,
      List<NamespaceTask> commands,
      @Nullable Integer blockedCreations,
      int omitted) {}

  /** Tasks whose stack concerned namespaces when last examined. */
  Set<TaskId> followed() {
    return known.entrySet().stream()
        .filter(it -> !it.getValue().roles().isEmpty())
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Forgets how long tasks have been blocked: the clock is another one. */
  void forget() {
    known = Map.of();
    commandSince = Map.of();
  }

  /**
   * Reads candidates.
   *
   * @param candidates most promising first
   * @param log what the kernel's log said since the examination before
   */
  Result examine(
      ProcReading reading, List<Candidate> candidates, List<KernelLogEntry> log, Moment now) {
    examinations++;
    hung.begin(log);
    Examination examination = new Examination(reading, now);
    Result result = examination.result(inTurn(candidates));
    known = examination.knownNow;
    commandSince = examination.commandSinceNow;
    rtnlAwaitedBefore = examination.rtnlAwaited;
    rtnlOwnerSought = examination.rtnlAwaited && !examination.rtnlHeld;
    return result;
  }

  /** Whether a task has been waiting for rtnl, and none of those examined holds it. */
  boolean isRtnlOwnerSought() {
    return rtnlOwnerSought;
  }

  /**
   * Those that concern namespaces by what was seen of them or by their name first, but not so many
   * that others get no turn: any of the blocked may be a creation.
   */
  private List<Candidate> inTurn(List<Candidate> candidates) {
    List<Candidate> first = new ArrayList<>();
    List<Candidate> blocked = new ArrayList<>();
    List<Candidate> running = new ArrayList<>();
    for (Candidate candidate : candidates) {
      if (candidate.hotKernelThread() || candidate.followed() || candidate.mayBeCommand()) {
        first.add(candidate);
      } else if (!candidate.runningProgram()) {
        blocked.add(candidate);
      } else if (running.size() < MAX_RUNNING_EXAMINED) {
        running.add(candidate);
      }
    }
    first.sort(Comparator.comparing(this::known, SUSPECTS_THEN_OLDEST));
    List<Candidate> inTurn = new ArrayList<>(limited(first, MAX_FIRST_EXAMINED));
    blocked.addAll(first.subList(inTurn.size(), first.size()));
    blocked.sort(Comparator.comparing(this::known, LONGEST_AGO));
    int room = Math.max(0, MAX_EXAMINED - inTurn.size() - running.size());
    List<Candidate> next = limited(blocked, room);
    inTurn.addAll(next);
    inTurn.addAll(running);
    inTurn.addAll(blocked.subList(next.size(), blocked.size()));
    return inTurn;
  }

  private Known known(Candidate candidate) {
    return known.getOrDefault(candidate.id(), NEVER);
  }

  /** Where a task is. */
  static @Nullable BlockedAt whereIs(ProcReading reading, String directory) {
    ProcPidStat stat = reading.stat(directory);
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

  /** What the stacks of a task say of it; null if nothing of namespaces. */
  static @Nullable Reading read(
      ProcPidStat stat, @Nullable Double cpuUse, List<List<String>> looks, @Nullable String wchan) {
    return StackReader.read(
        Task.of(
            Task.Origin.PROC,
            stat.pid(),
            stat.comm(),
            stat.kernelThread(),
            String.valueOf(stat.state()),
            cpuUse,
            looks,
            wchan,
            null,
            0));
  }

  /** A candidate and what its files said so far. */
  private static final class Examined {

    final Candidate candidate;
    private final @Nullable String wchan;
    private @Nullable List<String> stack;
    private final boolean readable;
    private @Nullable KernelLogEntry report;
    private final List<List<String>> moreStacks = new ArrayList<>();

    Examined(ProcReading reading, Candidate candidate) {
      this.candidate = candidate;
      look(reading);
      this.wchan = wchan(reading, candidate.directory());
      this.readable = stack != null || wchan != null;
    }

    /** Where it hangs by the kernel's log, if its stack can't be read. */
    void take(HungTasks hung, Moment now) {
      if (stack == null || stack.isEmpty()) {
        report = hung.report(candidate, wchan, now);
        stack = report == null ? stack : report.getStack();
      }
    }

    /** How long it has been so by the kernel's log; 0 if that says nothing. */
    long hungForMs(Moment now) {
      return report == null ? 0 : HungTasks.hungForMs(report, now);
    }

    /** Looks at its stack once. */
    void look(ProcReading reading) {
      String text = reading.optional(candidate.directory() + "/stack");
      if (text == null) {
        return;
      }
      List<String> seen = ProcPidStack.parse(text);
      if (stack == null || stack.isEmpty()) {
        stack = seen;
      } else if (!seen.isEmpty() && !seen.equals(stack) && !moreStacks.contains(seen)) {
        moreStacks.add(seen);
      }
    }

    /** Whether another look may show more: nothing is to be had of one that can't be read. */
    boolean deservesMoreLooks() {
      return stack != null && (candidate.hot() || candidate.stat().state() == 'R');
    }

    boolean readable() {
      return readable;
    }

    Set<KernelRole> roles() {
      Set<KernelRole> roles = EnumSet.noneOf(KernelRole.class);
      roles.addAll(OfInterest.rolesOf(stack == null ? List.of() : stack));
      moreStacks.forEach(look -> roles.addAll(OfInterest.rolesOf(look)));
      roles.addAll(OfInterest.rolesOf(wchan == null ? List.of() : List.of(wchan)));
      return roles;
    }

    /** Null of a task that has nothing to do with namespaces, or does not show it. */
    @Nullable Reading reading(Set<KernelRole> roles) {
      List<List<String>> looks = new ArrayList<>(moreStacks);
      looks.add(stack == null ? List.of() : stack);
      return roles.isEmpty() ? null : read(candidate.stat(), candidate.cpuUse(), looks, wchan);
    }
  }

  /** One examination in the making. */
  private final class Examination {

    private final ProcReading reading;
    private final Moment now;
    private final Map<TaskId, Known> knownNow = new HashMap<>();
    private final Map<TaskId, Long> commandSinceNow = new HashMap<>();
    private final List<NamespaceTask> commands = new ArrayList<>();
    private final TaskSelection selection = new TaskSelection();
    private int creations;
    private boolean blockedUnreadable;
    private boolean blockedReadable;
    private boolean rtnlAwaited;
    private boolean rtnlHeld;

    Examination(ProcReading reading, Moment now) {
      this.reading = reading;
      this.now = now;
    }

    Result result(List<Candidate> candidates) {
      int count = Math.min(candidates.size(), MAX_EXAMINED);
      for (Examined task : looked(candidates.subList(0, count))) {
        add(task);
      }
      int omitted = 0;
      for (Candidate candidate : candidates.subList(count, candidates.size())) {
        if (candidate.uninterruptible()) {
          // Keeps its age, and what it was in, for when it is examined.
          Known before =
              known.getOrDefault(
                  candidate.id(), new Known(now.kernelMs(), 0, Set.of(), null, List.of()));
          knownNow.put(candidate.id(), before);
          creations += before.roles().contains(KernelRole.CREATION) ? 1 : 0;
          omitted++;
        } else if (candidate.hotKernelThread()) {
          omitted++;
        }
      }
      List<TaskOfInterest> tasks = selection.tasks();
      boolean unknown = creations == 0 && blockedUnreadable && !blockedReadable;
      return new Result(
          tasks,
          List.copyOf(commands),
          unknown ? null : Integer.valueOf(creations),
          omitted + selection.size() - tasks.size());
    }

    /** Rounds rather than one task after the other: a moment passes between two looks. */
    private List<Examined> looked(List<Candidate> candidates) {
      List<Examined> tasks = new ArrayList<>();
      candidates.forEach(candidate -> tasks.add(new Examined(reading, candidate)));
      List<Examined> running = tasks.stream().filter(Examined::deservesMoreLooks).toList();
      for (int look = 1; look < LOOKS; look++) {
        running.forEach(task -> task.look(reading));
      }
      tasks.forEach(task -> task.take(hung, now));
      return tasks;
    }

    private void add(Examined task) {
      Candidate candidate = task.candidate;
      ProcPidStat stat = candidate.stat();
      Set<KernelRole> roles = task.roles();
      Reading read = task.reading(roles);
      NamespaceCommand command = candidate.mayBeCommand() ? command(candidate) : null;
      boolean uninterruptible = candidate.uninterruptible();
      creations += roles.contains(KernelRole.CREATION) ? 1 : 0;
      blockedReadable |= uninterruptible && task.readable();
      blockedUnreadable |= uninterruptible && !task.readable();
      List<InterestReason> reasons = new ArrayList<>();
      addIf(reasons, candidate.hotKernelThread(), InterestReason.HOT_KERNEL_THREAD);
      addIf(reasons, uninterruptible, InterestReason.UNINTERRUPTIBLE);
      addIf(reasons, concernsNamespaces(candidate, roles, read), InterestReason.NETNS_STACK);
      addIf(reasons, command != null, InterestReason.NETNS_COMMAND);
      if (reasons.isEmpty()) {
        return;
      }
      Long blockedForMs = uninterruptible || !roles.isEmpty() ? blockedForMs(task, read) : null;
      Role role = read == null ? null : read.role();
      if (read != null) {
        rtnlHeld |= read.ownsRtnl();
        rtnlAwaited |= read.waitsFor() == WaitKind.RTNL && blockedForMs != null && blockedForMs > 0;
      }
      remember(task, blockedForMs, roles, role);
      if (command != null && command.command() != null) {
        commands.add(namespaceTask(task, command.command(), command.netnsName()));
      }
      selection.add(
          TaskOfInterest.newBuilder()
              .setPid(stat.pid())
              .setComm(stat.comm())
              .setKernelThread(stat.kernelThread())
              .setState(String.valueOf(stat.state()))
              .setCpuUse(candidate.cpuUse())
              .setWchan(task.wchan)
              .setStack(task.stack)
              .setBlockedForMs(blockedForMs)
              .setNetnsArguments(command == null ? null : command.arguments())
              .setReasons(reasons)
              .setTgid(candidate.tgid())
              .setMoreStacks(task.moreStacks.stream().map(StackLook::new).toList())
              .build(),
          roles,
          role);
    }

    /**
     * A program that runs and for a moment asks for or sets up a device is nobody's business,
     * unless others have been waiting for that.
     */
    private boolean concernsNamespaces(
        Candidate candidate, Set<KernelRole> roles, @Nullable Reading read) {
      boolean owns = read != null && read.role() == Role.RTNL_OWNER;
      boolean ownsAsleep = owns && candidate.stat().state() == 'S';
      boolean ownsAwaited = owns && rtnlAwaitedBefore;
      boolean devicesOnly = roles.equals(Set.of(KernelRole.RTNL));
      return !roles.isEmpty()
          && (!devicesOnly
              || candidate.uninterruptible()
              || candidate.hot()
              || ownsAsleep
              || ownsAwaited);
    }

    private void remember(
        Examined task, @Nullable Long blockedForMs, Set<KernelRole> roles, @Nullable Role role) {
      long since = now.kernelMs() - (blockedForMs == null ? 0 : blockedForMs);
      List<String> frames = task.stack == null ? List.of() : task.stack;
      knownNow.put(
          task.candidate.id(), new Known(since, examinations, Set.copyOf(roles), role, frames));
    }

    /** A running task is not blocked, wherever its stack says it is. */
    private @Nullable Long blockedForMs(Examined task, @Nullable Reading read) {
      Candidate candidate = task.candidate;
      if (candidate.stat().state() == 'R') {
        return null;
      }
      Known before = known.get(candidate.id());
      long seenMs =
          before == null || isAnew(task, before, read) ? 0 : now.kernelMs() - before.since();
      return Math.max(task.hungForMs(now), seenMs);
    }

    /** Many take rtnl time and again: one that ran since, or was elsewhere, has it anew. */
    private boolean isAnew(Examined task, Known before, @Nullable Reading read) {
      boolean ofRtnl =
          read != null && (read.role() == Role.RTNL_WAITER || read.role() == Role.RTNL_OWNER);
      boolean ran = Task.hasRun(task.candidate.cpuUse());
      boolean elsewhere =
          task.stack != null && !before.frames().isEmpty() && !before.frames().equals(task.stack);
      return ofRtnl && (ran || elsewhere);
    }

    /**
     * Its age is by the kernel's clock, which a suspended host's stands still: one that was no
     * command in the snapshot before is no older than that.
     */
    private NamespaceTask namespaceTask(
        Examined task, NetnsCommand command, @Nullable String netnsName) {
      ProcPidStat stat = task.candidate.stat();
      long ageMs = now.ageMs(stat);
      Integer intervalMs = now.intervalMs();
      Long since = commandSince.get(task.candidate.id());
      if (since != null) {
        ageMs = Math.max(0, now.kernelMs() - since);
      } else if (intervalMs != null) {
        ageMs = Math.min(ageMs, intervalMs);
      }
      commandSinceNow.put(task.candidate.id(), now.kernelMs() - ageMs);
      return new NamespaceTask(
          stat.pid(),
          stat.startTicks(),
          stat.comm(),
          Duration.ofMillis(ageMs),
          command,
          netnsName,
          new BlockedAt(String.valueOf(stat.state()), task.wchan, task.stack));
    }

    private @Nullable NamespaceCommand command(Candidate candidate) {
      String cmdline = reading.optional(candidate.directory() + "/cmdline");
      return cmdline == null ? null : NamespaceCommand.parseCmdline(cmdline);
    }
  }

  private static <T> List<T> limited(List<T> list, int limit) {
    return list.size() <= limit ? list : list.subList(0, limit);
  }

  private static void addIf(
      List<InterestReason> reasons, boolean condition, InterestReason reason) {
    if (condition) {
      reasons.add(reason);
    }
  }
}
