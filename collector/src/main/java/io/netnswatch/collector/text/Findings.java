package io.netnswatch.collector.text;

import io.netnswatch.collector.perf.PerfProfile;
import org.jspecify.annotations.Nullable;

/**
 * What parsers find, as they find it: whoever listens overrides what it asks for. Nothing here may
 * be kept without a bound.
 */
public interface Findings {

  /** A task. */
  default void task(LogStamp at, TaskSighting task) {}

  /** A message of the kernel log. */
  default void log(LogStamp at, LogFinding finding) {}

  /**
   * Where CPU time went.
   *
   * @param profile samples by task and symbol
   * @param measure what its counts stand for
   */
  default void profile(LogStamp at, PerfProfile profile, Measure measure) {}

  /** A namespace creation of which no stack was seen. */
  default void creation(LogStamp at, Creation creation) {}

  /** An unbalanced fragment counter of a living namespace; null name: the initial one. */
  default void fragments(LogStamp at, String netns, boolean ipv6, long memoryBytes) {}

  /**
   * The kernel.
   *
   * @param release uname -r
   * @param version /proc/version; null if only the release was said
   */
  default void kernel(String release, @Nullable String version) {}

  /** A kernel that the text speaks of, without saying that it runs it. */
  default void kernelInWords(String release) {}

  /**
   * Numbers that the text speaks of as of a kernel's: what is said otherwise of the kernel is
   * surer.
   *
   * @param runs whether it may be the one that runs; false for one that is named beside it
   */
  default void kernelSpokenOf(String release, boolean runs) {}

  /** A name of the host: what uname prints, or what systemd sets. */
  default void host(String name) {}

  /**
   * What is found in the lines of the host that a logger names, asked for once a name: what is told
   * here so far is of the first one.
   *
   * @param byHeading whether it is a heading above its lines that names it: then no other host's
   *     lines are its own under an earlier name
   */
  default Findings ofHost(String name, boolean byHeading) {
    return this;
  }

  /** The first and the last line of a log that are of this host, where others' are among them. */
  default void span(TextLine first, TextLine last) {}

  /**
   * Somebody says what looks like trouble, and is too little to judge by.
   *
   * @param words for people, without a full stop
   */
  default void suspicion(String words) {}

  /**
   * What may be behind what is judged, and is no task of its own.
   *
   * @param words for people, without a full stop
   */
  default void beside(String words) {}

  /** What does not stand in the text and was assumed to read it, in words. */
  default void inference(String words) {}

  /** A round of the namespace cleanup, as a tracer shows its begin and end. */
  default void cleanupRound(Round round) {}

  /** A task that, by the kernel's report, kept a CPU for so long that others had to wait. */
  default void hog(LogStamp at, LogFinding report) {}

  /** So many network namespaces are allocated, dead ones among them. */
  default void allocatedNamespaces(int count) {}

  /** The number of CPUs. */
  default void cpus(int count) {}

  /** From here on the text is of a later boot. */
  default void reboot() {}

  /**
   * The text shows when that boot was.
   *
   * @param at its first moment
   */
  default void booted(LogStamp at) {}

  /**
   * The log goes on so far, whatever its last lines say.
   *
   * @param at time of its last line
   */
  default void until(LogStamp at) {}

  /** A line was understood and used. */
  default void used(Format format, int line) {}

  /** A line was understood, and nothing in it could be used. */
  default void recognised(Format format, int line, String why) {}

  /**
   * What a profile's counts stand for.
   *
   * @param seconds length of the slice; null if the text does not say
   * @param frequencyHz samples per second and CPU; null if the text does not say
   * @param cpus CPUs sampled; null if the text does not say
   * @param ofOneTask whether only one process was sampled: then nothing is known of the others
   */
  record Measure(
      @Nullable Double seconds,
      @Nullable Double frequencyHz,
      @Nullable Integer cpus,
      boolean ofOneTask) {}

  /**
   * A round of the cleanup.
   *
   * @param lengthMs how long it took; if it did not end, how long it was followed
   * @param finished whether it ended
   */
  record Round(int pid, String comm, long lengthMs, boolean finished) {}

  /**
   * A creation as strace or a stop watch shows it.
   *
   * @param finished whether it ended
   * @param latencyMs how long it took, or has taken at least; null if the text does not say
   */
  record Creation(
      boolean finished,
      @Nullable Long latencyMs,
      @Nullable Integer pid,
      @Nullable String comm,
      @Nullable String netnsName) {}
}
