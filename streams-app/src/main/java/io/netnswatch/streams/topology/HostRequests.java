package io.netnswatch.streams.topology;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
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
   * @return how many incidents were resolved; fails with a {@link
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

  /**
   * Does what is asked for.
   *
   * @param isMine whether a host is of the task that calls
   * @param act does it, and returns how many incidents were resolved
   */
  void serve(Predicate<String> isMine, ToIntFunction<Request> act) {
    List<Waiting> mine = waiting.stream().filter(it -> isMine.test(it.request().host())).toList();
    for (Waiting next : mine) {
      if (waiting.remove(next)) {
        try {
          next.resolved().complete(act.applyAsInt(next.request()));
        } catch (RuntimeException e) {
          next.resolved().completeExceptionally(e);
          throw e;
        }
      }
    }
  }
}
