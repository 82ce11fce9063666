package io.netnswatch.detection;

import io.netnswatch.detection.cause.Reading;
import io.netnswatch.detection.cause.Role;
import io.netnswatch.detection.cause.WaitKind;
import io.netnswatch.detection.evidence.SeenTask;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Who held a lock until just now, while others still wait for it and nobody is seen to hold it. */
final class Holders {

  /** Whoever waits has got the lock, or was not seen to, by then. */
  private static final long REMEMBERED_MS = 60_000;

  private record Lock(WaitKind waitedFor, Predicate<Reading> isHeldBy) {}

  private static final List<Lock> LOCKS =
      List.of(
          new Lock(WaitKind.PERNET_LOCK, Reading::holdsPernetLock),
          new Lock(WaitKind.PERNET_LOCK, it -> it.role() == Role.PERNET_WRITER), // in its queue
          new Lock(WaitKind.RTNL, Reading::ownsRtnl));

  private Holders() {}

  /**
   * The tasks that are seen now, and of those that were seen before whoever held what they wait
   * for. What ends as a snapshot is taken may show in it half: the holder gone, and those who
   * waited for it not yet.
   */
  static List<SeenTask> remembered(List<SeenTask> before, List<SeenTask> now) {
    List<Reading> readings = SeenTask.readings(now);
    List<SeenTask> holders = new ArrayList<>();
    for (Lock lock : LOCKS) {
      boolean missed =
          readings.stream().anyMatch(it -> it.waitsFor() == lock.waitedFor() && it.sure())
              && readings.stream().noneMatch(lock.isHeldBy());
      if (missed) {
        before.stream().filter(it -> heldLately(it, lock, now)).forEach(holders::add);
      }
    }
    return holders.isEmpty()
        ? now
        : Stream.concat(now.stream().limit(roomBeside(holders)), holders.stream())
            .distinct()
            .toList();
  }

  /** However many wait, the lightest of them last, who held it has a place. */
  private static int roomBeside(List<SeenTask> holders) {
    return Math.max(0, SeenTask.MAX_PER_HOST - holders.size());
  }

  private static boolean heldLately(SeenTask task, Lock lock, List<SeenTask> now) {
    Reading reading = task.reading();
    long nowMs = now.stream().mapToLong(it -> it.task().observedAtMs()).max().orElse(0);
    return reading != null
        && lock.isHeldBy().test(reading)
        && nowMs - task.task().observedAtMs() <= REMEMBERED_MS
        && now.stream().noneMatch(it -> it.task().pid() == task.task().pid());
  }
}
