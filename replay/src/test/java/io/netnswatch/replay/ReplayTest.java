package io.netnswatch.replay;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netnswatch.collector.spool.Spool;
import io.netnswatch.collector.spool.SpoolSettings;
import io.netnswatch.detection.DetectionSettings;
import io.netnswatch.detection.HostDetector;
import io.netnswatch.detection.IncidentComposer;
import io.netnswatch.detection.PartitionDetector;
import io.netnswatch.detection.PartitionDetector.HostStates;
import io.netnswatch.detection.evidence.Projection;
import io.netnswatch.detection.evidence.QuickLook;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.detection.signature.Signatures;
import io.netnswatch.replay.Replay.Totals;
import io.netnswatch.replay.history.ArchiveHistory;
import io.netnswatch.replay.history.EventStream;
import io.netnswatch.replay.history.History;
import io.netnswatch.replay.history.RecordedEvent;
import io.netnswatch.replay.history.TimeRange;
import io.netnswatch.schema.DeadLetterReason;
import io.netnswatch.schema.EventAction;
import io.netnswatch.schema.EvidenceItem;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.RecordJson;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.simulator.Fleet;
import io.netnswatch.simulator.Mix;
import io.netnswatch.simulator.Simulation;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayTest {

  private static final int HOSTS = 32;
  private static final Instant START = Instant.parse("2026-11-22T00:00:00Z");
  private static final List<Signature> SIGNATURES = Signatures.shipped();

  /** Grace for what the hosts delay by themselves, and what a test delays beside. */
  private static final DetectionSettings SETTINGS = DetectionSettings.of(2_000, 5_000);

  private static final IncidentComposer COMPOSER = new IncidentComposer("test", "runbooks/", null);

  private static List<TelemetryEvent> events;

  @TempDir private Path folder;

  @BeforeAll
  static void someHours() {
    Mix mix = new Mix(0.5, 0.3, 0.2, 0.3, 0.5, 5_000, 1_500, 0.01);
    events = new Simulation(Fleet.random(3, START, HOSTS, 1, mix)).events().toList();
  }

  @Test
  void isTheSameDetectionWhateverTheThreads() throws Exception {
    List<List<RecordedEvent>> partitions = Archives.partitions(events, 5);
    History archive = new ArchiveHistory(Archives.write(folder, partitions, List.of()));
    List<String> expected = new ArrayList<>();
    for (List<RecordedEvent> partition : partitions) {
      expected.addAll(lines(detect(partition)));
    }

    Outcome one = replay(archive, 1, TimeRange.ALL);
    Outcome four = replay(archive, 4, TimeRange.ALL);

    assertThat(lines(one.steps()))
        .hasSizeGreaterThan(50)
        .containsExactlyInAnyOrderElementsOf(expected);
    assertThat(lines(four.steps())).isEqualTo(lines(one.steps()));
    assertThat(one.steps()).isSortedAccordingTo(Comparator.comparing(Incident::getUpdatedAt));
    assertThat(one.totals()).isEqualTo(four.totals());
    assertThat(one.totals().events()).isEqualTo(events.size());
    assertThat(one.totals().hosts()).isEqualTo(HOSTS);
  }

  @Test
  void aQuickLookChangesNothing() throws Exception {
    History archive = new ArchiveHistory(Archives.write(folder, events, 1));
    Projection projection = new Projection(SIGNATURES);
    QuickLook quickLook = new QuickLook(SIGNATURES);
    try (EventStream decoded = archive.streams(TimeRange.ALL).get(0);
        EventStream looked = archive.streams(TimeRange.ALL, quickLook).get(0)) {
      for (RecordedEvent expected = decoded.peek(); expected != null; expected = decoded.peek()) {
        RecordedEvent found = requireNonNull(looked.peek());
        assertThat(found.host()).isEqualTo(expected.host());
        assertThat(found.timeMs()).isEqualTo(expected.timeMs());
        assertThat(found.source()).isEqualTo(expected.source());
        assertThat(found.evidence(projection)).isEqualTo(expected.evidence(projection));
        assertThat(found.event()).isEqualTo(expected.event());
        decoded.advance();
        looked.advance();
      }
      assertThat(looked.peek()).isNull();
    }
  }

  @Test
  void numberOfPartitionsAndOrderWithinGraceChangeNothing() throws Exception {
    Outcome one =
        replay(
            new ArchiveHistory(Archives.write(folder.resolve("1"), events, 1)), 1, TimeRange.ALL);
    Outcome seven =
        replay(
            new ArchiveHistory(Archives.write(folder.resolve("7"), events, 7)), 3, TimeRange.ALL);
    Outcome shuffled =
        replay(
            new ArchiveHistory(Archives.write(folder.resolve("s"), shuffled(events, 2_900), 4)),
            2,
            TimeRange.ALL);

    assertThat(lines(withoutSources(seven.steps()))).isEqualTo(lines(withoutSources(one.steps())));
    assertThat(lines(withoutSources(shuffled.steps())))
        .isEqualTo(lines(withoutSources(one.steps())));
  }

  @Test
  void spoolsOfCollectorsAreAnArchive() throws Exception {
    // Given the spools of some hosts, and one of them torn by a crash
    List<TelemetryEvent> some =
        events.stream().filter(event -> event.host().contains("3")).toList();
    Map<String, Spool> spools = new HashMap<>();
    for (TelemetryEvent event : some) {
      spools
          .computeIfAbsent(event.host(), host -> spool(folder.resolve("spools").resolve(host)))
          .append(event);
    }
    for (Spool spool : spools.values()) {
      spool.close();
    }
    Path torn = newest(folder.resolve("spools").resolve(some.get(0).host()));
    try (FileChannel file = FileChannel.open(torn, StandardOpenOption.WRITE)) {
      file.truncate(file.size() - 5);
    }

    // When
    Outcome spooled = replay(new ArchiveHistory(folder.resolve("spools")), 2, TimeRange.ALL);

    // Then
    assertThat(spooled.totals().events()).isEqualTo(some.size() - 1);
    assertThat(spooled.totals().unusable()).containsEntry(DeadLetterReason.UNDECODABLE, 1L);
    Outcome exported =
        replay(new ArchiveHistory(Archives.write(folder.resolve("a"), some, 1)), 1, TimeRange.ALL);
    // A host alone in its stream is never seen to be silent: later steps may differ by that.
    assertThat(lines(withoutSources(triggers(spooled.steps()))))
        .isNotEmpty()
        .isEqualTo(lines(withoutSources(triggers(exported.steps()))));
  }

  @Test
  void rangeHoldsTheStepsThatFallIntoIt() throws Exception {
    History archive = new ArchiveHistory(Archives.write(folder, events, 3));
    Instant from = START.plusSeconds(900);
    TimeRange range = new TimeRange(from, START.plusSeconds(3_000));

    Outcome part = replay(archive, 2, range);

    List<Incident> all = replay(archive, 2, TimeRange.ALL).steps();
    assertThat(part.steps()).isNotEmpty().allMatch(step -> range.contains(step.getUpdatedAt()));
    assertThat(lines(begunAfter(from, part.steps())))
        .hasSizeGreaterThan(20)
        .isEqualTo(
            lines(
                begunAfter(from, all).stream()
                    .filter(step -> range.contains(step.getUpdatedAt()))
                    .toList()));
  }

  @Test
  void hostsCanBeChosen() throws Exception {
    History archive = new ArchiveHistory(Archives.write(folder, events, 3));
    String host = events.get(0).host();
    Replay replay = new Replay(SIGNATURES, SETTINGS, COMPOSER, host::equals, 2);

    Totals totals = replay.run(archive, TimeRange.ALL, incident -> {});

    assertThat(totals.hosts()).isOne();
    assertThat(totals.events())
        .isEqualTo(events.stream().filter(event -> event.host().equals(host)).count());
  }

  @Test
  void unfinishedAndDamagedArchivesAreErrors() throws Exception {
    Path archive = Archives.write(folder.resolve("a"), events.subList(0, 1_000), 1);
    Path file = archive.resolve("partition-0000.avro");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 0x55;
    Files.write(file, bytes);

    assertThatThrownBy(() -> replay(new ArchiveHistory(archive), 1, TimeRange.ALL))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("partition-0000.avro");

    Files.write(file, Arrays.copyOf(bytes, bytes.length / 4));
    assertThatThrownBy(() -> replay(new ArchiveHistory(archive), 1, TimeRange.ALL))
        .hasMessageContaining("cut off");

    Files.delete(archive.resolve("manifest.json"));
    assertThatThrownBy(() -> new ArchiveHistory(archive)).hasMessageContaining("not finished");
    assertThatThrownBy(() -> new ArchiveHistory(folder.resolve("none")))
        .isInstanceOf(IOException.class);
  }

  private record Outcome(Totals totals, List<Incident> steps) {}

  private static Outcome replay(History history, int threads, TimeRange range) throws Exception {
    List<Incident> steps = new ArrayList<>();
    Replay replay = new Replay(SIGNATURES, SETTINGS, COMPOSER, host -> true, threads);
    return new Outcome(replay.run(history, range, steps::add), steps);
  }

  /** The engine, fed directly. */
  private static List<Incident> detect(List<RecordedEvent> partition) throws Exception {
    Projection projection = new Projection(SIGNATURES);
    PartitionDetector detector =
        new PartitionDetector(
            new HostDetector(SIGNATURES, SETTINGS, COMPOSER), SETTINGS, HostStates.inMemory());
    List<Incident> incidents = new ArrayList<>();
    for (RecordedEvent event : partition) {
      detector
          .accept(event.event().host(), projection.of(event.event().value(), event.source()))
          .forEach(step -> incidents.addAll(step.step().incidents()));
    }
    return incidents;
  }

  private static List<String> lines(List<Incident> steps) {
    return steps.stream().map(step -> RecordJson.of(step).toString()).toList();
  }

  private static List<Incident> begunAfter(Instant moment, List<Incident> steps) {
    return steps.stream().filter(step -> !step.getStartedAt().isBefore(moment)).toList();
  }

  private static List<Incident> triggers(List<Incident> steps) {
    return steps.stream().filter(step -> step.getEventAction() == EventAction.TRIGGER).toList();
  }

  private static List<Incident> withoutSources(List<Incident> steps) {
    return steps.stream()
        .map(
            step ->
                Incident.newBuilder(step)
                    .setEvidence(
                        step.getEvidence().stream().map(ReplayTest::withoutSource).toList())
                    .build())
        .toList();
  }

  private static EvidenceItem withoutSource(EvidenceItem item) {
    return new EvidenceItem(item.getSummary(), item.getObservedAt(), null, null, null);
  }

  private static List<TelemetryEvent> shuffled(List<TelemetryEvent> events, int withinMs) {
    record Arrival(long atMs, TelemetryEvent event) {}
    Random random = new Random(11);
    return events.stream()
        .map(
            event ->
                new Arrival(event.eventTime().toEpochMilli() + random.nextInt(withinMs), event))
        .sorted(Comparator.comparingLong(Arrival::atMs))
        .map(Arrival::event)
        .toList();
  }

  private static Spool spool(Path directory) {
    try {
      Spool spool =
          new Spool(
              new SpoolSettings(directory, 1L << 30, Duration.ofDays(365)),
              Clock.systemUTC(),
              (reason, count, words) -> {
                throw new AssertionError(reason);
              });
      spool.open();
      return spool;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Path newest(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".avro"))
          .max(Comparator.naturalOrder())
          .orElseThrow();
    }
  }
}
