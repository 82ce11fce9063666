package io.netnswatch.command.topics;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.netnswatch.schema.RecordTime;
import io.netnswatch.schema.Topics;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * The topics as they should be.
 *
 * @param topics their names
 * @param partitions of each; the same for all, since telemetry is joined by partition
 * @param replicationFactor of each; -1 for the broker's default
 * @param telemetryRetentionMs how long telemetry is kept, milliseconds; -1 for ever
 */
public record TopicPlan(
    Topics topics, int partitions, short replicationFactor, long telemetryRetentionMs) {

  /** The compatibility that the subjects of all Avro topics have. */
  public static final String COMPATIBILITY = "BACKWARD";

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
   * @throws TopicAuthorizationException if some may not be described or created; names them
   * @throws ExecutionException if the broker refuses
   */
  public void create(Admin admin) throws ExecutionException, InterruptedException {
    Set<String> existing = ExistingTopics.of(admin, topics.all()).keySet();
    List<NewTopic> missing =
        newTopics().stream().filter(topic -> !existing.contains(topic.name())).toList();
    for (var topic : admin.createTopics(missing).values().entrySet()) {
      try {
        topic.getValue().get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof TopicAuthorizationException) {
          throw new TopicAuthorizationException("not allowed to create", Set.of(topic.getKey()));
        }
        if (!(e.getCause() instanceof TopicExistsException)) { // made by another meanwhile
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
    for (String topic : topics.avro()) {
      String subject = Topics.subject(topic);
      registry.register(subject, new AvroSchema(topics.schemaOf(topic)));
      registry.updateCompatibility(subject, COMPATIBILITY);
    }
  }

  public List<NewTopic> newTopics() {
    return topics.all().stream()
        .map(topic -> new NewTopic(topic, partitions, replicationFactor).configs(settings(topic)))
        .toList();
  }

  /** What a topic must be set to, whatever the broker's defaults. */
  public Map<String, String> settings(String topic) {
    Map<String, String> settings = new HashMap<>();
    settings.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
    settings.put(TopicConfig.RETENTION_MS_CONFIG, Long.toString(telemetryRetentionMs));
    settings.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "CreateTime");
    settings.put(
        TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG,
        Long.toString(RecordTime.MAX_AHEAD.toMillis()));
    if (topic.equals(topics.incidents()) || topic.equals(topics.deadLetters())) {
      // They bear times of telemetry that a broker has accepted already.
      settings.put(
          TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG, Long.toString(Long.MAX_VALUE));
    }
    if (topic.equals(topics.incidents())) {
      settings.put(
          TopicConfig.CLEANUP_POLICY_CONFIG,
          TopicConfig.CLEANUP_POLICY_COMPACT + "," + TopicConfig.CLEANUP_POLICY_DELETE);
      settings.put(TopicConfig.RETENTION_MS_CONFIG, Long.toString(INCIDENT_RETENTION.toMillis()));
      // The detector writes lz4, which not every on-call tool's client can read.
      settings.put(TopicConfig.COMPRESSION_TYPE_CONFIG, "uncompressed");
    }
    if (topic.equals(topics.actions())) {
      settings.put(TopicConfig.RETENTION_MS_CONFIG, "-1");
      settings.put(TopicConfig.COMPRESSION_TYPE_CONFIG, "uncompressed");
    }
    if (topic.equals(topics.deadLetters())) {
      settings.put(
          TopicConfig.RETENTION_MS_CONFIG, Long.toString(DEAD_LETTER_RETENTION.toMillis()));
    }
    return settings;
  }
}
