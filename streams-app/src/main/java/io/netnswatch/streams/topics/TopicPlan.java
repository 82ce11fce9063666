package io.netnswatch.streams.topics;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.netnswatch.schema.Topics;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * The five topics as they should be.
 *
 * @param topics their names
 * @param partitions of each; the same for all, since telemetry is joined by partition
 * @param replicationFactor of each; -1 for the broker's default
 * @param telemetryRetentionMs how long telemetry is kept, milliseconds; -1 for ever
 */
public record TopicPlan(
    Topics topics, int partitions, short replicationFactor, long telemetryRetentionMs) {

  /** A collector's clock may be this far ahead of the broker's; beyond, the broker refuses. */
  private static final Duration MAX_CLOCK_LEAD = Duration.ofHours(1);

  private static final Duration TELEMETRY_RETENTION = Duration.ofDays(7);
  private static final Duration DEAD_LETTER_RETENTION = Duration.ofDays(30);
  private static final Duration INCIDENT_RETENTION = Duration.ofDays(365);

  /** With the usual retention. */
  public TopicPlan(Topics topics, int partitions, short replicationFactor) {
    this(topics, partitions, replicationFactor, TELEMETRY_RETENTION.toMillis());
  }

  public TopicPlan {
    if (partitions < 1) {
      throw new IllegalArgumentException("partitions must be above 0: " + partitions);
    }
  }

  /** The same for history: a broker deletes what is older than the retention. */
  public TopicPlan keepingTelemetry() {
    return new TopicPlan(topics, partitions, replicationFactor, -1);
  }

  /**
   * Creates the topics that do not exist; existing ones are left as they are.
   *
   * @throws ExecutionException if the broker refuses
   */
  public void create(Admin admin) throws ExecutionException, InterruptedException {
    for (var result : admin.createTopics(newTopics()).values().values()) {
      try {
        result.get();
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw e;
        }
      }
    }
  }

  /**
   * Registers the schemas under {@code <topic>-value}, compatibility BACKWARD; idempotent.
   *
   * @throws RestClientException if the registry refuses
   * @throws IOException if the registry can't be reached
   */
  public void registerSchemas(SchemaRegistryClient registry)
      throws IOException, RestClientException {
    List<String> avroTopics = new ArrayList<>(topics.telemetry());
    avroTopics.add(topics.incidents());
    for (String topic : avroTopics) {
      String subject = Topics.subject(topic);
      registry.register(subject, new AvroSchema(topics.schemaOf(topic)));
      registry.updateCompatibility(subject, "BACKWARD");
    }
  }

  List<NewTopic> newTopics() {
    List<NewTopic> plan = new ArrayList<>();
    for (String topic : topics.telemetry()) {
      plan.add(topic(topic, TopicConfig.CLEANUP_POLICY_DELETE, telemetryRetentionMs));
    }
    String compactDelete =
        TopicConfig.CLEANUP_POLICY_COMPACT + "," + TopicConfig.CLEANUP_POLICY_DELETE;
    plan.add(topic(topics.incidents(), compactDelete, INCIDENT_RETENTION.toMillis()));
    plan.add(
        topic(
            topics.deadLetters(),
            TopicConfig.CLEANUP_POLICY_DELETE,
            DEAD_LETTER_RETENTION.toMillis()));
    return plan;
  }

  private NewTopic topic(String name, String cleanupPolicy, long retentionMs) {
    return new NewTopic(name, partitions, replicationFactor)
        .configs(
            Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG,
                cleanupPolicy,
                TopicConfig.RETENTION_MS_CONFIG,
                Long.toString(retentionMs),
                TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                "CreateTime",
                TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG,
                Long.toString(MAX_CLOCK_LEAD.toMillis())));
  }
}
