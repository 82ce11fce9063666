package io.netnswatch.collector.proc;

import io.netnswatch.collector.netns.NamespaceCommand;
import io.netnswatch.schema.BlockedAt;
import io.netnswatch.schema.FragmentCounter;
import io.netnswatch.schema.FragmentProtocol;
import io.netnswatch.schema.InterestReason;
import io.netnswatch.schema.NetnsCounts;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TaskCounts;
import io.netnswatch.schema.TaskOfInterest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes snapshots of one host's {@code /proc}. Remembers the one before, to measure CPU use and how
 * long tasks have been blocked.
 *
 * <p>Light by looking twice: {@code stat} of every process, and more only of those that are hot,
 * blocked or run a namespace command. Only thread group leaders are seen; a creation that hangs in
 * another thread of a program is not. Not thread-safe.
 */
public final class ProcSampler {

  /**
   * A snapshot without its envelope, and the namespace commands seen in it.
   *
   * @param snapshot all fields but the envelope's are set
   * @param commands processes running namespace commands
   */
  public record Sample(ProcSnapshot.Builder snapshot, List<NamespaceTask> commands) {}

  /** From this use of a CPU on a kernel thread is of interest. */
  private static final double HOT_CPUS = 0.2;

  private static final int MAX_TASKS = 64;
  private static final int MAX_PLACEHOLDER_NAMES = 16;
  private static final int MAX_FRAGMENT_COUNTERS = 64;
  private static final int MAX_UNREADABLE = 16;

  /** Candidates whose stack is read; more D tasks than that are a disk that hangs. */
  private static final int MAX_EXAMINED = 256;

  /** Namespaces are looked for in every sixth snapshot, every 30 s by default. */
  private static final int SNAPSHOTS_PER_NAMESPACE_SCAN = 6;

  /** Of so many namespaces the counters are read in one snapshot, in turn. */
  private static final int NAMESPACES_PER_SNAPSHOT = 32;

  /** A running task's stack is often empty in one reading. */
  private static final int STACK_READINGS = 3;

  /** USER_HZ is 100 on every architecture Linux has left (include/asm-generic/param.h). */
  private static final long MS_PER_TICK = 10;

  private static final Pattern MODULE =
      Pattern.compile(
          "^(nf_defrag_ipv[46]|nf_conntrack\\w*|br_netfilter|veth|vxlan|openvswitch|rxrpc) ",
          Pattern.MULTILINE);

  private static final Pattern PID_PREFIX = Pattern.compile("^\\d+/");

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

  private record TaskId(int pid, long startTicks) {}

  /** A process that may be of interest, by its stat alone. */
  private record Candidate(
      TaskId id, ProcPidStat stat, @Nullable Double cpuUse, boolean hot, boolean mayBeCommand) {

    boolean uninterruptible() {
      return stat.state() == 'D';
    }
  }

  /** Hot kernel threads, then what may be a namespace command, then what else is blocked. */
  private static final Comparator<Candidate> EXAMINED_FIRST =
      Comparator.comparing((Candidate candidate) -> !candidate.hot())
          .thenComparing(candidate -> !candidate.mayBeCommand())
          .thenComparing(Candidate::cpuUse, Comparator.nullsLast(Comparator.reverseOrder()))
          .thenComparing(candidate -> candidate.stat().pid());

  /** A parser of one file. */
  @FunctionalInterface
  private interface Parser<T> {
    @Nullable T parse(String text) throws ProcParseException;
  }

  private final @Nullable Path runNetns;
  private @Nullable Instant previousAt;
  private Map<TaskId, Long> previousTicks = Map.of();
  private Map<TaskId, Instant> blockedSince = Map.of();
  private @Nullable Namespaces namespaces;
  private int snapshots;
  private int nextNamespace;

  /**
   * Begins without memory.
   *
   * @param runNetns where namespaces are bound to names, {@code /run/netns}; null if that was not
   *     recorded
   */
  public ProcSampler(@Nullable Path runNetns) {
    this.runNetns = runNetns;
  }

