package io.netnswatch.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What one run has started, and its folder: all gone after {@link #close}. Thread-safe. */
final class Run implements AutoCloseable {

  private static final Duration START_END_LIMIT = Duration.ofSeconds(45);

  private final Path directory;
  private final Deque<AutoCloseable> started = new ArrayDeque<>();
  private final Thread starter = Thread.currentThread();
  private final CountDownLatch startEnded = new CountDownLatch(1);
  private volatile boolean closing;

  /** Begins a run, which the calling thread starts. */
  Run(Path directory) {
    this.directory = directory;
  }

  /** Nothing more will be started, be it that all runs or that the start failed. */
  void startEnded() {
    startEnded.countDown();
  }

  /** Takes over what was started; once closing has begun it is stopped at once. */
  synchronized <T extends AutoCloseable> T own(T closeable) {
    if (closing) {
      stop(closeable);
    } else {
      started.push(closeable);
    }
    return closeable;
  }

  /** Whether children end because they are told to. */
  boolean isClosing() {
    return closing;
  }

  /**
   * Stops all in the reverse order of their start and removes the folder. A start under way is
   * interrupted first: what it is just starting would otherwise write into the folder again.
   */
  @Override
  public void close() {
    closing = true;
    if (startEnded.getCount() > 0) {
      starter.interrupt();
      awaitStartEnded();
    }
    synchronized (this) {
      while (!started.isEmpty()) {
        stop(started.pop());
      }
      WorkDirectory.remove(directory);
    }
  }

  private void awaitStartEnded() {
    try {
      if (!startEnded.await(START_END_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        System.err.println("demo: the start does not end; its children end with this process");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void stop(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      System.err.println("demo: not stopped cleanly: " + closeable + ": " + e);
    }
  }
}
