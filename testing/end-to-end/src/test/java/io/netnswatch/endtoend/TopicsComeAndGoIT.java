package io.netnswatch.endtoend;

import static io.netnswatch.endtoend.Waiting.awaitThat;
import static org.apache.kafka.clients.admin.NewPartitions.increaseTo;
import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.netnswatch.command.topics.ExistingTopics;
import io.netnswatch.command.topics.TopicPlan;
import io.netnswatch.detection.TestEvents;
import io.netnswatch.localcluster.ChildJvm;
import io.netnswatch.localcluster.Children;
import io.netnswatch.localcluster.LocalCluster;
import io.netnswatch.schema.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody with too many rights can do to the topics while the detector reads them. */
class TopicsComeAndGoIT {

  private static final Topics TOPICS = Topics.withDefaultPrefix();
  private static final String MISSING = "503 a topic is missing: [";
  private static final List<String> CHANGELOGS =
      Stream.of("hosts", "windows", "incident-history")
          .map(store -> "netnswatch-detector-" + store + "-changelog")
          .toList();
  private static final Pattern ADDRESS =
      Pattern.compile("queries at http://(127\\.0\\.0\\.1:\\d+)");

  private final HttpClient client = HttpClient.newHttpClient();

  @TempDir private Path directory;

  @Test
  void detectorSaysWhichTopicIsMissingAndGoesOnWhenItIsBack() throws Exception {
    try (LocalCluster cluster = LocalCluster.start(directory)) {
      SchemaRegistryClient registry =
          new CachedSchemaRegistryClient(cluster.schemaRegistryUrl(), 10);
      TopicPlan plan = new TopicPlan(TOPICS, 1, (short) 1).keepingTelemetry();
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()));
          Sender sender = sender(cluster, registry)) {
        plan.create(admin);
        plan.registerSchemas(registry);
        try (ChildJvm detector = detector(cluster)) {
          awaitThat(detector, () -> assertThat(ready(detector)).startsWith("200"));
          for (String topic : TOPICS.telemetry()) {
            // When: it is deleted
            admin.deleteTopics(List.of(topic)).all().get();
            awaitThat(
                detector, () -> assertThat(ready(detector)).startsWith(MISSING + topic + "]"));
            assertThat(get(detector, "/metrics")).contains(fault("MISSING") + " 1.0");
            assertThat(Files.readString(detector.log())).contains("missing: [" + topic + "]");

            // Then: once it is back, the detector goes on by itself
            plan.create(admin);
            awaitThat(detector, () -> assertThat(ready(detector)).startsWith("200"));
            assertThat(get(detector, "/metrics")).contains(fault("MISSING") + " 0.0");
            assertDetects(detector, sender, "after-" + topic);
          }

          // What it writes to may go as well
          for (String topic : List.of(TOPICS.incidents(), TOPICS.deadLetters())) {
            admin.deleteTopics(List.of(topic)).all().get();
            awaitThat(
                detector, () -> assertThat(ready(detector)).startsWith(MISSING + topic + "]"));
            plan.create(admin);
            assertDetects(detector, sender, "after-" + topic);
          }

          // And what others write, of which it only tells
          admin.deleteTopics(List.of(TOPICS.actions())).all().get();
          assertThat(ready(detector)).startsWith("200");
          assertDetects(detector, sender, "after-" + TOPICS.actions());
          plan.create(admin);
        }
      }
    }
  }

  @Test
  void detectorWaitsUntilAllTopicsHaveThePartitionsThatOneWasGiven() throws Exception {
    try (LocalCluster cluster = LocalCluster.start(directory)) {
      SchemaRegistryClient registry =
          new CachedSchemaRegistryClient(cluster.schemaRegistryUrl(), 10);
      TopicPlan plan = new TopicPlan(TOPICS, 1, (short) 1).keepingTelemetry();
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
        plan.create(admin);
        plan.registerSchemas(registry);
        try (ChildJvm detector = detector(cluster)) {
          awaitThat(detector, () -> assertThat(ready(detector)).startsWith("200"));

          // When: one topic gets partitions that the others lack
          addPartitions(admin, TOPICS.telemetry().subList(0, 1), 3);

          // Then: hosts would not meet their own events, so nothing is judged
          awaitThat(
              detector,
              () ->
                  assertThat(ready(detector))
                      .startsWith("503 the telemetry topics must have the same number"));
          assertThat(get(detector, "/metrics")).contains(fault("UNEQUAL") + " 1.0");

          // When: the others get them too
          addPartitions(admin, TOPICS.telemetry().subList(1, 3), 3);

          // Then: it goes on by itself, with hosts in each of them
          awaitThat(detector, () -> assertThat(ready(detector)).startsWith("200"));
          try (Sender sender = sender(cluster, registry)) {
            for (int host = 0; host < 6; host++) {
              assertDetects(detector, sender, "host-" + host);
            }
          }
          assertThat(ExistingTopics.of(admin, CHANGELOGS).values())
              .hasSameSizeAs(CHANGELOGS)
              .allSatisfy(it -> assertThat(it.partitions()).hasSize(3));
        }
      }
    }
  }

  private static void addPartitions(Admin admin, List<String> topics, int count) throws Exception {
    admin
        .createPartitions(
            topics.stream().collect(Collectors.toMap(it -> it, it -> increaseTo(count))))
        .all()
        .get();
  }

  private static Sender sender(LocalCluster cluster, SchemaRegistryClient registry) {
    return new Sender(Map.of("bootstrap.servers", cluster.bootstrapServers()), registry, TOPICS);
  }

  private static String fault(String kind) {
    return "netnswatch_topics_fault{fault=\"" + kind + "\"}";
  }

  private void assertDetects(ChildJvm detector, Sender sender, String host) throws Exception {
    sender.send(TestEvents.ofHost(host).livelock());
    awaitThat(detector, () -> assertThat(get(detector, "/api/incidents")).contains(host));
  }

  private ChildJvm detector(LocalCluster cluster) throws IOException {
    Path config =
        Files.write(
            directory.resolve("detector.properties"),
            List.of(
                "http=127.0.0.1:0",
                // A thread that has failed is a member of the group until its session is over.
                "kafka.session.timeout.ms=6000",
                "kafka.heartbeat.interval.ms=500",
                "kafka.metadata.max.age.ms=1000",
                // What is on its way to a topic that is gone may be given up only after that: two
                // minutes by default, in which its thread goes on with nothing else.
                "kafka.delivery.timeout.ms=40000"));
    return Children.detector(cluster, directory, "--config=" + config);
  }

  private String ready(ChildJvm detector) throws Exception {
    HttpResponse<String> answer = answer(detector, "/ready");
    return answer.statusCode() + " " + answer.body();
  }

  private String get(ChildJvm detector, String path) throws Exception {
    return answer(detector, path).body();
  }

  private HttpResponse<String> answer(ChildJvm detector, String path) throws Exception {
    Matcher address = ADDRESS.matcher(Files.readString(detector.log()));
    assertThat(address.find()).as("the detector serves").isTrue();
    return client.send(
        HttpRequest.newBuilder(URI.create("http://" + address.group(1) + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