  /**
   * Takes a snapshot.
   *
   * @param files the host's /proc
   * @param at now
   * @throws IOException if the processes can't be listed or the kernel not be read
   * @throws ProcParseException if {@code stat} is malformed
   */
  public Sample sample(ProcFiles files, Instant at) throws IOException, ProcParseException {
    Reading reading = new Reading(files, at);
    Sample sample = reading.take();
    previousAt = at;
    previousTicks = reading.ticks;
    blockedSince = reading.blocked;
    snapshots++;
    return sample;
  }

  /**
   * Where a process is now.
   *
   * @return null if it is gone or may not be looked at
   */
  public static @Nullable BlockedAt whereIs(ProcFiles files, int pid) {
    try {
      String text = files.read(pid + "/stat");
      if (text == null) {
        return null;
      }
      ProcPidStat stat = ProcPidStat.parse(text);
      String stack = files.read(pid + "/stack");
      return new BlockedAt(
          String.valueOf(stat.state()),
          wchan(files.read(pid + "/wchan")),
          stack == null ? null : ProcPidStack.parse(stack));
    } catch (IOException | ProcParseException e) {
      return null;
    }
  }

  private static @Nullable String wchan(@Nullable String text) {
    return text == null ? null : ProcPidWchan.parse(text);
  }

  /** One snapshot in the making. */
  private final class Reading {

    private final ProcFiles files;
    private final Instant at;
    private final Set<String> unreadable = new LinkedHashSet<>();
    private final Map<TaskId, Long> ticks = new HashMap<>();
    private final Map<TaskId, Instant> blocked = new HashMap<>();
    private final List<NamespaceTask> commands = new ArrayList<>();
    private final int[] byState = new int[6];
    private int omitted;

    Reading(ProcFiles files, Instant at) {
      this.files = files;
      this.at = at;
    }

    Sample take() throws IOException, ProcParseException {
      ProcStat stat = ProcStat.parse(required("stat"));
      Long uptimeMs = uptimeMs();
      Instant bootTime = uptimeMs == null ? stat.bootTime() : at.minusMillis(uptimeMs);
      List<Integer> pids = files.pids();
      List<TaskOfInterest> tasks = tasks(pids, bootTime);
      scanNamespaces(pids);
      String slabinfo = optional("slabinfo");
      String modules = optional("modules");
      String version = optional("version");
      Namespaces seen = namespaces;
      ProcSnapshot.Builder snapshot =
          ProcSnapshot.newBuilder()
              .setCollectedAt(at)
              .setIntervalMs(intervalMs())
              .setUptimeMs(uptimeMs)
              .setKernelVersion(version == null ? "" : version.strip())
              .setCpuCount(stat.cpuCount())
              .setNetnsCounts(
                  new NetnsCounts(
                      seen == null ? null : seen.reachable(),
                      seen == null ? null : seen.named().size(),
                      parsed(slabinfo, Slabinfo::netNamespaces)))
              .setFragmentCounters(fragmentCounters())
              .setPlaceholderCount(seen == null ? null : seen.placeholders().size())
              .setPlaceholderNames(
                  seen == null ? List.of() : limited(seen.placeholders(), MAX_PLACEHOLDER_NAMES))
              .setModulesOfInterest(modules == null ? null : modulesOfInterest(modules))
              .setTaskCounts(
                  new TaskCounts(
                      byState[0], byState[1], byState[2], byState[3], byState[4], byState[5]))
              .setTasksOfInterest(tasks)
              .setTasksOmitted(omitted)
              .setUnreadable(limited(List.copyOf(unreadable), MAX_UNREADABLE));
      return new Sample(snapshot, List.copyOf(commands));
    }

    private List<TaskOfInterest> tasks(List<Integer> pids, Instant bootTime) {
      List<Candidate> candidates = candidates(pids);
      List<TaskOfInterest> tasks = new ArrayList<>();
      for (Candidate candidate : limited(candidates, MAX_EXAMINED)) {
        TaskOfInterest task = examine(candidate, bootTime);
        if (task != null) {
          tasks.add(task);
        }
      }
      for (Candidate candidate :
          candidates.subList(Math.min(candidates.size(), MAX_EXAMINED), candidates.size())) {
        if (candidate.uninterruptible()) {
          blockedForMs(candidate); // keeps its age for when it is examined
          omitted++;
        } else if (candidate.hot()) {
          omitted++;
        }
      }
      return selected(tasks);
    }

