package io.netnswatch.simulator;

import io.netnswatch.schema.FragmentCounter;
import io.netnswatch.schema.FragmentProtocol;
import io.netnswatch.schema.InterestReason;
import io.netnswatch.schema.KernelLogEntry;
import io.netnswatch.schema.NetnsCounts;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.StackLook;
import io.netnswatch.schema.TaskCounts;
import io.netnswatch.schema.TaskOfInterest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the snapshots of /proc of one host. */
final class Snapshots {

  private static final String CREATION = "copy_net_ns";

  private static final double HOT_CPUS = 0.2;
  private static final int MAX_PLACEHOLDER_NAMES = 16;

  /** {@code netdev_unregister_timeout_secs} (net/core/dev.c). */
  private static final long DEVICE_SAID_EVERY_MS = 10_000;

  private static final String DEVICE = "veth1a2b";

  /** FRAG6 memory 4294948864 of the recordings, read as a signed number. */
  private static final long UNBALANCED_BYTES = -18_432;

  private static final List<String> MODULES =
      List.of("nf_conntrack", "nf_conntrack_ipv6", "nf_defrag_ipv4", "nf_defrag_ipv6", "veth");

  private static final List<String> STACK_UNREADABLE = List.of("PID/stack: AccessDeniedException");

  private final HostSpec host;
  private final Dice dice;
  private final Pids pids;
  private final int namespaces;
  private final int processes;
  private Appearance appearance;
  private long[] blockedSinceMs = new long[0];
  private List<FragmentCounter> fragmentCounters = List.of();
  private boolean logRead;
  private long deviceSaidMs = Long.MIN_VALUE / 2;
  private int leaving;
  private @Nullable Instant previousAt;
  private long previousMs;

  Snapshots(HostSpec host, Dice dice, Pids pids, Appearance appearance) {
    this.host = host;
    this.dice = dice;
    this.pids = pids;
    this.appearance = appearance;
    namespaces = dice.between(4, 14);
    processes = dice.between(60, 90) + 12 * host.cpus();
    begin(appearance);
  }

  void begin(Appearance other) {
    appearance = other;
    logRead = false;
    forgetWhatIsBlocked();
    leaving = (int) other.leaving().uniform(dice);
    fragmentCounters = makeFragmentCounters((int) Math.round(other.unbalanced().uniform(dice)));
  }

  /** A new run of the collector remembers nothing. */
  void forget() {
    previousAt = null;
    logRead = false;
    forgetWhatIsBlocked();
  }

  private void forgetWhatIsBlocked() {
    blockedSinceMs = new long[appearance.threads().size()];
    Arrays.fill(blockedSinceMs, -1);
  }

  /**
   * Takes a snapshot.
   *
   * @param at by the host's clock
   * @param nowMs true time
   * @param uptimeMs milliseconds since boot
   * @param share of the time since the snapshot before in which the condition prevailed
   * @param creations that are running
   */
  ProcSnapshot take(
      CollectorRun run,
      Instant at,
      long nowMs,
      long uptimeMs,
      double share,
      List<RunningCommand> creations) {
    Instant before = previousAt;
    Integer intervalMs =
        before == null || !before.isBefore(at)
            ? null
            : Integer.valueOf((int) (at.toEpochMilli() - before.toEpochMilli()));
    double clockError = intervalMs == null ? 1 : (double) (nowMs - previousMs) / intervalMs;
    List<TaskOfInterest> tasks =
        tasks(nowMs, intervalMs == null ? 0 : share * clockError, creations);
    previousAt = at;
    previousMs = nowMs;
    return ProcSnapshot.newBuilder()
        .setHost(run.host())
        .setBootId(run.bootId())
        .setCollectorStartedAt(run.startedAt())
        .setSequence(run.nextSequence())
        .setCollectedAt(at)
        .setIntervalMs(intervalMs)
        .setUptimeMs(uptimeMs)
        .setKernelRelease(run.kernel().release())
        .setKernelVersion(run.kernel().version())
        .setCpuCount(host.cpus())
        .setNetnsCounts(
            new NetnsCounts(
                namespaces, namespaces - 1, namespaces + Math.max(0, leaving + wobble(leaving))))
        .setFragmentCounters(fragmentCounters)
        .setPlaceholderCount(creations.size())
        .setPlaceholderNames(
            creations.isEmpty()
                ? List.of()
                : creations.stream()
                    .map(RunningCommand::netnsName)
                    .limit(MAX_PLACEHOLDER_NAMES)
                    .toList())
        .setModulesOfInterest(MODULES)
        .setTaskCounts(taskCounts(tasks))
        .setTasksOfInterest(tasks)
        .setTasksOmitted(0)
        .setUnreadable(host.visibility().stacks() || tasks.isEmpty() ? List.of() : STACK_UNREADABLE)
        .setBlockedCreationCount(blockedCreations(tasks))
        .setCreatedNetnsCount(null)
        .setKernelLog(kernelLog(at, nowMs))
        .setKernelLogOmitted(0)
        .build();
  }

