package io.netnswatch.benchmarks;

import io.netnswatch.command.Commands;
import io.netnswatch.detection.evidence.SourceRef;
import io.netnswatch.replay.ReplayCommand;
import io.netnswatch.replay.history.ArchiveHistory;
import io.netnswatch.replay.history.ArchiveManifest;
import io.netnswatch.replay.history.ArchiveWriter;
import io.netnswatch.replay.history.EventStream;
import io.netnswatch.replay.history.RecordedEvent;
import io.netnswatch.replay.history.TimeRange;
import io.netnswatch.schema.Release;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.schema.Topics;
import io.netnswatch.simulator.Fleet;
import io.netnswatch.simulator.HostSpec;
import io.netnswatch.simulator.Mix;
import io.netnswatch.simulator.Simulation;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Makes a simulated archive, or measures reading and replaying one in turns. */
final class ReplayMain {

  private static final int PARTITIONS = 12;

  /** Of a thousand hosts some ten have trouble in an hour; none is a lesson in look-alikes. */
  private static final Mix MIX = new Mix(0.005, 0.01, 0.002, 0.1, 0.3, 5_000, 2_000, 0.001);

  public static void main(String[] arguments) throws Exception {
    Path archive = Path.of(arguments[1]);
    switch (arguments[0]) {
      case "make" -> make(archive, Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
      case "measure" ->
          measure(archive, Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  private static void make(Path archive, int hosts, int hours) throws Exception {
    Files.createDirectories(archive);
    Topics topics = Topics.withDefaultPrefix();
    Instant start = Instant.parse("2026-11-01T00:00:00Z");
    Fleet fleet = Fleet.random(7, start, hosts, hours, MIX);
    ExecutorService workers =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    List<Callable<Long>> tasks = new ArrayList<>();
    for (int i = 0; i < PARTITIONS; i++) {
      int partition = i;
      tasks.add(() -> makePartition(archive, topics, fleet, partition));
    }
    long events = 0;
    for (Future<Long> count : workers.invokeAll(tasks)) {
      events += count.get();
    }
    workers.shutdown();
    ArchiveWriter.ofIncidents(archive).close();
    new ArchiveManifest(
            ArchiveManifest.FORMAT,
            topics.prefix(),
            PARTITIONS,
            start.toString(),
            start.plus(Duration.ofHours(hours)).toString(),
            events,
            0,
            Map.of(),
            Release.version())
        .write(archive);
    System.err.printf("%,d events%n", events);
  }

  private static long makePartition(Path archive, Topics topics, Fleet fleet, int partition)
      throws Exception {
    List<HostSpec> hosts =
        fleet.hosts().stream()
            .filter(host -> Math.floorMod(host.name().hashCode(), PARTITIONS) == partition)
            .toList();
    Fleet part =
        new Fleet(
            fleet.seed(),
            fleet.start(),
            fleet.length(),
            fleet.disorderMs(),
            fleet.duplicates(),
            hosts);
    Map<String, Long> offsets = new HashMap<>();
    try (ArchiveWriter writer = ArchiveWriter.ofPartition(archive, topics, partition)) {
      for (Iterator<TelemetryEvent> all = new Simulation(part).events().iterator();
          all.hasNext(); ) {
        TelemetryEvent event = all.next();
        String topic = topics.topicOf(event.value());
        long offset = offsets.merge(topic, 1L, Long::sum) - 1;
        writer.add(new RecordedEvent(event, new SourceRef(topic, partition, offset)));
      }
      System.err.printf("partition %d: %,d events%n", partition, writer.count());
      return writer.count();
    }
  }

  private interface Run {
    String once() throws Exception;
  }

  /** In turns, so that a busy machine is busy for both; the first round warms up. */
  private static void measure(Path archive, int threads, int rounds) throws Exception {
    ArchiveManifest manifest = ArchiveManifest.read(archive);
    Duration length =
        Duration.between(Instant.parse(manifest.from()), Instant.parse(manifest.to()));
    double[] decode = new double[rounds];
    double[] replay = new double[rounds];
    String said = "";
    for (int round = -1; round < rounds; round++) {
      double decoded = seconds(() -> decode(archive, threads));
      long[] began = {System.nanoTime()};
      said = replay(archive, threads);
      double replayed = (System.nanoTime() - began[0]) / 1e9;
      System.err.printf("round %d: decode only %.1f s, replay %.1f s%n", round, decoded, replayed);
      if (round >= 0) {
        decode[round] = decoded;
        replay[round] = replayed;
      }
    }
    Runtime heap = Runtime.getRuntime();
    System.out.printf("%s", said.lines().reduce((a, b) -> b).orElse("") + "\n");
    System.out.printf(
        "%,d events, %d threads, %d rounds; heap at most %d MiB%n",
        manifest.events(), threads, rounds, heap.maxMemory() >> 20);
    print("decode only", decode, manifest.events(), length);
    print("replay", replay, manifest.events(), length);
    System.out.printf("replay / decode only: %.2f%n", median(replay) / median(decode));
  }

  private static void print(String what, double[] seconds, long events, Duration length) {
    double median = median(seconds);
    System.out.printf(
        "%-12s median %.1f s (%.1f to %.1f), %,.0f events/s, %.2f us each, %,.0f times real time%n",
        what,
        median,
        Arrays.stream(seconds).min().orElseThrow(),
        Arrays.stream(seconds).max().orElseThrow(),
        events / median,
        median * 1e6 / events,
        length.toSeconds() / median);
  }

  private static double median(double[] seconds) {
    double[] sorted = seconds.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static double seconds(Run run) throws Exception {
    long began = System.nanoTime();
    run.once();
    return (System.nanoTime() - began) / 1e9;
  }

  private static String decode(Path archive, int threads) throws Exception {
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    List<Callable<Long>> tasks = new ArrayList<>();
    for (EventStream stream : new ArchiveHistory(archive).streams(TimeRange.ALL)) {
      tasks.add(
          () -> {
            long count = 0;
            try (stream) {
              while (stream.peek() != null) {
                count++;
                stream.advance();
              }
            }
            return count;
          });
    }
    long events = 0;
    for (Future<Long> count : workers.invokeAll(tasks)) {
      events += count.get();
    }
    workers.shutdown();
    return "" + events;
  }

  private static String replay(Path archive, int threads) {
    StringWriter out = new StringWriter();
    int exit =
        Commands.line(new ReplayCommand())
            .setOut(new PrintWriter(out))
            .execute("--archive=" + archive, "--threads=" + threads, "--quiet");
    if (exit != 0) {
      throw new IllegalStateException("replay failed: " + out);
    }
    return out.toString();
  }
}
