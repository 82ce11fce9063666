package io.netnswatch.streams.topology;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * What people ask to be done to the incidents of a host, on its way to the task that has the host:
 * only that one may change its state. Thread-safe.
 */
public final class HostRequests {

  /** How often a task looks whether there is one. */
  static final Duration LOOK_EVERY = Duration.ofMillis(250);

  /** A task looks several times in so long, unless it is stuck or moving. */
  private static final Duration LONGEST = Duration.ofSeconds(10);

  /** Nobody types more at once. */
  private static final int MAX_WAITING = 64;

  /** Something to be done to the incidents of a host. */
  public sealed interface Request {

    /** The host. */
    String host();

    /** Why, in words. */
    String reason();
  }

  /**
   * Resolve one open incident.
   *
   * @param incidentKey which
   */
  public record Close(String host, String incidentKey, String reason) implements Request {}

  /** Resolve all, and forget the host. */
  public record Retire(String host, String reason) implements Request {}

  private record Waiting(Request request, CompletableFuture<Integer> resolved) {}

  private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();

  /**
   * Asks for something.
   *
   * @return how many incidents were resolved, once that is committed; fails with a {@link
   *     java.util.concurrent.TimeoutException} after ten seconds
   * @throws IllegalStateException if too many ask
   */
  public CompletableFuture<Integer> ask(Request request) {
    if (waiting.size() >= MAX_WAITING) {
      throw new IllegalStateException("too many requests wait: try again in a moment");
    }
    CompletableFuture<Integer> resolved = new CompletableFuture<>();
    Waiting asked = new Waiting(request, resolved);
    waiting.add(asked);
    return resolved
        .orTimeout(LONGEST.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete((count, failure) -> waiting.remove(asked));
  }

  /** What one task does of it. */
  Desk desk() {
    return new Desk();
  }

  /**
   * What one task does of it. Not thread-safe. Who asks is answered when what was done has been
   * committed, and can be read by others and not be taken back: that may take one more look.
   */
  final class Desk implements AutoCloseable {

    private record Done(CompletableFuture<Integer> resolved, int count, double commits) {}

    private final List<Done> uncommitted = new ArrayList<>();

    private Desk() {}

    /**
     * Answers what was committed, and does what is asked for.
     *
     * @param commits how often the task's thread has committed
     * @param isMine whether a host is of the task that calls
     * @param act does it, has it committed soon, and returns how many incidents were resolved
     */
    void look(DoubleSupplier commits, Predicate<String> isMine, ToIntFunction<Request> act) {
      if (!uncommitted.isEmpty()) {
        double now = commits.getAsDouble();
        uncommitted.removeIf(it -> now > it.commits() && it.resolved().complete(it.count()));
      }
      List<Waiting> mine = waiting.stream().filter(it -> isMine.test(it.request().host())).toList();
      for (Waiting next : mine) {
        if (waiting.remove(next)) {
          try {
            double before = commits.getAsDouble();
            uncommitted.add(new Done(next.resolved(), act.applyAsInt(next.request()), before));
          } catch (RuntimeException e) {
            next.resolved().completeExceptionally(e);
            throw e;
          }
        }
      }
    }

    /** The task moves or has failed: what it has not committed may come to nothing. */
    @Override
    public void close() {
      uncommitted.forEach(
          it ->
              it.resolved()
                  .completeExceptionally(new IllegalStateException("the host's task has moved")));
      uncommitted.clear();
    }
  }
}
