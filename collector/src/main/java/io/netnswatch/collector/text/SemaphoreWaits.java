package io.netnswatch.collector.text;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tasks of which only their wchan is known, where that is a semaphore: up to Linux 5.1 it is the
 * same function whichever semaphore is waited for, that of the namespaces or that of a process's
 * memory. One such task says nothing; a creator, a loader of modules and the cleanup together do.
 */
public final class SemaphoreWaits {

  /** What such a task may be at, if it is the lock of the namespaces that it waits for. */
  enum Sign {
    /** The worker of the namespaces sleeps at its work. */
    CLEANUP,
    /** Wants the lock as a reader, in the way that creations alone do: it may be killed. */
    CREATION,
    /** Wants some semaphore as a reader, and creates namespaces as a rule. */
    MAYBE_CREATION,
    /** Wants some semaphore as a writer, and loads modules. */
    MODULE
  }

  /**
   * A task.
   *
   * @param state one letter; null if unknown
   * @param wchan kernel function it waits in; null if unknown
   * @param blockedForMs how long it has been blocked; null if unknown
   */
  public record Sleeper(
      int pid,
      String comm,
      @Nullable String state,
      @Nullable String wchan,
      @Nullable Long blockedForMs) {

    /** Null if it is none of those. */
    @Nullable Sign sign() {
      if (state != null && !state.startsWith("D")) {
        return null;
      }
      if (NETNS_WORKER.matcher(comm).matches()) {
        return state == null ? null : Sign.CLEANUP;
      }
      if (wchan == null) {
        return null;
      }
      if (READS.matcher(wchan).matches() && CREATORS.contains(comm)) {
        return wchan.endsWith("_killable") ? Sign.CREATION : Sign.MAYBE_CREATION;
      }
      return WRITES.matcher(wchan).matches() && LOADERS.contains(comm) ? Sign.MODULE : null;
    }

    /** Whether it waits for a semaphore, and neither makes namespaces nor loads modules. */
    private boolean isOfOthers() {
      return wchan != null
          && (READS.matcher(wchan).matches() || WRITES.matcher(wchan).matches())
          && !CREATORS.contains(comm)
          && !LOADERS.contains(comm)
          && !NETNS_WORKER.matcher(comm).matches();
    }

    private boolean lasts() {
      return blockedForMs != null && blockedForMs >= LASTING_MS;
    }

    private String words() {
      return TaskName.of(pid, comm)
          + (wchan == null ? ", asleep" : " in " + wchan)
          + (blockedForMs == null || sign() == Sign.CLEANUP
              ? ""
              : " for " + blockedForMs / 1_000 + " s");
    }
  }

  private static final Pattern NETNS_WORKER = Pattern.compile("kworker/u\\d+:\\d+\\+netns");
  private static final Pattern READS = Pattern.compile("(?:call_)?rwsem_down_read_\\w+");
  private static final Pattern WRITES = Pattern.compile("(?:call_)?rwsem_down_write_\\w+");

  /** Programs that make namespaces, and do little else that takes long. */
  private static final Set<String> CREATORS =
      Set.of("runc:[1:CHILD]", "runc:[0:PARENT]", "crun", "ip", "unshare", "lxc-start", "bwrap");

  private static final Set<String> LOADERS = Set.of("modprobe", "rmmod", "insmod", "kmod");

  private static final long LASTING_MS = 60_000;

  private static final int MOST_NAMED = 4;

  private SemaphoreWaits() {}

  /** Whether a program of that name makes namespaces, as a rule. */
  static boolean makesNamespaces(String comm) {
    return CREATORS.contains(comm);
  }

  /**
   * Those that agree that it is the lock of the namespaces; empty if only one kind is seen, or if
   * tasks of other kinds wait for a semaphore as well: then it may be that of a process's memory.
   */
  public static List<Sleeper> agreeing(List<Sleeper> tasks) {
    List<Sleeper> signs = tasks.stream().filter(it -> it.sign() != null).toList();
    boolean waits = signs.stream().anyMatch(it -> it.sign() != Sign.CLEANUP);
    long kinds =
        signs.stream()
            .map(it -> it.sign() == Sign.MAYBE_CREATION ? Sign.CREATION : it.sign())
            .distinct()
            .count();
    return waits && kinds >= 2 && tasks.stream().noneMatch(Sleeper::isOfOthers) ? signs : List.of();
  }

  /** Those that want a semaphore as creations and loaders of modules do, and have for long. */
  public static List<Sleeper> lasting(List<Sleeper> tasks) {
    return tasks.stream()
        .filter(it -> it.sign() != null && it.sign() != Sign.CLEANUP && it.lasts())
        .toList();
  }

  /**
   * Whether that is enough to judge by: the cleanup sleeps, and a creation that waits as they do
   * has waited for long.
   */
  static boolean isEnough(List<Sleeper> agreeing) {
    return agreeing.stream().anyMatch(it -> it.sign() == Sign.CLEANUP)
        && agreeing.stream().anyMatch(it -> it.sign() == Sign.CREATION && it.lasts());
  }

  /** The function of the namespaces in which such a task waits; null of the cleanup. */
  static @Nullable String function(Sleeper task) {
    Sign sign = task.sign();
    return sign == Sign.CREATION
        ? "copy_net_ns"
        : sign == Sign.MODULE ? "register_pernet_operations" : null;
  }

  /** Whether a worker of that name is at the cleanup, whatever else is known of it. */
  static boolean isOfCleanup(String comm) {
    return NETNS_WORKER.matcher(comm).matches();
  }

  /** Who they are, where and since when, for people. */
  public static String names(List<Sleeper> tasks) {
    return tasks.stream().limit(MOST_NAMED).map(Sleeper::words).collect(joining(", "))
        + (tasks.size() > MOST_NAMED ? ", …" : "");
  }

  /** For people. */
  public static String words(List<Sleeper> agreeing) {
    return names(agreeing)
        + ": together they look like creations that wait for the lock of the namespaces, which on"
        + " such a kernel has the same wchan as any semaphore (as root: cat /proc/PID/stack)";
  }
}