    private List<Candidate> candidates(List<Integer> pids) {
      List<Candidate> candidates = new ArrayList<>();
      for (int pid : pids) {
        ProcPidStat stat = pidStat(pid);
        if (stat == null) {
          continue;
        }
        count(stat);
        TaskId id = new TaskId(pid, stat.startTicks());
        ticks.put(id, stat.cpuTicks());
        Double cpuUse = cpuUse(id, stat.cpuTicks());
        boolean hot = stat.kernelThread() && cpuUse != null && cpuUse >= HOT_CPUS;
        boolean mayBeCommand = stat.comm().equals("ip") || stat.comm().equals("unshare");
        if (hot || mayBeCommand || stat.state() == 'D') {
          candidates.add(new Candidate(id, stat, cpuUse, hot, mayBeCommand));
        }
      }
      candidates.sort(EXAMINED_FIRST);
      return candidates;
    }

    /**
     * Neither a crowd of blocked tasks hides the hot worker, nor hot threads a blocked creation.
     */
    private List<TaskOfInterest> selected(List<TaskOfInterest> tasks) {
      List<TaskOfInterest> hot = tasks.stream().filter(ProcSampler::isHot).sorted(HOTTEST).toList();
      List<TaskOfInterest> others =
          tasks.stream().filter(task -> !isHot(task)).sorted(LONGEST_BLOCKED).toList();
      int roomForHot = Math.max(MAX_TASKS / 2, MAX_TASKS - others.size());
      List<TaskOfInterest> selected = new ArrayList<>(limited(hot, roomForHot));
      selected.addAll(limited(others, MAX_TASKS - selected.size()));
      omitted += tasks.size() - selected.size();
      return selected;
    }