  /**
   * What the kernel has said once since the condition began: which tasks died of an oops. And what
   * it says every 10 s: that a device is still referenced.
   */
  private List<KernelLogEntry> kernelLog(Instant at, long nowMs) {
    List<KernelLogEntry> entries = new ArrayList<>(0);
    if (!appearance.takenIn().isEmpty() && nowMs >= deviceSaidMs + DEVICE_SAID_EVERY_MS) {
      deviceSaidMs = nowMs;
      entries.add(
          KernelLogEntry.newBuilder()
              .setLoggedAt(at)
              .setCategory("DEVICE_REFERENCE")
              .setMessage(
                  "unregister_netdevice: waiting for "
                      + DEVICE
                      + " to become free. Usage count = 2")
              .setDevice(DEVICE)
              .setUsageCount(2)
              .build());
      entries.add(
          KernelLogEntry.newBuilder()
              .setLoggedAt(at)
              .setCategory("OTHER")
              .setMessage("ref_tracker: " + DEVICE + " has 1/1 users")
              .setDevice(DEVICE)
              .setStack(shown(appearance.takenIn()))
              .build());
    }
    if (logRead) {
      return List.copyOf(entries);
    }
    logRead = true;
    for (ThreadLook look : appearance.threads()) {
      if (look.isDead()) {
        entries.add(
            KernelLogEntry.newBuilder()
                .setLoggedAt(at)
                .setCategory("WARNING")
                .setMessage("BUG: kernel NULL pointer dereference, address: …")
                .setPid(pids.of(look.comm()))
                .setComm(pids.nameOf(look.comm()))
                .setState(look.state())
                .setStack(shown(look.stacks().get(0)))
                .build());
      }
    }
    return List.copyOf(entries);
  }

  /** The backlog shrinks and grows. */
  private int wobble(int size) {
    return size < 8 ? 0 : dice.between(-size / 8, size / 8);
  }

  /** As the collector counts them: null where tasks are blocked and none shows in what. */
  private static @Nullable Integer blockedCreations(List<TaskOfInterest> tasks) {
    int creations = 0;
    boolean blocked = false;
    boolean readable = false;
    for (TaskOfInterest task : tasks) {
      List<String> stack = task.getStack();
      boolean asleep = task.getState().equals("D");
      blocked |= asleep;
      readable |= asleep && ((stack != null && !stack.isEmpty()) || task.getWchan() != null);
      boolean creates =
          CREATION.equals(task.getWchan()) || (stack != null && stack.contains(CREATION));
      creations += asleep && creates ? 1 : 0;
    }
    return creations == 0 && blocked && !readable ? null : Integer.valueOf(creations);
  }

  private TaskCounts taskCounts(List<TaskOfInterest> tasks) {
    int uninterruptible = 0;
    for (TaskOfInterest task : tasks) {
      uninterruptible += task.getState().equals("D") ? 1 : 0;
    }
    int running =
        (int) (appearance.busy().high() * host.cpus() * (appearance.busy().low() > 0.9 ? 3 : 0.5))
            + dice.below(3);
    int idle = processes / 3;
    int total = processes + tasks.size() + running;
    return new TaskCounts(
        total, running, total - running - uninterruptible - idle, uninterruptible, idle, 0);
  }

