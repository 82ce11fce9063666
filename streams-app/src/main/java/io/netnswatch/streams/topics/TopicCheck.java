package io.netnswatch.streams.topics;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.netnswatch.command.records.RegistryAnswer;
import io.netnswatch.command.topics.ExistingTopics;
import io.netnswatch.command.topics.TopicPlan;
import io.netnswatch.schema.Topics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;

/** Compares the topics of a cluster with a plan. */
final class TopicCheck {

  /** These refuse at least what BACKWARD refuses. */
  private static final Set<String> STRICT_ENOUGH =
      Set.of(TopicPlan.COMPATIBILITY, "BACKWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE");

  private final TopicPlan plan;
  private final Admin admin;
  private final SchemaRegistryClient registry;

  TopicCheck(TopicPlan plan, Admin admin, SchemaRegistryClient registry) {
    this.plan = plan;
    this.admin = admin;
    this.registry = registry;
  }

  /**
   * All that differs, by topic.
   *
   * @throws ExecutionException if the broker refuses to say
   * @throws RestClientException if the registry refuses to say
   * @throws IOException if the registry can't be reached
   */
  List<Finding> findings()
      throws ExecutionException, InterruptedException, IOException, RestClientException {
    Map<String, TopicDescription> existing = ExistingTopics.of(admin, plan.topics().all());
    List<Finding> findings = new ArrayList<>();
    for (String topic : plan.topics().all()) {
      TopicDescription description = existing.get(topic);
      if (description == null) {
        findings.add(new Finding(topic, Finding.TOPIC, "none", "existing"));
      } else if (description.partitions().size() != plan.partitions()) {
        findings.add(
            new Finding(
                topic,
                Finding.PARTITIONS,
                Integer.toString(description.partitions().size()),
                Integer.toString(plan.partitions())));
      }
    }
    addSettings(existing.keySet(), findings);
    for (String topic : plan.topics().avro()) {
      addSchema(topic, findings);
    }
    return findings;
  }

  /**
   * Sets what differs as planned; what is no setting stays.
   *
   * @throws ExecutionException if the broker refuses
   */
  void alter(List<Finding> findings) throws ExecutionException, InterruptedException {
    Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
    for (Finding finding : findings) {
      if (finding.isSetting()) {
        changes
            .computeIfAbsent(resource(finding.topic()), topic -> new ArrayList<>())
            .add(
                new AlterConfigOp(
                    new ConfigEntry(finding.setting(), finding.wanted()),
                    AlterConfigOp.OpType.SET));
      }
    }
    admin.incrementalAlterConfigs(changes).all().get();
  }

  private void addSettings(Set<String> existing, List<Finding> findings)
      throws ExecutionException, InterruptedException {
    Map<ConfigResource, Config> configs =
        admin.describeConfigs(existing.stream().map(TopicCheck::resource).toList()).all().get();
    for (String topic : existing) {
      Config config = configs.get(resource(topic));
      for (Map.Entry<String, String> wanted : new TreeMap<>(plan.settings(topic)).entrySet()) {
        ConfigEntry entry = config == null ? null : config.get(wanted.getKey());
        String found = entry == null ? "unknown" : entry.value();
        if (!Finding.serves(wanted.getKey(), found, wanted.getValue())) {
          findings.add(new Finding(topic, wanted.getKey(), found, wanted.getValue()));
        }
      }
    }
  }

  private void addSchema(String topic, List<Finding> findings)
      throws IOException, RestClientException {
    String subject = Topics.subject(topic);
    AvroSchema ours = new AvroSchema(plan.topics().schemaOf(topic));
    try {
      registry.getId(subject, ours);
    } catch (RestClientException e) {
      if (!RegistryAnswer.isNoSuch(e)) {
        throw e;
      }
      findings.add(new Finding(topic, Finding.SCHEMA, "not registered", subject));
      return;
    }
    String compatibility = compatibility(subject);
    if (!STRICT_ENOUGH.contains(compatibility)) {
      findings.add(
          new Finding(topic, Finding.COMPATIBILITY, compatibility, TopicPlan.COMPATIBILITY));
    }
  }

  private String compatibility(String subject) throws IOException, RestClientException {
    try {
      return registry.getCompatibility(subject);
    } catch (RestClientException e) {
      if (!RegistryAnswer.isNoSuch(e)) {
        throw e;
      }
      return registry.getCompatibility(null);
    }
  }

  private static ConfigResource resource(String topic) {
    return new ConfigResource(ConfigResource.Type.TOPIC, topic);
  }
}
