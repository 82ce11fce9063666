package io.netnswatch.collector.text;

import io.netnswatch.collector.perf.PerfProfile;
import io.netnswatch.collector.text.Findings.Measure;
import io.netnswatch.collector.text.TextEvidence.Profile;
import io.netnswatch.collector.text.TextTelemetry.Moment;
import io.netnswatch.schema.SymbolSamples;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A perf slice that a text shows, as the event that a collector would have published. */
final class ProfileTelemetry {

  private static final double ASSUMED_HZ = 100;

  private final TextEvidence texts;
  private final Suspicions suspicions;

  ProfileTelemetry(TextEvidence texts, Suspicions suspicions) {
    this.texts = texts;
    this.suspicions = suspicions;
  }

  /**
   * Adds the event, unless the slice says nothing.
   *
   * @param endMs when the slice ended, epoch milliseconds
   * @param tracks tasks whose names and pids other texts say
   */
  void add(List<Moment> moments, Profile shown, long endMs, List<TaskTrack> tracks) {
    PerfProfile profile = named(shown.profile(), tracks);
    Measure measure = shown.measure();
    if (measure.ofOneTask() && !showsCleanup(profile)) {
      texts.infer(
          "a perf slice of one task that is not in the cleanup says nothing of the others: it is"
              + " not used");
      return;
    }
    Integer known = measure.cpus() != null ? measure.cpus() : texts.cpus();
    suspicions.suspect(profile, known);
    double hz;
    double seconds;
    Double said = measure.frequencyHz();
    Double saidSeconds = measure.seconds();
    if (said != null && saidSeconds != null && saidSeconds > 0) {
      hz = Math.max(1, said);
      seconds = saidSeconds;
      if (measure.ofOneTask() || measure.cpus() == null) {
        texts.infer("perf's frequency, " + Math.round(hz) + " Hz, follows from its samples");
      }
    } else {
      double capacity = capacity(profile, known);
      hz = ASSUMED_HZ;
      seconds = Math.max(0.5, profile.sampleCount() / capacity / hz);
      hz = profile.sampleCount() / capacity / seconds;
      texts.infer(
          known != null
              ? "perf's shares are turned into CPUs by the number of CPUs, " + known
              : "perf's shares are turned into CPUs as of "
                  + Math.round(capacity)
                  + (Math.round(capacity) == 1 ? " CPU" : " CPUs")
                  + ", since their number is not said");
    }
    int durationMs = (int) Math.max(1, Math.min(Integer.MAX_VALUE / 2, Math.round(seconds * 1000)));
    // The frequency is a whole number: what is lost by rounding is made good by the length.
    int frequency = (int) Math.max(1, Math.round(hz));
    int length =
        (int) Math.max(1, Math.min(Integer.MAX_VALUE / 2, Math.round(durationMs * hz / frequency)));
    moments.add(
        new Moment(
            endMs,
            envelope ->
                envelope.seal(
                    profile
                        .toSample()
                        .setStartedAt(Instant.ofEpochMilli(endMs - length))
                        .setDurationMs(length)
                        .setFrequencyHz(frequency)
                        .setCpuCount(known == null ? 1 : known))));
  }

  /**
   * Reports name tasks without their pid, or no task at all: which worker it is other texts say.
   */
  private static PerfProfile named(PerfProfile profile, List<TaskTrack> tracks) {
    List<TaskTrack> workers =
        tracks.stream()
            .filter(TaskTrack::isKernelThread)
            .filter(it -> it.isOfNamespaces() || it.cpuUse() != null)
            .toList();
    List<SymbolSamples> symbols = new ArrayList<>();
    for (SymbolSamples symbol : profile.symbols()) {
      TaskTrack worker = null;
      if (symbol.getPid() < 0) {
        String comm = symbol.getComm();
        worker =
            workers.stream()
                .filter(
                    it ->
                        withoutWork(it.comm).equals(withoutWork(comm))
                            || (comm.equals("kworker") && workers.size() == 1))
                .findFirst()
                .orElse(null);
      }
      symbols.add(
          worker == null
              ? symbol
              : SymbolSamples.newBuilder(symbol).setComm(worker.comm).setPid(worker.pid).build());
    }
    return profile.withSymbols(symbols);
  }

  /** Whether and how the name of a worker ends with its work depends on the kernel and the tool. */
  private static String withoutWork(String comm) {
    return comm.startsWith("kworker") ? comm.replaceFirst("[-+].*", "") : comm;
  }

  private static boolean showsCleanup(PerfProfile profile) {
    return profile.symbols().stream()
        .anyMatch(
            symbol ->
                TraceFrames.isOfNamespaces(symbol.getSymbol())
                    || symbol.getCallPaths().stream()
                        .anyMatch(path -> TraceFrames.anyOfNamespaces(path.getFrames())));
  }

  /**
   * How many CPUs all samples together stand for: no task uses more than one. Where their number is
   * not known, as many as make the busiest kernel worker use one, if it has a third of all or more.
   */
  static double capacity(PerfProfile profile, @Nullable Integer known) {
    Map<String, Long> byTask = new LinkedHashMap<>();
    for (SymbolSamples symbol : profile.symbols()) {
      if (symbol.getComm().startsWith("kworker")) {
        byTask.merge(symbol.getComm() + symbol.getPid(), symbol.getSamples(), Long::sum);
      }
    }
    long busiest = byTask.values().stream().mapToLong(it -> it).max().orElse(0);
    double most = busiest == 0 ? Double.MAX_VALUE : (double) profile.sampleCount() / busiest;
    if (known != null) {
      return Math.max(1, Math.min(known, most));
    }
    return most <= 3.5 ? Math.max(1, Math.floor(most + 0.02)) : 2;
  }
}
