package io.netnswatch.endtoend;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.netnswatch.command.Commands;
import io.netnswatch.command.records.AvroSerdes;
import io.netnswatch.detection.TestEvents;
import io.netnswatch.detection.cause.Cause;
import io.netnswatch.localcluster.ChildJvm;
import io.netnswatch.localcluster.ChildOptions;
import io.netnswatch.localcluster.LocalCluster;
import io.netnswatch.schema.ActionPhase;
import io.netnswatch.schema.HostAction;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.Topics;
import io.netnswatch.streams.HostsCommand;
import io.netnswatch.streams.IncidentsCommand;
import io.netnswatch.streams.deadletters.DeadLettersCommand;
import io.netnswatch.streams.topics.TopicsCommand;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The detector as it is operated: topics, instances, queries, dead letters. */
class DetectIT {

  private static final Topics TOPICS = Topics.withDefaultPrefix();
  private static final String TOKEN = "only for this test";
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Pattern ADDRESS =
      Pattern.compile("queries at http://(127\\.0\\.0\\.1:\\d+)");
  private static final int HOSTS = 24;

  /** Longer than topics wait for each other. */
  private static final Duration LULL = Duration.ofSeconds(3);

  /** Magic byte and schema id. */
  private static final int WIRE_PREFIX = 5;

  private static final List<String> LIVELOCKED = List.of("node-11", "node-5");

  @TempDir private static Path directory;
  private static LocalCluster cluster;
  private static SchemaRegistryClient registry;

  private final HttpClient client = HttpClient.newHttpClient();
  private final ObjectMapper json = new ObjectMapper();

  @BeforeAll
  static void startCluster() throws Exception {
    cluster = LocalCluster.start(directory);
    registry = new CachedSchemaRegistryClient(cluster.schemaRegistryUrl(), 10);
  }

  @AfterAll
  static void stopCluster() throws Exception {
    cluster.close();
  }

