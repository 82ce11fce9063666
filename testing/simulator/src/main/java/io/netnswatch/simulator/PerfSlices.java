package io.netnswatch.simulator;

import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.SymbolSamples;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Makes the perf samples of one host. */
final class PerfSlices {

  private static final String EVENT = "cpu-clock:k";
  private static final int TOP_SYMBOLS = 60;

  /** Of what the CPUs do besides idling, this share is kernel code. */
  private static final double KERNEL_SHARE = 0.4;

  private final HostSpec host;
  private final Repertoire repertoire;
  private final Dice dice;
  private final Pids pids;
  private Appearance appearance;
  private List<List<List<String>>> shownPaths = List.of();

  PerfSlices(HostSpec host, Repertoire repertoire, Dice dice, Pids pids, Appearance appearance) {
    this.host = host;
    this.repertoire = repertoire;
    this.dice = dice;
    this.pids = pids;
    this.appearance = appearance;
  }

  void begin(Appearance other) {
    appearance = other;
    shownPaths =
        other.hot().stream()
            .map(
                code ->
                    code.paths().stream()
                        .map(path -> SymbolCounts.shown(path.frames(), host.visibility()))
                        .toList())
            .toList();
  }

  /**
   * Makes a sample.
   *
   * @param startedAt by the host's clock
   * @param share of the slice in which the condition prevailed
   */
  PerfSample sample(CollectorRun run, Instant startedAt, int durationMs, double share) {
    int hz = host.cadence().perfFrequencyHz();
    Background background =
        dice.oneOf(repertoire.backgrounds(appearance.background(), host.visibility()));
    List<SymbolSamples> symbols = background.symbols();
    int omitted = background.omitted();
    long hotSamples = 0;
    if (!appearance.hot().isEmpty()) {
      List<SymbolSamples> hot = hot(hz * (durationMs / 1000.0) * share);
      hotSamples = hot.stream().mapToLong(SymbolSamples::getSamples).sum();
      List<SymbolSamples> all = new ArrayList<>(hot.size() + symbols.size());
      all.addAll(hot);
      all.addAll(symbols);
      all.sort(SymbolCounts.MOST_SAMPLES);
      symbols = all.subList(0, Math.min(all.size(), TOP_SYMBOLS));
      omitted += all.size() - symbols.size();
    }
    long possible = Math.round(host.cpus() * hz * (durationMs / 1000.0));
    long busy = Math.round(possible * appearance.busy().uniform(dice));
    long kernel = Math.max(Math.round(busy * KERNEL_SHARE), background.samples() + hotSamples);
    long idle = Math.max(0, possible - Math.max(busy, kernel));
    return PerfSample.newBuilder()
        .setHost(run.host())
        .setBootId(run.bootId())
        .setCollectorStartedAt(run.startedAt())
        .setSequence(run.nextSequence())
        .setKernelRelease(run.kernel().release())
        .setStartedAt(startedAt)
        .setDurationMs(durationMs)
        .setEvent(EVENT)
        .setFrequencyHz(hz)
        .setCpuCount(host.cpus())
        .setSampleCount(idle + kernel)
        .setIdleCount(idle)
        .setLostCount(0L)
        .setCallPathsRecorded(host.visibility().callPaths())
        .setSymbolsOmitted(omitted)
        .setSymbols(symbols)
        .build();
  }

  private List<SymbolSamples> hot(double samplesPerCpu) {
    SymbolCounts counts = new SymbolCounts(host.visibility());
    for (int i = 0; i < appearance.hot().size(); i++) {
      SimulatedHotCode code = appearance.hot().get(i);
      String comm = pids.nameOf(code.comm());
      double samplesPerWeight = code.cpus().uniform(dice) * samplesPerCpu / code.totalWeight();
      for (int j = 0; j < code.paths().size(); j++) {
        long samples = Math.round(samplesPerWeight * code.paths().get(j).weight());
        if (samples > 0) {
          counts.add(comm, pids.of(code.comm()), shownPaths.get(i).get(j), samples);
        }
      }
    }
    return counts.symbols();
  }
}