    private @Nullable TaskOfInterest examine(Candidate candidate, Instant bootTime) {
      ProcPidStat stat = candidate.stat();
      List<String> stack = stack(stat);
      String wchan = wchan(optional(stat.pid() + "/wchan"));
      NamespaceCommand command = candidate.mayBeCommand() ? command(stat.pid()) : null;
      boolean inNamespaceCode =
          (stack != null && stack.stream().anyMatch(ProcSampler::isNamespaceFunction))
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
        Instant startedAt = bootTime.plusMillis(stat.startTicks() * MS_PER_TICK);
        commands.add(
            new NamespaceTask(
                stat.pid(),
                stat.comm(),
                startedAt.isAfter(at) ? at : startedAt,
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

    private @Nullable List<String> stack(ProcPidStat stat) {
      List<String> stack = null;
      for (int i = 0; i < STACK_READINGS; i++) {
        String text = optional(stat.pid() + "/stack");
        if (text == null) {
          return stack;
        }
        stack = ProcPidStack.parse(text);
        if (!stack.isEmpty() || stat.state() != 'R') {
          return stack;
        }
      }
      return stack;
    }

    private @Nullable NamespaceCommand command(int pid) {
      String cmdline = optional(pid + "/cmdline");
      return cmdline == null ? null : NamespaceCommand.parseCmdline(cmdline);
    }

    private @Nullable ProcPidStat pidStat(int pid) {
      String text = optional(pid + "/stat");
      if (text == null || text.isEmpty()) {
        return null;
      }
      return parsed(text, ProcPidStat::parse);
    }

    private void count(ProcPidStat stat) {
      byState[0]++;
      byState[
          switch (stat.state()) {
            case 'R' -> 1;
            case 'S' -> 2;
            case 'D' -> 3;
            case 'I' -> 4;
            default -> 5;
          }]++;
    }

    private @Nullable Double cpuUse(TaskId id, long ticksNow) {
      Long ticksBefore = previousTicks.get(id);
      Integer intervalMs = intervalMs();
      if (ticksBefore == null || intervalMs == null) {
        return null;
      }
      return (double) (ticksNow - ticksBefore) * MS_PER_TICK / intervalMs;
    }

    private @Nullable Integer intervalMs() {
      Instant before = previousAt;
      if (before == null || !before.isBefore(at)) {
        return null;
      }
      return Math.toIntExact(Math.min(Integer.MAX_VALUE, Duration.between(before, at).toMillis()));
    }

    private void scanNamespaces(List<Integer> pids) {
      if (runNetns == null || snapshots % SNAPSHOTS_PER_NAMESPACE_SCAN != 0) {
        return;
      }
      try {
        namespaces = Namespaces.read(files, pids, runNetns);
      } catch (IOException e) {
        unreadable.add("namespaces: " + e);
      }
    }

    private List<FragmentCounter> fragmentCounters() {
      List<FragmentCounter> found = new ArrayList<>();
      addFragmentCounters(found, "net/", null);
      Namespaces seen = namespaces;
      if (seen == null || seen.inhabited().isEmpty()) {
        return found;
      }
      int turns = Math.min(NAMESPACES_PER_SNAPSHOT, seen.inhabited().size());
      for (int i = 0; i < turns && found.size() < MAX_FRAGMENT_COUNTERS; i++) {
        Namespaces.Inhabited inhabited =
            seen.inhabited().get(nextNamespace++ % seen.inhabited().size());
        nextNamespace %= seen.inhabited().size();
        if (inhabited.pid() != 1) {
          addFragmentCounters(found, inhabited.pid() + "/net/", inhabited);
        }
      }
      return limited(found, MAX_FRAGMENT_COUNTERS);
    }

    private void addFragmentCounters(
        List<FragmentCounter> found, String directory, Namespaces.@Nullable Inhabited inhabited) {
      addIfUnbalanced(found, optional(directory + "sockstat"), FragmentProtocol.IPV4, inhabited);
      addIfUnbalanced(found, optional(directory + "sockstat6"), FragmentProtocol.IPV6, inhabited);
    }

    private void addIfUnbalanced(
        List<FragmentCounter> found,
        @Nullable String sockstat,
        FragmentProtocol protocol,
        Namespaces.@Nullable Inhabited inhabited) {
      Long memory = parsed(sockstat, Sockstat::fragmentMemory);
      if (memory != null && memory < 0 && stillInside(inhabited)) {
        found.add(
            new FragmentCounter(
                inhabited == null ? null : inhabited.inode(),
                inhabited == null ? null : inhabited.name(),
                inhabited == null ? Integer.valueOf(1) : Integer.valueOf(inhabited.pid()),
                protocol,
                memory));
      }
    }

    /** Process ids are reused: whoever has this one now may live in another namespace. */
    private boolean stillInside(Namespaces.@Nullable Inhabited inhabited) {
      return inhabited == null
          || Long.valueOf(inhabited.inode()).equals(Namespaces.netInode(files, inhabited.pid()));
    }

    /** What a file says; null if it is absent or malformed, and the latter is noted. */
    private <T> @Nullable T parsed(@Nullable String text, Parser<T> parser) {
      try {
        return text == null ? null : parser.parse(text);
      } catch (ProcParseException e) {
        unreadable.add(String.valueOf(e.getMessage()));
        return null;
      }
    }

    private @Nullable Long uptimeMs() {
      return parsed(optional("uptime"), Uptime::parseMs);
    }

    private String required(String file) throws IOException {
      String text = files.read(file);
      if (text == null) {
        throw new IOException("/proc/" + file + " does not exist");
      }
      return text;
    }

    /** A file that may be absent; one that may not be read is noted, once for all processes. */
    private @Nullable String optional(String file) {
      try {
        return files.read(file);
      } catch (IOException e) {
        unreadable.add(
            PID_PREFIX.matcher(file).replaceFirst("PID/") + ": " + e.getClass().getSimpleName());
        return null;
      }
    }
  }

  private static boolean isHot(TaskOfInterest task) {
    return task.getReasons().contains(InterestReason.HOT_KERNEL_THREAD);
  }

  private static List<String> modulesOfInterest(String modules) {
    return MODULE.matcher(modules).results().map(module -> module.group(1)).sorted().toList();
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