  private List<TaskOfInterest> tasks(long nowMs, double share, List<RunningCommand> creations) {
    if (appearance.threads().isEmpty() && creations.isEmpty()) {
      return List.of();
    }
    List<TaskOfInterest> hot = new ArrayList<>();
    List<TaskOfInterest> others = new ArrayList<>();
    for (RunningCommand creation : creations) {
      others.add(creation.task(nowMs, host.visibility()));
    }
    for (int i = 0; i < appearance.threads().size(); i++) {
      TaskOfInterest task = thread(i, nowMs, share);
      if (task != null) {
        (task.getReasons().contains(InterestReason.HOT_KERNEL_THREAD) ? hot : others).add(task);
      }
    }
    hot.addAll(others);
    return hot;
  }

  /** Null if nothing about the thread is of interest now. */
  private @Nullable TaskOfInterest thread(int index, long nowMs, double share) {
    ThreadLook look = appearance.threads().get(index);
    boolean blocked = look.state().equals("D");
    double cpuUse = look.cpus().uniform(dice) * share;
    boolean isHot = look.kernelThread() && share > 0 && cpuUse >= HOT_CPUS;
    // Of a program that runs, collectors read the stack to see whether it concerns namespaces.
    boolean runs =
        !look.kernelThread()
            && !blocked
            && share > 0
            && cpuUse >= HOT_CPUS
            && host.visibility().stacks();
    if (!isHot && !blocked && !runs) {
      return null;
    }
    List<List<String>> looks = looksAt(look);
    List<String> frames = looks.get(0);
    List<String> stack = host.visibility().stacks() ? shown(frames) : null;
    List<InterestReason> reasons = new ArrayList<>(3);
    if (isHot) {
      reasons.add(InterestReason.HOT_KERNEL_THREAD);
    }
    if (blocked) {
      reasons.add(InterestReason.UNINTERRUPTIBLE);
    }
    boolean inNamespaceCode =
        (stack != null && frames.contains("cleanup_net")) || "cleanup_net".equals(wchan(look));
    if (inNamespaceCode || runs) {
      reasons.add(InterestReason.NETNS_STACK);
    }
    return TaskOfInterest.newBuilder()
        .setPid(pids.of(look.comm()))
        .setComm(pids.nameOf(look.comm()))
        .setKernelThread(look.kernelThread())
        .setState(look.state())
        .setCpuUse(share > 0 ? cpuUse : null)
        .setWchan(wchan(look))
        .setStack(stack)
        .setBlockedForMs(blocked ? blockedForMs(index, nowMs) : null)
        .setNetnsArguments(null)
        .setReasons(reasons)
        .setTgid(null)
        .setMoreStacks(
            stack == null
                ? List.of()
                : looks.stream().skip(1).map(it -> new StackLook(shown(it))).toList())
        .build();
  }

  /**
   * One look that may show nothing; of what moves, as it runs, several within the snapshot, where
   * they differ.
   */
  private List<List<String>> looksAt(ThreadLook look) {
    boolean shows = dice.chance(look.stackShown());
    return look.moves()
        ? look.stacks()
        : List.of(shows ? dice.oneOf(look.stacks()) : List.<String>of());
  }

  private List<String> shown(List<String> frames) {
    return host.visibility().compilerSuffixes() ? CallPaths.withCompilerSuffixes(frames) : frames;
  }

  private @Nullable String wchan(ThreadLook look) {
    return host.visibility().wchan() ? look.wchan() : null;
  }

  /** What progresses sleeps anew every other time it is looked at. */
  private long blockedForMs(int index, long nowMs) {
    boolean progresses = appearance.creation().durationMs() != null;
    if (blockedSinceMs[index] < 0 || (progresses && dice.chance(0.5))) {
      blockedSinceMs[index] = nowMs;
    }
    return nowMs - blockedSinceMs[index];
  }

  private List<FragmentCounter> makeFragmentCounters(int count) {
    List<FragmentCounter> counters = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      counters.add(
          new FragmentCounter(
              4_026_532_200L + dice.below(4_000),
              "qdhcp-" + i,
              pids.next(),
              FragmentProtocol.IPV6,
              UNBALANCED_BYTES));
    }
    return List.copyOf(counters);
  }
}
