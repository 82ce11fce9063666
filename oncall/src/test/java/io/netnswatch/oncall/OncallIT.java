package io.netnswatch.oncall;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import io.netnswatch.command.topics.TopicPlan;
import io.netnswatch.localcluster.ChildJvm;
import io.netnswatch.localcluster.ChildOptions;
import io.netnswatch.localcluster.LocalCluster;
import io.netnswatch.oncall.RecordingServer.Mood;
import io.netnswatch.oncall.actors.ApiServer;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.Topics;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * The bridge between a real broker, a real Alertmanager and servers that enforce documented rules.
 */
@EnabledIf(
    value = "io.netnswatch.oncall.RealAlertmanager#isInstalled",
    disabledReason = "apt-get install prometheus-alertmanager")
class OncallIT {

  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final String SECRET = "only for this test";
  private static final Pattern ADDRESS =
      Pattern.compile("metrics at http://(127\\.0\\.0\\.1:\\d+)");
  private final Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS);

  @TempDir private static Path directory;
  private static LocalCluster cluster;
  private static KafkaProducer<byte[], byte[]> producer;
  private static KafkaAvroSerializer serializer;

  private final HttpClient client = HttpClient.newHttpClient();
  private final List<ChildJvm> bridges = new ArrayList<>();
  private Topics topics;
  private RecordingServer pagerDuty;
  private RecordingServer webhook;
  private RecordingServer notified;
  private RealAlertmanager alertmanager;
  private Path routes;

  @BeforeAll
  static void startCluster() throws Exception {
    cluster = LocalCluster.start(directory);
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", cluster.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    serializer =
        new KafkaAvroSerializer(new CachedSchemaRegistryClient(cluster.schemaRegistryUrl(), 10));
    serializer.configure(Map.of("schema.registry.url", cluster.schemaRegistryUrl()), false);
  }

  @AfterAll
  static void stopCluster() {
    producer.close();
    cluster.close();
  }

  @BeforeEach
  void startTargets(TestInfo test) throws Exception {
    String name = test.getTestMethod().orElseThrow().getName();
    topics = new Topics(name + ".");
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
      NewTopic incidents =
          new NewTopic(topics.incidents(), 2, (short) 1)
              .configs(Map.of("cleanup.policy", "compact,delete"));
      admin.createTopics(List.of(incidents)).all().get();
    }
    pagerDuty = RecordingServer.start(PagerDutyRules::complaint);
    webhook = RecordingServer.start(WebhookRules.judge(SECRET));
    notified = RecordingServer.start((path, headers, body, json) -> null);
    alertmanager = new RealAlertmanager(directory.resolve(name), notified.url());
    alertmanager.start();
    routes =
        Files.writeString(
            directory.resolve(name + ".yaml"),
            """
            grouping: {enabled: true, window: 1s}
            targets:
              am:
                type: alertmanager
                url: %s
                repeat: 3s
                grouping: {enabled: false}
              pager:
                type: pagerduty
                url: %s
                routing-key: 0123456789abcdef0123456789abcdef
              chat:
                type: webhook
                url: %s/hook
                secret: %s
            routes:
              - targets: [am, chat]
              - severity: CRITICAL
                hosts: ["compute-*"]
                targets: [pager, chat]
            """
                .formatted(alertmanager.url(), pagerDuty.url(), webhook.url(), SECRET));
  }

  @AfterEach
  void stopAll() throws Exception {
    bridges.forEach(ChildJvm::close);
    alertmanager.kill();
    notified.close();
    webhook.close();
    pagerDuty.close();
  }

  @Test
  void fiftyHostsArePagedOnce() throws Exception {
    // Given: fifty hosts, one that is routed to no pager, a replay and what nobody can read
    List<Incident> fifty = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      fifty.add(TestIncidents.opened("compute-%02d".formatted(i), start.plusMillis(i)));
    }
    fifty.forEach(this::publish);
    publish(TestIncidents.opened("storage-1", start));
    Incident replayed = TestIncidents.opened("compute-replayed", start);
    publish(Incident.newBuilder(replayed).setReplayRunId("run-1").build());
    send("garbage", "no Avro".getBytes(UTF_8));
    pagerDuty.mood(Mood.TOO_MANY);

    // When
    ChildJvm bridge = start();
    awaitUntil(bridge, () -> assertThat(pagerDuty.turnedAway()).isPositive());
    pagerDuty.mood(Mood.ANSWERS);

    // Then: one page names them all; Alertmanager, which groups by itself, knows each
    awaitUntil(bridge, () -> assertThat(pagerDuty.accepted()).hasSize(1));
    JsonNode payload = pagerDuty.accepted().get(0).path("payload");
    assertThat(payload.path("summary").asText()).startsWith("50 hosts, e.g.");
    assertThat(payload.path("custom_details").path("hosts").asText())
        .contains("compute-00, compute-01", "compute-49")
        .doesNotContain("storage", "replayed");
    awaitUntil(
        bridge,
        () -> assertThat(alertmanager.firing("instance")).hasSize(51).contains("storage-1"));
    awaitUntil(bridge, () -> assertThat(webhook.accepted()).hasSize(1));
    assertThat(webhook.accepted().get(0).path("data").path("hosts")).hasSize(51);
    assertThat(get(bridge, "/ready").statusCode()).isEqualTo(200);
    assertThat(get(bridge, "/metrics").body())
        .contains(
            "netnswatch_oncall_records_total{outcome=\"REPLAYED\"} 1.0",
            "netnswatch_oncall_records_total{outcome=\"UNDECODABLE\"} 1.0",
            "netnswatch_oncall_records_total{outcome=\"TAKEN\"} 51.0",
            "netnswatch_oncall_open_incidents 51.0",
            "netnswatch_oncall_deliveries_total{action=\"TRIGGER\",outcome=\"accepted\","
                + "target=\"pager\"} 1.0");

    // And when all end, so does the page
    fifty.forEach(incident -> publish(TestIncidents.resolved(incident, start.plusSeconds(1))));
    awaitUntil(bridge, () -> assertThat(PagerDutyRules.open(pagerDuty.accepted())).isEmpty());
    awaitUntil(
        bridge, () -> assertThat(alertmanager.firing("instance")).containsExactly("storage-1"));
    assertThat(PagerDutyRules.pages(pagerDuty.accepted())).hasSize(1);
    assertThat(pagerDuty.complaints()).isEmpty();
    assertThat(webhook.complaints()).isEmpty();
  }

  @Test
  void alertmanagerIsKilledAndIsAwayForAWhile() throws Exception {
    Incident incident = TestIncidents.opened("storage-1", start);
    publish(incident);
    ChildJvm bridge = start();
    awaitUntil(
        bridge,
        () -> assertThat(notifications("firing")).containsExactly(incident.getIncidentKey()));

    // When it is killed and has forgotten all, it is told again
    alertmanager.kill();
    alertmanager.start();
    awaitUntil(
        bridge, () -> assertThat(alertmanager.firing("instance")).containsExactly("storage-1"));

    // And when it is away while the incident ends, it learns of the end as it was
    alertmanager.stop();
    Instant end = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    publish(TestIncidents.resolved(incident, end));
    awaitUntil(
        bridge,
        () ->
            assertThat(get(bridge, "/metrics").body())
                .containsPattern(
                    "deliveries_total\\{action=\"RESOLVE\",outcome=\"later\",target=\"am\"}"));
    alertmanager.start();
    awaitUntil(
        bridge, () -> assertThat(notifications("resolved")).contains(incident.getIncidentKey()));
    JsonNode told = notified.accepted().get(notified.accepted().size() - 1).path("alerts").path(0);
    assertThat(Instant.parse(told.path("endsAt").asText())).isEqualTo(end);
    assertThat(alertmanager.firing("instance")).isEmpty();
  }

  @Test
  void kafkaIsAwayForAWhile() throws Exception {
    Incident incident = TestIncidents.opened("storage-1", start);
    publish(incident);
    ChildJvm bridge = start();
    awaitUntil(bridge, () -> assertThat(alertmanager.firing("instance")).hasSize(1));

    // When: nothing can be read or remembered, the alert is kept alive all the same
    cluster.stopBroker();
    try {
      alertmanager.kill();
      alertmanager.start();
      awaitUntil(
          bridge, () -> assertThat(alertmanager.firing("instance")).containsExactly("storage-1"));
    } finally {
      cluster.restartBroker(); // which the other tests need too
    }

    // And when Kafka is back, the bridge goes on
    publish(TestIncidents.resolved(incident, Instant.now()));
    publish(TestIncidents.opened("storage-2", start));
    awaitUntil(
        bridge, () -> assertThat(alertmanager.firing("instance")).containsExactly("storage-2"));
  }

  @Test
  void killedBetweenSendingAndRemembering() throws Exception {
    // Given: the pager takes a trigger, and its answer gets lost
    Incident incident = TestIncidents.opened("compute-1", start);
    publish(incident);
    pagerDuty.mood(Mood.SILENT);
    webhook.mood(Mood.BROKEN);
    ChildJvm bridge = start();
    awaitUntil(bridge, () -> assertThat(pagerDuty.accepted()).isNotEmpty());
    awaitUntil(bridge, () -> assertThat(webhook.turnedAway()).isPositive());
    awaitUntil(bridge, () -> assertThat(alertmanager.firing("instance")).hasSize(1));

    // When: kill -9; the incident ends while nobody looks
    bridge.process().destroyForcibly().waitFor();
    publish(TestIncidents.resolved(incident, start.plusSeconds(5)));
    pagerDuty.mood(Mood.ANSWERS);
    webhook.mood(Mood.ANSWERS);
    ChildJvm restarted = start();

    // Then: everybody learns of the end, after the beginning, and was paged once
    awaitUntil(
        restarted,
        () ->
            assertThat(pagerDuty.accepted())
                .last()
                .satisfies(
                    event -> assertThat(event.path("event_action").asText()).isEqualTo("resolve")));
    awaitUntil(restarted, () -> assertThat(alertmanager.firing("instance")).isEmpty());
    awaitUntil(
        restarted,
        () ->
            assertThat(webhook.accepted())
                .extracting(event -> event.path("type").asText())
                .containsExactly("io.netnswatch.alert.trigger", "io.netnswatch.alert.resolve"));
    assertThat(PagerDutyRules.pages(pagerDuty.accepted())).hasSize(1);
    assertThat(PagerDutyRules.dropped(pagerDuty.accepted())).isEmpty();
  }

  @Test
  void anotherBridgeTakesOverAndADryRunSendsNothing() throws Exception {
    publish(TestIncidents.opened("compute-1", start));
    ChildJvm dryRun = start("--dry-run");
    awaitUntil(
        dryRun,
        () ->
            assertThat(Files.readString(dryRun.log()))
                .contains("\"target\":\"pager\"", "\"event_action\":\"trigger\"", "********")
                .doesNotContain("0123456789abcdef"));
    dryRun.close();
    assertThat(pagerDuty.accepted()).isEmpty();
    assertThat(alertmanager.firing("instance")).isEmpty();

    ChildJvm first = start();
    awaitUntil(first, () -> assertThat(pagerDuty.accepted()).hasSize(1));
    ChildJvm second = start();
    awaitReady(second);
    publish(TestIncidents.opened("compute-2", start));

    // Then: the first one ends and says why; the other goes on where it was
    assertThat(first.process().waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(first.process().exitValue()).isEqualTo(1);
    assertThat(first.logTail()).contains("another bridge has taken over");
    awaitUntil(second, () -> assertThat(pagerDuty.accepted()).hasSize(2));
    assertThat(PagerDutyRules.pages(pagerDuty.accepted())).hasSize(1);
  }

  @Test
  void aHostIsCordonedOnceHoweverOftenOncallIsKilledAndComesBack() throws Exception {
    // Given: an API server that is down when it is asked first
    try (ApiServer api = ApiServer.start()) {
      makeTopicOfActions();
      api.addNode("compute-1");
      api.addNode("compute-2");
      api.down(true);
      Files.writeString(directory.resolve("token"), ApiServer.TOKEN);
      Files.writeString(routes, Files.readString(routes) + actions(api), UTF_8);
      Incident first = TestIncidents.opened("compute-1", start);
      Incident second = TestIncidents.opened("compute-2", start.plusMillis(1));
      publish(first);
      publish(second);
      ChildJvm bridge = start();
      awaitUntil(
          bridge,
          () ->
              assertThat(actionsTaken())
                  .containsExactlyInAnyOrder("compute-1 APPLYING", "compute-2 HELD_BACK"));

      // When: kill -9, and the API server is back
      bridge.process().destroyForcibly().waitFor();
      api.down(false);
      ChildJvm restarted = start();

      // Then
      awaitUntil(restarted, () -> assertThat(api.cordoned()).containsExactly("compute-1"));
      awaitUntil(restarted, () -> assertThat(actionsTaken()).contains("compute-1 APPLIED"));
      awaitUntil(
          restarted,
          () ->
              assertThat(pagerDuty.accepted())
                  .extracting(event -> event.path("payload").path("summary").asText())
                  .anyMatch(it -> it.contains("not acted on (cordon by nodes): the limit of 1")));

      // And when it is killed again and the incident ends meanwhile, the host comes back
      restarted.process().destroyForcibly().waitFor();
      publish(TestIncidents.resolved(first, start.plusSeconds(1)));
      ChildJvm again = start();
      awaitUntil(again, () -> assertThat(api.cordoned()).isEmpty());
      awaitUntil(
          again,
          () ->
              assertThat(actionsTaken())
                  .containsExactlyInAnyOrder(
                      "compute-1 APPLYING",
                      "compute-2 HELD_BACK",
                      "compute-1 APPLIED",
                      "compute-1 REVERTING",
                      "compute-1 REVERTED"));
      assertThat(api.changes()).hasSize(2);
      assertThat(get(again, "/metrics").body())
          .contains("netnswatch_oncall_hosts_out{action=\"nodes\"} 0.0");
    }
  }

  private void makeTopicOfActions() throws Exception {
    TopicPlan plan = new TopicPlan(topics, 2, (short) 1);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
      plan.create(admin);
    }
    plan.registerSchemas(new CachedSchemaRegistryClient(cluster.schemaRegistryUrl(), 10));
  }

  private static String actions(ApiServer api) {
    return """
        actions:
          nodes:
            type: kubernetes
            api-url: %s
            token-file: %s
            condition: false
            event: false
            cordon: true
            when:
              mode: act
              kinds: [netns-cleanup-livelock]
              causes: [any]
              confidences: [CONFIRMED]
              hosts: ["compute-*"]
              undo-after: 1s
              limits: [{max-hosts: 1, within: 1h}]
              page: [pager]
        """
        .formatted(api.url(), directory.resolve("token"));
  }

  /** Host and phase of each step on the topic. */
  private List<String> actionsTaken() throws Exception {
    List<String> steps = new ArrayList<>();
    Map<String, String> registry = Map.of("schema.registry.url", cluster.schemaRegistryUrl());
    try (KafkaAvroDeserializer deserializer = new KafkaAvroDeserializer();
        KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(
                Map.of(
                    "bootstrap.servers",
                    cluster.bootstrapServers(),
                    "isolation.level",
                    "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
      deserializer.configure(registry, false);
      List<TopicPartition> partitions =
          List.of(new TopicPartition(topics.actions(), 0), new TopicPartition(topics.actions(), 1));
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> end = consumer.endOffsets(partitions);
      while (end.entrySet().stream()
          .anyMatch(it -> consumer.position(it.getKey()) < it.getValue())) {
        consumer
            .poll(Duration.ofMillis(100))
            .forEach(
                it -> {
                  GenericRecord step =
                      (GenericRecord) deserializer.deserialize(it.topic(), it.value());
                  steps.add(step.get("host") + " " + step.get("phase"));
                });
      }
    }
    return steps;
  }

  /** Keys of the alerts that Alertmanager has told of, in this status. */
  private List<String> notifications(String status) {
    List<String> keys = new ArrayList<>();
    for (JsonNode notification : notified.accepted()) {
      for (JsonNode alert : notification.path("alerts")) {
        if (alert.path("status").asText().equals(status)) {
          keys.add(alert.path("labels").path("incident_key").asText());
        }
      }
    }
    return keys;
  }

  private void publish(Incident step) {
    send(step.getIncidentKey(), serializer.serialize(topics.incidents(), step));
  }

  private void send(String key, byte @Nullable [] value) {
    try {
      producer.send(new ProducerRecord<>(topics.incidents(), key.getBytes(UTF_8), value)).get();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private ChildJvm start(String... more) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(more));
    arguments.addAll(
        List.of(
            "--bootstrap-servers=" + cluster.bootstrapServers(),
            "--schema-registry-url=" + cluster.schemaRegistryUrl(),
            "--topic-prefix=" + topics.prefix(),
            "--routes=" + routes,
            "--http=127.0.0.1:0"));
    ChildJvm bridge =
        ChildJvm.start(
            topics.prefix() + bridges.size(),
            directory,
            ChildJvm.classPathOf("oncall"),
            List.of(
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dlogback.configurationFile=" // there is another on this class path
                    + Path.of("src/main/resources/logback.xml").toAbsolutePath(),
                ChildOptions.AVRO),
            OncallCommand.class.getName(),
            arguments);
    bridges.add(bridge);
    return bridge;
  }

  private void awaitReady(ChildJvm bridge) {
    awaitUntil(bridge, () -> assertThat(get(bridge, "/ready").statusCode()).isEqualTo(200));
  }

  private static void awaitUntil(ChildJvm bridge, org.awaitility.core.ThrowingRunnable condition) {
    await()
        .atMost(LIMIT)
        .ignoreExceptions()
        .untilAsserted(
            () -> {
              assertThat(bridge.process().isAlive()).as(bridge.logTail()).isTrue();
              condition.run();
            });
  }

  private HttpResponse<String> get(ChildJvm bridge, String path) throws Exception {
    Matcher address = ADDRESS.matcher(Files.readString(bridge.log()));
    assertThat(address.find()).as(bridge.logTail()).isTrue();
    return client.send(
        HttpRequest.newBuilder(URI.create("http://" + address.group(1) + path)).build(),
        BodyHandlers.ofString());
  }
}