  /** As oncall does. */
  private static void writeAction(String host, ActionPhase phase) throws Exception {
    HostAction action =
        HostAction.newBuilder()
            .setHost(host)
            .setTarget("nodes")
            .setOperation("cordon")
            .setPhase(phase)
            .setIncidentKey("netns-cleanup-livelock/" + host + "/2026-01-01T00:00:00Z")
            .setKind("netns-cleanup-livelock")
            .setTitle("netns cleanup livelock on " + host)
            .setRecordedAt(Instant.now())
            .setOncallVersion("test")
            .build();
    try (KafkaProducer<byte[], Object> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", cluster.bootstrapServers()),
            new ByteArraySerializer(),
            AvroSerdes.serializer(registry))) {
      producer
          .send(
              new ProducerRecord<>(TOPICS.actions(), host.getBytes(StandardCharsets.UTF_8), action))
          .get();
    }
  }

  @Test
  void topicsAreMadeOnceAndChecked() throws Exception {
    Topics topics = new Topics("made.");
    String[] create = {"create", "--topic-prefix=made.", "--partitions=2"};
    String[] check = {"check", "--topic-prefix=made.", "--partitions=2"};

    // Nothing there: each topic is named, and a dry run makes none
    assertThat(topics(check)).startsWith("1\n").contains(topics.all());
    assertThat(topics("create", "--topic-prefix=made.", "--partitions=2", "--dry-run"))
        .startsWith("0\n")
        .contains(topics.all());
    assertThat(topics(check)).startsWith("1\n");

    // Made, and made again
    assertThat(topics(create)).startsWith("0\nAll topics");
    assertThat(topics(create)).startsWith("0\nAll topics");
    assertThat(topics(check)).startsWith("0\nAll topics");

    // What somebody changed is found, and set right on request alone
    ConfigResource incidents = new ConfigResource(ConfigResource.Type.TOPIC, topics.incidents());
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  incidents,
                  List.of(
                      new AlterConfigOp(
                          new ConfigEntry("cleanup.policy", "delete"), AlterConfigOp.OpType.SET))))
          .all()
          .get();
    }
    registry.updateCompatibility(Topics.subject(topics.perfSamples()), "NONE");
    assertThat(topics(check))
        .startsWith("1\n")
        .containsPattern("made.incidents +cleanup.policy +delete +compact,delete")
        .containsPattern("made.perf-samples +compatibility +NONE +BACKWARD");
    assertThat(topics("check", "--topic-prefix=made.", "--partitions=3", "--json"))
        .contains("\"setting\":\"partitions\",\"found\":\"2\",\"wanted\":\"3\"");
    assertThat(topics("create", "--topic-prefix=made.", "--partitions=2", "--alter"))
        .startsWith("0\nAll topics");
  }

  @Test
  void deadLettersGoBackOnceAndAreUsedAfterTheFix() throws Exception {
    Topics topics = new Topics("letters.");
    assertThat(topics("create", "--topic-prefix=letters.", "--partitions=1")).startsWith("0\n");
    try (ChildJvm detector = detector("letters", "--topic-prefix=letters.", "--application-id=l")) {
      // Given: snapshots in a schema that is going to be registered, under one of these ids
      awaitReady(detector);
      int latest = registry.register("other-value", schemaWith("known"));
      try (Sender sender = sender(topics)) {
        for (int id = latest + 1; id <= latest + 3; id++) {
          ProcSnapshot snapshot = TestEvents.ofHost("late-schema").snapshot(id);
          byte[] value =
              AvroSerdes.serializer(registry).serialize(topics.procSnapshots(), snapshot);
          byte[] newer = // whose first field is null
              ByteBuffer.allocate(value.length + 1)
                  .put((byte) 0)
                  .putInt(id)
                  .put((byte) 0)
                  .put(value, WIRE_PREFIX, value.length - WIRE_PREFIX)
                  .array();
          sender.send(topics.procSnapshots(), "late-schema", newer).get();
        }
      }
      await()
          .atMost(LIMIT)
          .untilAsserted(
              () ->
                  assertThat(deadLetters(topics))
                      .contains("{UNKNOWN_SCHEMA=3}", "late-schema", "letters.proc-snapshots-0@2"));

      // When: not fixed yet, they come back as dead letters, each time counted
      assertThat(deadLetters(topics, "--republish")).contains("3 would be sent back");
      assertThat(deadLetters(topics, "--republish", "--yes")).contains("3 sent back");
      await()
          .atMost(LIMIT)
          .untilAsserted(() -> assertThat(deadLetters(topics)).contains("{UNKNOWN_SCHEMA=6}"));
      assertThat(deadLetters(topics, "--republish"))
          .contains("3 stay: each was sent back", "3 would be sent back");
      assertThat(deadLetters(topics, "--show=0@0"))
          .contains("can't be decoded")
          .contains("netnswatch.error");
      assertThat(deadLetters(topics, "--json"))
          .contains("\"republished_count\":1", "\"sent_back\":true");

      // Then: after the fix, what can be used is used
      assertThat(registry.register(Topics.subject(topics.procSnapshots()), schemaWith("new")))
          .isBetween(latest + 1, latest + 3);
      assertThat(deadLetters(topics, "--republish", "--yes"))
          .contains("3 stay")
          .contains("3 sent back");
      await()
          .atMost(LIMIT)
          .untilAsserted(() -> assertThat(hosts(detector, "")).containsExactly("late-schema"));
      await()
          .atMost(LIMIT)
          .untilAsserted(() -> assertThat(deadLetters(topics)).contains("{UNKNOWN_SCHEMA=8}"));
    }
  }

  /** As when the hosts' networks were down: minutes of all come at once, of one topic first. */
  @Test
  void whatComesAfterALullWaitsForTheOtherTopics() throws Exception {
    assertThat(topics("create", "--topic-prefix=lull.", "--partitions=1", "--retention=forever"))
        .startsWith("0\n");
    Topics topics = new Topics("lull.");
    try (ChildJvm detector = detector("lull", "--topic-prefix=lull.", "--application-id=lull");
        Sender sender = sender(topics)) {
      awaitReady(detector);
      sender.send(TestEvents.ofHost("node-0").healthy(0, 60));
      await().atMost(LIMIT).untilAsserted(() -> assertThat(hosts(detector, "")).hasSize(1));

      for (String late : topics.telemetry()) {
        Thread.sleep(LULL.toMillis());
        sender.sendWithDelay(TestEvents.ofHost(late).livelock(), late, Duration.ofMillis(500));
        await().atMost(LIMIT).untilAsserted(() -> assertThat(open(detector)).contains(late));
      }

      assertThat(sum(text(detector, "/metrics"), "netnswatch_dead_letters_total\\{.*}"))
          .as(deadLetters(topics))
          .isZero();
    }
  }

  /** The snapshot's schema of a release to come. */
  private static AvroSchema schemaWith(String field) {
    String schema = ProcSnapshot.getClassSchema().toString();
    return new AvroSchema(
        schema.replaceFirst(
            "\"fields\":\\[",
            "\"fields\":[{\"name\":\""
                + field
                + "\",\"type\":[\"null\",\"string\"],\"default\":null},"));
  }

  private static String topics(String... arguments) {
    return output(Commands.line(new TopicsCommand()), arguments);
  }

  private static String deadLetters(Topics topics, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--topic-prefix=" + topics.prefix());
    return output(Commands.line(new DeadLettersCommand()), all.toArray(String[]::new));
  }

  /** Exit code, and behind it what was printed. */
  private static String output(CommandLine command, String... arguments) {
    StringWriter out = new StringWriter();
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(out, true));
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--bootstrap-servers=" + cluster.bootstrapServers());
    all.add("--schema-registry-url=" + cluster.schemaRegistryUrl());
    return command.execute(all.toArray(String[]::new)) + "\n" + out;
  }

  @Test
  void instancesShareHostsAnswerForEachOtherAndTakeOver() throws Exception {
    // Given: telemetry of hosts in all partitions
    assertThat(topics("create", "--partitions=4", "--retention=forever")).startsWith("0\n");
    try (Sender sender = sender(TOPICS)) {
      for (int node = 0; node < HOSTS; node++) {
        TestEvents events = TestEvents.ofHost("node-" + node);
        sender.send(LIVELOCKED.contains(events.host()) ? events.livelock() : events.healthy(0, 60));
      }
    }
    String causes = "--causes=" + folderWithACauseOfOnesOwn();
    try (ChildJvm first = detector("detector-1", causes);
        ChildJvm second = detector("detector-2", causes)) {
      awaitReady(first);
      awaitReady(second);

      // Then: each has a part, and both answer for all
      await().atMost(LIMIT).untilAsserted(() -> assertThat(hosts(first, "")).hasSize(HOSTS));
      assertThat(hosts(second, "")).isEqualTo(hosts(first, ""));
      assertThat(hosts(first, "?scope=instance")).isNotEmpty().doesNotContain("node-none");
      assertThat(hosts(first, "?scope=instance").size() + hosts(second, "?scope=instance").size())
          .isEqualTo(HOSTS);
      for (String host : LIVELOCKED) {
        JsonNode detail = get(first, "/api/hosts/" + host);
        assertThat(get(second, "/api/hosts/" + host)).isEqualTo(detail);
        assertThat(detail.at("/summary/status").textValue()).isEqualTo("INCIDENT");
        assertThat(detail.at("/windows")).isNotEmpty();
        assertThat(detail.at("/incidents/0/kind").textValue()).isEqualTo("netns-cleanup-livelock");
        assertThat(detail.at("/incidents/0/cause/cause_version").textValue()).isEqualTo("ours-7");
      }
      assertThat(open(first)).containsExactlyElementsOf(LIVELOCKED);
      assertThat(open(second)).containsExactlyElementsOf(LIVELOCKED);
      assertThat(get(first, "/api/hosts/node-5/actions").at("/actions")).isEmpty();
      writeAction("node-5", ActionPhase.APPLYING);
      writeAction("node-11", ActionPhase.HELD_BACK);
      writeAction("node-5", ActionPhase.APPLIED);
      assertThat(get(first, "/api/hosts/node-5/actions").findValuesAsText("phase"))
          .containsExactly("APPLYING", "APPLIED");
      assertThat(get(second, "/api/hosts/node-11/actions").findValuesAsText("phase"))
          .containsExactly("HELD_BACK");
      assertThat(status(first, "/api/hosts/node-none", TOKEN)).isEqualTo(404);
      assertThat(status(first, "/api/hosts", "wrong")).isEqualTo(401);
      assertThat(status(first, "/metrics", null)).isEqualTo(401);
      assertThat(status(first, "/live", null)).isEqualTo(200);
      metricsAddUp(first, second);
      theConsoleHasWhatItShows(first, second);
      closedByHand("node-11", first, second);
      assertThat(open(second)).containsExactly("node-5");

      // When: one dies
      second.process().destroyForcibly();

      // Then: the other has all, restored from the changelogs
      await()
          .atMost(LIMIT)
          .ignoreExceptions()
          .untilAsserted(() -> assertThat(hosts(first, "?scope=instance")).hasSize(HOSTS));
      awaitReady(first);
      assertThat(open(first)).containsExactly("node-5");
      assertThat(Files.readString(first.log())).doesNotContain(TOKEN);

      // When: what cannot end by itself is ended
      assertThat(command(first, new HostsCommand(), "retire", "node-5", "--reason=sold"))
          .isEqualTo("0 retired node-5; incidents resolved: 1\n");
      assertThat(command(first, new HostsCommand(), "retire", "node-none"))
          .contains("1 ", "nothing is known of node-none");
      assertThat(hosts(first, "")).hasSize(HOSTS - 1).doesNotContain("node-5");
      assertThat(command(first, new IncidentsCommand())).contains("0 No open incidents.");
    }
  }

  /** The shipped one of a livelock, with a version of one's own. */
  private static Path folderWithACauseOfOnesOwn() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("causes"));
    try (InputStream shipped = Cause.class.getResourceAsStream("ipfrag-eviction.yaml")) {
      String yaml = new String(requireNonNull(shipped).readAllBytes(), StandardCharsets.UTF_8);
      Files.writeString(
          folder.resolve("ours.yaml"), yaml.replaceFirst("(?m)^version: .*$", "version: ours-7"));
    }
    return folder;
  }

  /** Through the instance that does not have the host. */
  private void closedByHand(String host, ChildJvm first, ChildJvm second) throws Exception {
    ChildJvm other = hosts(first, "?scope=instance").contains(host) ? second : first;
    String key = get(first, "/api/hosts/" + host).at("/incidents/0/incident_key").textValue();
    assertThat(command(other, new IncidentsCommand())).startsWith("0 ").contains(key);
    assertThat(command(other, new IncidentsCommand(), "show", key)).contains("0 ", "Chain:");

    String done = command(other, new IncidentsCommand(), "close", key, "--reason=it was a drill");

    assertThat(done).isEqualTo("0 closed " + key + "\n");
    JsonNode closed = get(first, "/api/hosts/" + host).at("/incidents/0");
    assertThat(closed.get("status").textValue()).isEqualTo("RESOLVED");
    assertThat(closed.get("resolution_reason").textValue()).isEqualTo("it was a drill");
    assertThat(command(other, new IncidentsCommand(), "close", key, "--reason=again"))
        .contains("1 ", "is not open");
    assertThat(command(other, new IncidentsCommand(), "close", "no-such", "--reason=none"))
        .contains("1 ", "no incident no-such");
  }

  /** What a command prints, after its exit code. */
  private static String command(ChildJvm detector, Object command, String... arguments)
      throws Exception {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text, true);
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--detector=" + address(detector));
    all.add("--http-token-file=" + directory.resolve("token"));
    int code = Commands.line(command).setOut(out).setErr(out).execute(all.toArray(String[]::new));
    return code + " " + text;
  }

  private static ChildJvm detector(String name, String... more) throws IOException {
    Path token = Files.writeString(directory.resolve("token"), TOKEN + "\n");
    Path config =
        Files.write(
            directory.resolve("detector.properties"),
            List.of(
                "bootstrap-servers=" + cluster.bootstrapServers(),
                "schema-registry-url=" + cluster.schemaRegistryUrl(),
                "http=127.0.0.1:0",
                "http-token-file=" + token,
                "kafka.session.timeout.ms=6000",
                "kafka.heartbeat.interval.ms=500"));
    List<String> arguments = new ArrayList<>(List.of(more));
    arguments.add("--config=" + config);
    arguments.add("--state-dir=" + directory.resolve(name + "-state"));
    return ChildJvm.start(
        name,
        directory,
        ChildJvm.classPathOf("streams-app"),
        ChildOptions.DETECTOR,
        "io.netnswatch.streams.DetectCommand",
        arguments);
  }

  private static Sender sender(Topics topics) {
    return new Sender(Map.of("bootstrap.servers", cluster.bootstrapServers()), registry, topics);
  }

  private void metricsAddUp(ChildJvm first, ChildJvm second) throws Exception {
    String both = text(first, "/metrics") + text(second, "/metrics");
    assertThat(sum(both, "netnswatch_records_total\\{.*}")).isPositive();
    assertThat(sum(both, "netnswatch_open_incidents\\{kind=\"netns-cleanup-livelock\".*}"))
        .isEqualTo(LIVELOCKED.size());
    assertThat(sum(both, "netnswatch_detection_delay_seconds_count\\{.*}"))
        .isEqualTo(LIVELOCKED.size());
    assertThat(sum(both, "netnswatch_state\\{state=\"RUNNING\"}")).isEqualTo(2);
    assertThat(sum(both, "netnswatch_dead_letters_total\\{.*}")).isZero();
    assertThat(sum(both, "netnswatch_restore_remaining_records")).isZero();
    Path rules =
        Path.of(System.getProperty("netnswatch.home"))
            .resolve("streams-app/src/main/alerts/detector.rules.yml");
    Matcher used = Pattern.compile("\\bnetnswatch_\\w+").matcher(Files.readString(rules));
    assertThat(used.results().map(MatchResult::group).distinct().toList())
        .hasSizeGreaterThan(5)
        .allSatisfy(metric -> assertThat(both).contains("\n" + metric));
  }

  /** The console's answers are those of the other queries, and lead to the records themselves. */
  private void theConsoleHasWhatItShows(ChildJvm first, ChildJvm second) throws Exception {
    JsonNode fleet = get(first, "/api/console/fleet");
    assertThat(fleet.get("hosts")).isEqualTo(get(first, "/api/hosts").get("hosts"));
    assertThat(fleet.get("missing_instances")).isEmpty();
    assertThat(fleet.get("incidents").findValuesAsText("host"))
        .containsExactlyInAnyOrderElementsOf(LIVELOCKED);
    for (String host : LIVELOCKED) {
      JsonNode view = get(first, "/api/console/host?name=" + host);
      JsonNode detail = get(second, "/api/hosts/" + host);
      assertThat(get(second, "/api/console/host?name=" + host)).isEqualTo(view);
      assertThat(view.get("summary")).isEqualTo(detail.get("summary"));
      assertThat(view.get("incidents")).isEqualTo(detail.get("incidents"));
      assertThat(view.at("/summary/kernel_verdict"))
          .isEqualTo(view.at("/incidents/0/kernel_verdict"))
          .isEqualTo(view.at("/kernel/verdict"));
      assertThat(view.at("/timeline/start")).isEqualTo(detail.at("/windows/0/started_at"));
      assertThat(view.at("/timeline/hot_cpus")).anyMatch(it -> it.asDouble() > 0.5);
      assertThat(view.at("/timeline/creation_ms")).anyMatch(it -> it.asDouble() > 5_000);
      for (JsonNode place : view.get("latest")) {
        assertThat(get(first, recordAt(place)).get("host").textValue()).isEqualTo(host);
      }
      JsonNode evidence = view.at("/incidents/0/evidence/0");
      String source =
          "/api/records/%s/%d/%d"
              .formatted(
                  evidence.get("source_topic").textValue(),
                  evidence.get("source_partition").intValue(),
                  evidence.get("source_offset").longValue());
      assertThat(get(second, source).get("host").textValue()).isEqualTo(host);
    }
    assertThat(status(first, "/api/records/netnswatch.perf-samples/0/999999", TOKEN))
        .isEqualTo(404);
    assertThat(status(first, "/api/records/netnswatch.incidents/0/0", TOKEN)).isEqualTo(404);
    assertThat(get(first, "/api/console/about").get("bootstrap_servers").textValue())
        .isEqualTo(cluster.bootstrapServers());
    assertThat(status(first, "/api/console/fleet", null)).isEqualTo(401);

    HttpResponse<String> page = ask(first, "/", null);
    assertThat(page.body()).contains("runbook-netns-cleanup-livelock").doesNotContain("<style");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .startsWith("default-src 'none'; script-src 'self';");
    assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(status(first, "/assets/console.js", null)).isEqualTo(200);
    assertThat(status(first, "/assets/none.js", null)).isEqualTo(404);
  }

  private static String recordAt(JsonNode place) {
    return "/api/records/%s/%d/%d"
        .formatted(
            place.get("topic").textValue(),
            place.get("partition").intValue(),
            place.get("offset").longValue());
  }

  private static double sum(String metrics, String series) {
    Matcher values = Pattern.compile("(?m)^" + series + " (\\S+)$").matcher(metrics);
    double sum = 0;
    assertThat(values.results()).as(series).isNotEmpty();
    values.reset();
    while (values.find()) {
      sum += Double.parseDouble(values.group(1));
    }
    return sum;
  }

  private List<String> hosts(ChildJvm detector, String scope) throws Exception {
    return StreamSupport.stream(
            get(detector, "/api/hosts" + scope).path("hosts").spliterator(), false)
        .map(host -> host.path("host").textValue())
        .sorted()
        .toList();
  }

  private Set<String> open(ChildJvm detector) throws Exception {
    JsonNode incidents = get(detector, "/api/incidents").path("incidents");
    return IntStream.range(0, incidents.size())
        .mapToObj(incidents::get)
        .filter(incident -> !incident.path("status").textValue().equals("RESOLVED"))
        .map(incident -> incident.path("host").textValue())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private void awaitReady(ChildJvm detector) {
    await()
        .atMost(LIMIT)
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(status(detector, "/ready", null)).as(detector.logTail()).isEqualTo(200));
  }

  private JsonNode get(ChildJvm detector, String path) throws Exception {
    return json.readTree(text(detector, path));
  }

  private String text(ChildJvm detector, String path) throws Exception {
    HttpResponse<String> response = ask(detector, path, TOKEN);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return response.body();
  }

  private int status(ChildJvm detector, String path, @Nullable String token) throws Exception {
    return ask(detector, path, token).statusCode();
  }

  private HttpResponse<String> ask(ChildJvm detector, String path, @Nullable String token)
      throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address(detector) + path));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private static String address(ChildJvm detector) throws IOException {
    Matcher address = ADDRESS.matcher(Files.readString(detector.log()));
    assertThat(address.find()).as(detector.logTail()).isTrue();
    return "http://" + address.group(1);
  }
}
