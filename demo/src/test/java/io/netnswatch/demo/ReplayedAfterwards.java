package io.netnswatch.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netnswatch.command.Commands;
import io.netnswatch.localcluster.LocalCluster;
import io.netnswatch.replay.ExportCommand;
import io.netnswatch.replay.ImportCommand;
import io.netnswatch.replay.ReplayCommand;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.RecordJson;
import io.netnswatch.schema.Topics;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** History commands on the topics that a live detector has read and written. */
final class ReplayedAfterwards {

  private static final String REPLAYED = "replayed-incidents";

  private final LocalCluster cluster;
  private final Path directory;
  private final int graceSeconds;

  ReplayedAfterwards(LocalCluster cluster, Path directory, int graceSeconds) {
    this.cluster = cluster;
    this.directory = directory;
    this.graceSeconds = graceSeconds;
  }

  /** Byte for byte, from topics and from an archive of them, by one thread and by several. */
  void isTheSame(List<Incident> live) throws Exception {
    List<String> expected = live.stream().map(step -> RecordJson.of(step).toString()).toList();
    Path archive = directory.resolve("archive");

    same(lines(ofTopics(), "--threads=1"), expected);
    assertThat(run(new ExportCommand(), cluster("--archive=" + archive)))
        .contains(live.size() + " incidents in ", "left out: UNDECODABLE");
    List<String> ofArchive = List.of("--archive=" + archive, "--grace=" + graceSeconds);
    same(lines(ofArchive, "--threads=3"), expected);

    differencesAreSeen(ofTopics(), ofArchive, live.size());
    publishedUnderAnId(live.size());
    importedElsewhere(archive, expected);
    oldEventsAreNotGivenToATopicThatDeletesThem(archive);
    writesNothing();
  }

  /** First by what was said when, which a person can read where it differs. */
  private static void same(List<String> steps, List<String> expected) throws IOException {
    assertThat(outlines(steps)).containsExactlyInAnyOrderElementsOf(outlines(expected));
    assertThat(steps).containsExactlyInAnyOrderElementsOf(expected);
  }

  private static List<String> outlines(List<String> steps) throws IOException {
    List<String> outlines = new ArrayList<>();
    for (String line : steps) {
      JsonNode step = new JsonMapper().readTree(line);
      outlines.add(step.get("event_id").asText() + " " + step.get("updated_at").asText());
    }
    return outlines;
  }

  private void differencesAreSeen(List<String> topics, List<String> archive, int steps) {
    String same = "Compared with the live application: " + steps + " steps the same, 0 different";
    assertThat(run(new ReplayCommand(), with(topics, "--diff"))).contains(same);
    assertThat(run(new ReplayCommand(), with(archive, "--diff"))).contains(same);
    assertThat(
            runTo(
                1,
                new ReplayCommand(),
                with(archive, "--diff", "--set=netns-cleanup-livelock.hot.cpus=64")))
        .contains("missing  netns-cleanup-livelock/");
  }

