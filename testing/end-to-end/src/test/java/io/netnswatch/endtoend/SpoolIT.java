package io.netnswatch.endtoend;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.netnswatch.collector.spool.EventId;
import io.netnswatch.command.topics.TopicPlan;
import io.netnswatch.localcluster.ChildJvm;
import io.netnswatch.localcluster.ChildOptions;
import io.netnswatch.localcluster.LocalCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No event is lost and none comes twice, whatever happens to the broker and to the collector. */
class SpoolIT {

  private static final long SEED = 20_180_201;
  private static final int PARTITIONS = 3;
  private static final int KILLS = 8;

  @TempDir private Path directory;
  private final List<Path> journals = new ArrayList<>();

  @Test
  void everyAcceptedEventIsPublishedOnceAndInOrder() throws Exception {
    try (LocalCluster cluster = LocalCluster.start(directory);
        Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
      TopicPlan plan = new TopicPlan(SpoolingHost.TOPICS, PARTITIONS, (short) 1);
      plan.create(admin);
      plan.registerSchemas(new CachedSchemaRegistryClient(cluster.schemaRegistryUrl(), 10));

      // Given: a collector that is killed at random moments, while the broker comes and goes
      Random random = new Random(SEED);
      boolean brokerUp = true;
      for (int i = 0; i < KILLS; i++) {
        long atLeast = 20L + random.nextInt(250);
        ChildJvm host = host(cluster);
        if (i % 4 == 1) {
          awaitAccepted(host, 10);
          cluster.stopBroker();
          brokerUp = false;
        }
        awaitAccepted(host, atLeast);
        if (i % 4 == 2) {
          cluster.restartBroker();
          brokerUp = true;
          awaitAccepted(host, atLeast + random.nextInt(150));
        }
        host.process().destroyForcibly().waitFor();
        host.close();
        if (i % 4 == 1) {
          tearTheLastFile();
        }
      }
      assertThat(brokerUp).isTrue();

      // When: it runs once more, catches up, and is stopped
      try (ChildJvm host = host(cluster)) {
        awaitAccepted(host, 100);
        await().atMost(Duration.ofSeconds(60)).until(() -> spoolFiles().isEmpty());
      }

      // Then
      Map<Long, Set<Long>> published = publishedByRun(cluster);
      List<JournalLine> ends = lastLines();
      assertThat(ends).hasSize(KILLS + 1);
      assertThat(published.keySet())
          .isEqualTo(ends.stream().map(JournalLine::run).collect(toSet()));
      for (JournalLine end : ends) {
        Set<Long> sequences = published.getOrDefault(end.run(), new TreeSet<>());
        assertThat(sequences).containsExactlyElementsOf(firstNumbers(sequences.size()));
        assertThat((long) sequences.size()).isGreaterThanOrEqualTo(end.accepted());
      }
      assertThat(ends.stream().mapToLong(JournalLine::dropped).sum())
          .as("the halves of events in the torn files are counted")
          .isEqualTo(KILLS / 4);
    }
  }

  private static List<Long> firstNumbers(long count) {
    return LongStream.range(0, count).boxed().toList();
  }

  /** All that is on the topics; each is checked to hold its events in order and once. */
  private static Map<Long, Set<Long>> publishedByRun(LocalCluster cluster) {
    Map<Long, Set<Long>> byRun = new HashMap<>();
    Map<String, List<EventId>> published =
        PublishedEvents.ids(
            cluster,
            List.of(SpoolingHost.TOPICS.perfSamples(), SpoolingHost.TOPICS.netnsLatencies()));
    published.forEach(
        (topic, ids) -> {
          assertThat(ids)
              .as("order on %s", topic)
              .isSortedAccordingTo(
                  Comparator.comparing(EventId::collectorStartedAt)
                      .thenComparingLong(EventId::sequence))
              .doesNotHaveDuplicates();
          ids.forEach(
              id ->
                  byRun
                      .computeIfAbsent(
                          id.collectorStartedAt().toEpochMilli(), it -> new TreeSet<>())
                      .add(id.sequence()));
        });
    return byRun;
  }

  /** What a crash in the middle of a write leaves: the beginning of an event. */
  private void tearTheLastFile() throws IOException {
    List<Path> files = spoolFiles();
    Path last = files.get(files.size() - 1);
    byte[] halfAnEvent = {2, (byte) 0x80, 2, 1, 2, 3};
    Files.write(last, halfAnEvent, StandardOpenOption.APPEND);
  }

  private ChildJvm host(LocalCluster cluster) throws IOException {
    journals.add(directory.resolve("journal-" + journals.size()));
    return ChildJvm.start(
        "host",
        directory,
        System.getProperty("java.class.path"),
        ChildOptions.COLLECTOR,
        SpoolingHost.class.getName(),
        List.of(
            cluster.bootstrapServers(),
            cluster.schemaRegistryUrl(),
            directory.resolve("spool").toString(),
            journals.get(journals.size() - 1).toString()));
  }

  private void awaitAccepted(ChildJvm host, long count) {
    Path journal = journals.get(journals.size() - 1);
    await()
        .pollInterval(Duration.ofMillis(20))
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                !host.process().isAlive()
                    || lastLine(journal).filter(line -> line.accepted() >= count).isPresent());
    assertThat(host.process().isAlive()).as(host.logTail()).isTrue();
  }

  private List<Path> spoolFiles() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("spool"))) {
      return files.filter(file -> file.toString().endsWith(".avro")).sorted().toList();
    }
  }

  /** What a run had accepted at the end, see {@link SpoolingHost}. */
  private record JournalLine(long run, long accepted, long dropped) {}

  private List<JournalLine> lastLines() throws IOException {
    List<JournalLine> lines = new ArrayList<>();
    for (Path journal : journals) {
      lastLine(journal).ifPresent(lines::add);
    }
    return lines;
  }

  private static Optional<JournalLine> lastLine(Path journal) throws IOException {
    if (!Files.exists(journal)) {
      return Optional.empty();
    }
    try (Stream<String> lines = Files.lines(journal)) {
      return lines
          .map(line -> line.split(" ", -1))
          .filter(words -> words.length == 3)
          .reduce((earlier, later) -> later)
          .map(
              words ->
                  new JournalLine(
                      Long.parseLong(words[0]),
                      Long.parseLong(words[1]),
                      Long.parseLong(words[2])));
    }
  }
}
