package io.netnswatch.collector;

import io.netnswatch.collector.proc.Suspicion;
import io.netnswatch.schema.ProcSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether something on this host is suspicious, as its sources tell each other: what /proc shows,
 * and that the collector's own creation of a namespace takes long. Thread-safe.
 */
public final class Alertness {

  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private @Nullable ProcSnapshot latest;
  private boolean creationIsSlow;

  /** A snapshot has been taken. */
  public void tookSnapshot(ProcSnapshot snapshot) {
    change(() -> latest = snapshot);
  }

  /** Whether the collector's own creation under way takes long. */
  public void ownCreationIsSlow(boolean slow) {
    change(() -> creationIsSlow = slow);
  }

  /** The newest snapshot; empty before the first. */
  public synchronized Optional<ProcSnapshot> latestSnapshot() {
    return Optional.ofNullable(latest);
  }

  /** Whether looking closer is worth its cost. */
  public synchronized boolean isRaised() {
    return creationIsSlow || (latest != null && Suspicion.isRaisedBy(latest));
  }

  /** Whether the host is known to show nothing suspicious. */
  public synchronized boolean isQuiet() {
    return latest != null && !isRaised();
  }

  /** Waits while the host is quiet, at most so long. */
  public synchronized void awaitUnquiet(Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    for (long left = atMost.toNanos(); left > 0 && isQuiet(); left = deadline - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, 1_000_000));
    }
  }

  /**
   * Adds a listener.
   *
   * @param raised called when something has become suspicious, by the thread that saw it
   */
  public void onRaise(Runnable raised) {
    listeners.add(raised);
  }

  private void change(Runnable change) {
    boolean raised;
    synchronized (this) {
      boolean before = isRaised();
      change.run();
      raised = !before && isRaised();
      notifyAll();
    }
    if (raised) {
      listeners.forEach(Runnable::run);
    }
  }
}