  /** Of its own, so that nobody is paged for it. */
  private void publishedUnderAnId(int steps) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
      admin.createTopics(List.of(new NewTopic(REPLAYED, 1, (short) 1))).all().get();
    }
    run(new ReplayCommand(), with(ofTopics(), "--publish=" + REPLAYED));
    runTo(1, new ReplayCommand(), with(ofTopics(), "--publish=netnswatch.incidents"));

    List<Incident> published = new ArrayList<>();
    try (var consumer =
        new org.apache.kafka.clients.consumer.KafkaConsumer<String, Object>(consumerConfig())) {
      var partition = new org.apache.kafka.common.TopicPartition(REPLAYED, 0);
      consumer.assign(List.of(partition));
      while (consumer.position(partition) < steps) {
        consumer
            .poll(java.time.Duration.ofMillis(500))
            .forEach(record -> published.add((Incident) record.value()));
      }
    }
    assertThat(published).hasSize(steps);
    assertThat(published.stream().map(Incident::getReplayRunId).distinct().toList())
        .singleElement()
        .asString()
        .startsWith("replay-");
  }

  private Properties consumerConfig() {
    Properties config = new Properties();
    config.put("bootstrap.servers", cluster.bootstrapServers());
    config.put("schema.registry.url", cluster.schemaRegistryUrl());
    config.put("specific.avro.reader", "true");
    config.put("auto.offset.reset", "earliest");
    config.put("key.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
    config.put("value.deserializer", "io.confluent.kafka.serializers.KafkaAvroDeserializer");
    return config;
  }

  /**
   * The same but for the silence of a host: that is told by the time of its partition, which is the
   * time of other hosts elsewhere. A recording that ends minutes before the others was alone in its
   * partition, or is so now; then nobody's time shows that its host says nothing any more, and its
   * last windows wait for more.
   */
  private void importedElsewhere(Path archive, List<String> live) throws Exception {
    run(
        new ImportCommand(),
        cluster(
            "--archive=" + archive,
            "--topic-prefix=imported.",
            "--partitions=3",
            "--replication-factor=1"));
    List<String> imported = cluster("--topic-prefix=imported.", "--grace=" + graceSeconds);
    Map<String, List<JsonNode>> before = byHost(live);
    Map<String, List<JsonNode>> after = byHost(lines(imported, "--threads=2"));

    assertThat(after).containsOnlyKeys(before.keySet());
    before.forEach((host, steps) -> sameButForSilence(steps, requireNonNull(after.get(host))));
  }

  private static void sameButForSilence(List<JsonNode> before, List<JsonNode> after) {
    int same = Math.min(before.size(), after.size());
    assertThat(after.subList(0, same)).isEqualTo(before.subList(0, same));
    List<JsonNode> longer = before.size() > same ? before : after;
    List<JsonNode> rest = longer.subList(same, longer.size());
    if (!rest.isEmpty()) {
      assertThat(rest.get(rest.size() - 1).get("no_data").asBoolean()).as("%s", rest).isTrue();
    }
  }

  /** Each host's steps in their order; where its records stand is something else elsewhere. */
  private static Map<String, List<JsonNode>> byHost(List<String> lines) throws IOException {
    Map<String, List<JsonNode>> steps = new TreeMap<>();
    for (String line : lines) {
      JsonNode step = new JsonMapper().readTree(line);
      step.get("evidence")
          .forEach(
              it ->
                  ((ObjectNode) it)
                      .remove(List.of("source_topic", "source_partition", "source_offset")));
      steps.computeIfAbsent(step.get("host").asText(), host -> new ArrayList<>()).add(step);
    }
    steps
        .values()
        .forEach(
            it ->
                it.sort(
                    Comparator.comparing((JsonNode step) -> step.get("updated_at").asText())
                        .thenComparing(step -> step.get("event_id").asText())));
    return steps;
  }

  private void oldEventsAreNotGivenToATopicThatDeletesThem(Path archive) throws Exception {
    List<NewTopic> topics =
        new Topics("brief.")
            .telemetry().stream()
                .map(
                    name ->
                        new NewTopic(name, 1, (short) 1).configs(Map.of("retention.ms", "1000")))
                .toList();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
      admin.createTopics(topics).all().get();
    }
    runTo(
        1,
        new ImportCommand(),
        cluster(
            "--archive=" + archive,
            "--topic-prefix=brief.",
            "--partitions=1",
            "--replication-factor=1"));
  }

  /** Neither a group nor an offset of theirs is in the cluster. */
  private void writesNothing() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
      assertThat(admin.listGroups().all().get()).hasSizeLessThanOrEqualTo(1);
      assertThat(admin.listTopics().names().get())
          .filteredOn(topic -> topic.startsWith(Topics.DEFAULT_PREFIX))
          .hasSameSizeAs(Topics.withDefaultPrefix().all());
    }
  }

  private List<String> ofTopics() {
    return cluster("--grace=" + graceSeconds);
  }

  private List<String> cluster(String... more) {
    return with(
        List.of(
            "--bootstrap-servers=" + cluster.bootstrapServers(),
            "--schema-registry-url=" + cluster.schemaRegistryUrl()),
        more);
  }

  /** The steps that a replay writes, which come in the order of event time. */
  private List<String> lines(List<String> options, String... more) throws IOException {
    Path out = directory.resolve("steps.jsonl");
    run(new ReplayCommand(), with(with(options, more), "--out=" + out));
    List<String> lines = Files.readAllLines(out, UTF_8);
    assertThat(lines.stream().map(ReplayedAfterwards::updatedAt).toList())
        .isSortedAccordingTo(Comparator.naturalOrder());
    return lines;
  }

  private static Instant updatedAt(String line) {
    try {
      JsonNode step = new JsonMapper().readTree(line);
      return Instant.parse(step.get("updated_at").asText());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String run(Object command, List<String> arguments) {
    return runTo(0, command, arguments);
  }

  private static String runTo(int exitCode, Object command, List<String> arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        Commands.line(command)
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(arguments.toArray(String[]::new));
    assertThat(exit).as(out + "\n" + err).isEqualTo(exitCode);
    return out.toString();
  }

  private static List<String> with(List<String> options, String... more) {
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of(more));
    return all;
  }
}
