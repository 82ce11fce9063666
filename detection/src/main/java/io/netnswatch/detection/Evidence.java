package io.netnswatch.detection;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one event of one host says that a signature can use. */
public sealed interface Evidence {

  /** The boot it belongs to. */
  String bootId();

  /** Event time, epoch milliseconds. */
  long eventTimeMs();

  /** The kernel it was seen on. */
  Kernel kernel();

  /**
   * A perf slice.
   *
   * @param hotCode per signature with at least one sample of its code; empty says that the CPUs
   *     were looked at and none ran it
   */
  record Profile(String bootId, long eventTimeMs, Kernel kernel, List<HotCode> hotCode)
      implements Evidence {
    public Profile {
      hotCode = List.copyOf(hotCode);
    }
  }

  /** A namespace creation that succeeded. */
  record CreationSucceeded(String bootId, long eventTimeMs, Kernel kernel) implements Evidence {}

  /** A namespace creation that is running, was killed at its time limit, or failed. */
  record CreationPending(String bootId, long eventTimeMs, Kernel kernel, HungCreation creation)
      implements Evidence {}

  /** A namespace command that no signature looks at; it still moves the host's watermark. */
  record Irrelevant(String bootId, long eventTimeMs, Kernel kernel) implements Evidence {}

  /**
   * A proc snapshot.
   *
   * @param worker the most relevant kernel worker; null if none is busy or in the cleanup
   * @param creation the task that has been longest inside the kernel's creation path; null if none
   */
  record Snapshot(
      String bootId,
      long eventTimeMs,
      Kernel kernel,
      @Nullable CleanupWorker worker,
      @Nullable HungCreation creation)
      implements Evidence {}
}
