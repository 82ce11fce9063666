package io.netnswatch.collector.perf;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How to sample.
 *
 * @param perf program to run: a name looked up in PATH, or a path
 * @param sliceLength how long one slice samples
 * @param frequencyHz samples per second and CPU
 * @param procRoot where proc is mounted
 * @param keepsScript whether slices hold their samples one by one, too
 */
public record PerfSettings(
    String perf, Duration sliceLength, int frequencyHz, Path procRoot, boolean keepsScript) {

  /**
   * Kernel code only: the bugs live there, and user symbols would cost reading every busy program's
   * symbol table. A software clock, because virtual machines seldom have hardware counters.
   */
  public static final String EVENT = "cpu-clock:k";

  /** Of each CPU's ring buffer: 256 KiB, some seconds of samples. */
  private static final int BUFFER_PAGES = 64;

  /** Without the samples one by one. */
  public PerfSettings(String perf, Duration sliceLength, int frequencyHz, Path procRoot) {
    this(perf, sliceLength, frequencyHz, procRoot, false);
  }

  public PerfSettings {
    if (sliceLength.toMillis() < 100) {
      throw new IllegalArgumentException(
          "length of a slice must be 100 ms or more: " + sliceLength);
    }
    if (frequencyHz < 1 || frequencyHz > 999) {
      throw new IllegalArgumentException("perf frequency must be 1 to 999 Hz, not " + frequencyHz);
    }
  }

  /**
   * One process for many slices: its events are off until {@code enable} comes on its standard
   * input; it says {@code ack} on its standard error. It lives as long as its own child {@code
   * sleep}, so that one whose collector was killed goes too. perf 5.10 or later.
   */
  List<String> continuousCommand(Duration lifetime) {
    return record(
        List.of("--kernel-callchains", "--no-bpf-event", "-D", "-1", "--control", "fd:0,2"),
        lifetime);
  }

  /** One process for one slice. */
  List<String> sliceCommand() {
    return record(List.of(), sliceLength);
  }

  /** Build ids are neither collected nor cached: that is much of what a short recording costs. */
  private List<String> record(List<String> options, Duration length) {
    List<String> command = new ArrayList<>(List.of(perf, "record", "-q", "-a", "-g", "-B", "-N"));
    command.addAll(List.of("-F", Integer.toString(frequencyHz), "-e", EVENT));
    command.addAll(List.of("-m", Integer.toString(BUFFER_PAGES), "-o", "-"));
    command.addAll(options);
    String seconds =
        String.format(Locale.ROOT, "%d.%03d", length.toSeconds(), length.toMillisPart());
    command.addAll(List.of("--", "sleep", seconds));
    return List.copyOf(command);
  }
}
