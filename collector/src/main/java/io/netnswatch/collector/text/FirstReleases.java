package io.netnswatch.collector.text;

import io.netnswatch.detection.signature.Kernel;
import io.netnswatch.detection.signature.KernelVersion;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Messages of the kernel log that a version of Linux was the first to have: whoever writes one runs
 * that version or a later one, though no text says which.
 */
final class FirstReleases {

  /** By how the message begins. */
  private static final Map<String, KernelVersion> HAVE_IT_SINCE =
      Map.of("conntrack cleanup blocked for ", new KernelVersion(6, 19, 0));

  private FirstReleases() {}

  /** A message, and the first version that has it. */
  record First(String message, KernelVersion version) {

    /** What stands for the release. */
    String release() {
      return Kernel.atLeast(version);
    }
  }

  /** The latest version that one of these messages takes; empty if they are of any. */
  static Optional<First> of(Stream<String> messages) {
    return messages
        .flatMap(
            message ->
                HAVE_IT_SINCE.entrySet().stream()
                    .filter(it -> message.startsWith(it.getKey()))
                    .map(it -> new First(it.getKey().strip(), it.getValue())))
        .max(Comparator.comparing(First::version));
  }
}
