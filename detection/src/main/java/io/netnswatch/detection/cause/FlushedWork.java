package io.netnswatch.detection.cause;

import static io.netnswatch.detection.cause.KernelFunctions.UNDER_RTNL;
import static io.netnswatch.detection.cause.KernelFunctions.WORK_FLUSHES;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The worker at the queued work that somebody waits for. A stack does not name that work; but who
 * waits for it, by cancelling or flushing it, is the code that queued it: both bear the name of one
 * driver or subsystem ({@code foo_stop}, {@code foo_link_work}).
 */
final class FlushedWork {

  private static final String WORK_CALLER = "process_one_work";

  /** How much of the code of all network devices begins. */
  private static final Set<String> OF_ALL = Set.of("dev", "net", "netdev", "netif", "rtnl");

  /** What is waited for does not begin later than that; looks and reports are so far apart. */
  private static final long LATEST_MS = 30_000;

  private FlushedWork() {}

  /**
   * Who is at that work and waits for rtnl there.
   *
   * @param owner holds rtnl and waits for queued work
   * @return null if none is seen
   */
  static @Nullable Reading waitingForRtnl(Reading owner, List<Reading> readings) {
    String family = familyOfFlusher(owner.frames());
    if (family == null || OF_ALL.contains(family)) {
      return null;
    }
    return readings.stream()
        .filter(it -> it.role() == Role.RTNL_WAITER && it.task().isWorker())
        .filter(it -> it.task().pid() != owner.task().pid())
        .filter(it -> family.equals(familyOfWork(it.frames())))
        .filter(it -> !isLater(it.task().sinceMs(), owner.task().sinceMs()))
        .min(Comparator.comparingInt(it -> it.task().pid()))
        .orElse(null);
  }

  private static boolean isLater(@Nullable Long sinceMs, @Nullable Long flushSinceMs) {
    return sinceMs != null && flushSinceMs != null && sinceMs > flushSinceMs + LATEST_MS;
  }

  /** Of the function that flushes the work, unless that runs under rtnl for all devices. */
  private static @Nullable String familyOfFlusher(List<String> frames) {
    int caller = WORK_FLUSHES.lastIn(frames) + 1;
    return caller == 0 || caller >= frames.size() || UNDER_RTNL.has(frames.get(caller))
        ? null
        : family(frames.get(caller));
  }

  private static @Nullable String familyOfWork(List<String> frames) {
    int work = frames.indexOf(WORK_CALLER) - 1;
    return work < 0 ? null : family(frames.get(work));
  }

  private static @Nullable String family(String function) {
    String name = function.replaceFirst("^_+", "");
    int end = name.indexOf('_');
    return end < 2 ? null : name.substring(0, end);
  }
}
