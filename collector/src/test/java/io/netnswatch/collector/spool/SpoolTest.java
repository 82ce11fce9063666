package io.netnswatch.collector.spool;

import static io.netnswatch.collector.spool.TestEvents.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netnswatch.schema.TelemetryEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SpoolTest {

  private static final Map<Partition, Long> OFFSETS = Map.of(new Partition("t", 3), 42L);

  @TempDir private Path parent;

  private final Map<String, Long> lost = new HashMap<>();
  private final List<Spool> opened = new ArrayList<>();

  @AfterEach
  void closeAll() throws IOException {
    for (Spool spool : opened) {
      spool.close();
    }
  }

  @Test
  void eventsComeOutInOrderAndOnceAcknowledgedTheDiskIsEmpty() throws Exception {
    // Given
    Spool spool = spool();
    append(spool, 0, 100);

    // When
    List<Long> sequences = drain(spool, 30);

    // Then
    assertThat(sequences).isEqualTo(numbers(0, 100));
    assertThat(spool.isEmpty()).isTrue();
    assertThat(files()).isEmpty();
    assertThat(spool.status()).isEqualTo(SpoolStatus.EMPTY);
    assertThat(lost).isEmpty();
  }

  @Test
  void whatWasWrittenAndAcknowledgedOutlastsTheProcess() throws Exception {
    // Given: no close, as after kill -9
    Spool first = spool();
    append(first, 0, 10);
    first.settle(first.take(4), 4, OFFSETS);
    Path copy = copyOfDirectory();

    // When
    Spool second = spool(copy, 1 << 20, Clock.systemUTC());

    // Then
    assertThat(second.offsets()).isEqualTo(OFFSETS);
    assertThat(second.status().events()).isEqualTo(6);
    assertThat(drain(second, 100)).isEqualTo(numbers(4, 10));
  }

  @Test
  void onlyTheOwnerCanReadIt() throws Exception {
    // When
    append(spool(), 0, 1);

    // Then
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory())))
        .isEqualTo("rwx------");
    for (Path file : files()) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void itsFilesAreReadByPlainAvro() throws Exception {
    // Given
    append(spool(), 0, 3);

    // When
    List<String> kinds = new ArrayList<>();
    try (DataFileReader<GenericRecord> reader =
        new DataFileReader<>(files().get(0).toFile(), new GenericDatumReader<>())) {
      reader.forEach(record -> kinds.add(record.getSchema().getName() + record.get("sequence")));
    }

    // Then
    assertThat(kinds).containsExactly("NetnsLatency0", "NetnsLatency1", "NetnsLatency2");
  }

  /**
   * Cut at every length, as a power failure may: no whole event is lost, no half one is made up.
   */
  @Test
  void ofATornFileWhatIsWholeIsDeliveredAndTheRestIsCounted() throws Exception {
    // Given
    Spool spool = spool();
    List<Long> ends = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      spool.append(event(i));
      ends.add(Files.size(files().get(0)));
    }
    byte[] whole = Files.readAllBytes(files().get(0));
    Path copy = Files.createDirectory(parent.resolve("torn"));

    long header = ends.get(0) - (ends.get(1) - ends.get(0));
    int[] cuts =
        IntStream.concat(
                IntStream.of(0, 1, (int) header / 2),
                IntStream.range((int) header - 2, whole.length))
            .toArray();
    for (int cut : cuts) {
      lost.clear();
      Files.write(copy.resolve(files().get(0).getFileName()), java.util.Arrays.copyOf(whole, cut));

      // When
      Spool torn = spool(copy, 1 << 20, Clock.systemUTC());
      List<Long> sequences = drain(torn, 100);
      torn.close();

      // Then
      long complete = ends.stream().filter(end -> end <= cut).count();
      boolean atBoundary = ends.contains((long) cut);
      assertThat(sequences).as("cut at %d", cut).isEqualTo(numbers(0, complete));
      if (!atBoundary && cut != header) {
        assertThat(lost).as("cut at %d", cut).isEqualTo(Map.of("spool damaged", 1L));
      }
    }
  }

  @Test
  void damageInTheMiddleCostsOnlyWhatItHits() throws Exception {
    // Given
    Spool spool = spool();
    append(spool, 0, 10);
    Path file = files().get(0);
    int middle = (int) Files.size(file);
    append(spool, 10, 20);
    spool.close();
    byte[] bytes = Files.readAllBytes(file);
    for (int i = middle; i < middle + 40; i++) {
      bytes[i] ^= 0x55;
    }
    Files.write(file, bytes);

    // When
    Spool next = spool();
    List<Long> sequences = drain(next, 100);

    // Then
    assertThat(sequences).hasSizeBetween(17, 19).isSorted().startsWith(0L).endsWith(19L);
    assertThat(lost.keySet()).containsExactly("spool damaged");
  }

  @Test
  void beyondItsSizeTheOldestGoFirstAndAreCounted() throws Exception {
    // Given
    Spool spool = spool();

    // When
    long appended = 0;
    while (lost.isEmpty()) {
      spool.append(event(appended++));
    }

    // Then
    assertThat(spool.status().bytes()).isLessThanOrEqualTo(1 << 20);
    long dropped = lost.getOrDefault("spool full", 0L);
    assertThat(lost).containsOnlyKeys("spool full");
    assertThat(drain(spool, 1_000)).isEqualTo(numbers(dropped, appended));
  }

  @Test
  void whatIsInFlightWhenItsFileIsDroppedIsCountedOnlyIfItIsNotSettled() throws Exception {
    // Given
    Spool spool = spool();
    append(spool, 0, 50);
    Batch inFlight = spool.take(10);
    long appended = 50;
    while (lost.isEmpty()) {
      spool.append(event(appended++));
    }
    long beside = lost.getOrDefault("spool full", 0L);

    // When
    spool.settle(inFlight, 6, OFFSETS);

    // Then: 6 published, 4 lost with their file, and what was counted before
    assertThat(lost).isEqualTo(Map.of("spool full", beside + 4));
    assertThat(drain(spool, 1_000)).isEqualTo(numbers(beside + 10, appended));
  }

  @Test
  void beyondItsAgeAFileGoesAndIsCounted() throws Exception {
    // Given
    Spool old = spool();
    append(old, 0, 3);
    old.close();
    Clock later = Clock.fixed(Instant.now().plus(Duration.ofHours(25)), ZoneOffset.UTC);
    Spool spool = spool(directory(), 1 << 20, later);
    spool.append(event(3));

    // When
    spool.expire();

    // Then
    assertThat(lost).isEqualTo(Map.of("spool too old", 3L));
    assertThat(drain(spool, 10)).containsExactly(3L);
  }

  @Test
  void twoDoNotShareADirectory() throws Exception {
    // Given
    append(spool(), 0, 1);

    // When, Then
    assertThatThrownBy(this::spool)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("another process uses the spool");
  }

  @Test
  void aFullDiskRefusesAnEventWholeAndTakesItWhenThereIsSpace() throws Exception {
    // Given: 256 KiB of file system, which only root can have
    Path disk = Files.createDirectory(parent.resolve("disk"));
    Assumptions.assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=256k", "none", disk.toString()));
    try {
      Spool spool = spool(disk.resolve("spool"), 1 << 20, Clock.systemUTC());
      append(spool, 0, 1);
      Path filler = disk.resolve("filler");
      fill(filler);
      long accepted = 1;
      IOException full = null;
      while (full == null) {
        try {
          spool.append(event(accepted));
          accepted++;
        } catch (IOException e) {
          full = e;
        }
      }

      // When
      Files.delete(filler);
      append(spool, accepted, accepted + 5);

      // Then
      assertThat(full).hasMessageContaining("No space left");
      assertThat(drain(spool, 100)).isEqualTo(numbers(0, accepted + 5));
      assertThat(lost).isEmpty();
      spool.close();
    } finally {
      assertThat(run("umount", disk.toString())).isTrue();
    }
  }

  private static void fill(Path filler) throws IOException {
    try (var out = Files.newOutputStream(filler)) {
      byte[] page = new byte[4096];
      for (int i = 0; i < 1_000; i++) {
        out.write(page);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
    }
  }

  private static boolean run(String... command) throws Exception {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException e) { // no such program
      return false;
    }
  }

  private Spool spool() throws IOException {
    return spool(directory(), 1 << 20, Clock.systemUTC());
  }

  private Spool spool(Path directory, long maxBytes, Clock clock) throws IOException {
    Spool spool =
        new Spool(
            new SpoolSettings(directory, maxBytes, Duration.ofDays(1)),
            clock,
            (reason, events, words) -> {
              if (events > 0) {
                lost.merge(reason, events, Long::sum);
              }
            });
    spool.open();
    opened.add(spool);
    return spool;
  }

  private static void append(Spool spool, long from, long to) throws IOException {
    for (long i = from; i < to; i++) {
      spool.append(event(i));
    }
  }

  private static List<Long> numbers(long from, long to) {
    return LongStream.range(from, to).boxed().toList();
  }

  private Path directory() {
    return parent.resolve("spool");
  }

  private List<Path> files() throws IOException {
    try (var files = Files.list(directory())) {
      return files.filter(file -> file.toString().endsWith(".avro")).sorted().toList();
    }
  }

  private Path copyOfDirectory() throws IOException {
    Path copy = Files.createDirectory(parent.resolve("copy"));
    try (var files = Files.list(directory())) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }

  private List<Long> drain(Spool spool, int batchEvents) throws IOException {
    List<Long> sequences = new ArrayList<>();
    Batch batch = spool.take(batchEvents);
    while (!batch.events().isEmpty()) {
      for (TelemetryEvent event : batch.events()) {
        sequences.add(EventId.of(event.value()).sequence());
      }
      spool.settle(batch, batch.events().size(), OFFSETS);
      batch = spool.take(batchEvents);
    }
    return sequences;
  }
}
