package io.netnswatch.collector.perf;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How to sample.
 *
 * @param perf program to run: a name looked up in PATH, or a path
 * @param sliceLength how long one slice samples
 * @param frequencyHz samples per second and CPU
 * @param procRoot where proc is mounted
 */
public record PerfSettings(String perf, Duration sliceLength, int frequencyHz, Path procRoot) {

  /**
   * Kernel code only: the bugs live there, and user symbols would cost reading every busy program's
   * symbol table. A software clock, because virtual machines seldom have hardware counters.
   */
  public static final String EVENT = "cpu-clock:k";

  public PerfSettings {
    if (sliceLength.toMillis() < 100) {
      throw new IllegalArgumentException(
          "length of a slice must be 100 ms or more: " + sliceLength);
    }
    if (frequencyHz < 1 || frequencyHz > 999) {
      throw new IllegalArgumentException("perf frequency must be 1 to 999 Hz, not " + frequencyHz);
    }
  }

  /** Build ids are neither collected nor cached: that is most of what a short recording costs. */
  List<String> recordCommand() {
    String seconds = "%d.%03d".formatted(sliceLength.toSeconds(), sliceLength.toMillisPart());
    return List.of(
        perf,
        "record",
        "-q",
        "-a",
        "-g",
        "-F",
        Integer.toString(frequencyHz),
        "-e",
        EVENT,
        "-B",
        "-N",
        "-o",
        "-",
        "--",
        "sleep",
        seconds);
  }

  List<String> scriptCommand() {
    return List.of(
        perf,
        "script",
        "-i",
        "-",
        "-F",
        "comm,pid,cpu,time,event,ip,sym,dso",
        "--no-inline",
        "--max-stack",
        "32");
  }
}
