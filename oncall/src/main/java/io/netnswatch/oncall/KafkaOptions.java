package io.netnswatch.oncall;

import io.netnswatch.command.KafkaConfigFile;
import io.netnswatch.oncall.kafka.KafkaConnection;
import io.netnswatch.schema.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that say where the topics are. */
final class KafkaOptions {

  private static final Set<String> CLIENT_SETTINGS = new HashSet<>();

  static {
    CLIENT_SETTINGS.addAll(ConsumerConfig.configNames());
    CLIENT_SETTINGS.addAll(ProducerConfig.configNames());
    CLIENT_SETTINGS.addAll(AdminClientConfig.configNames());
  }

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      description = "Kafka brokers to start from, separated by commas.")
  private @Nullable String bootstrapServers;

  @Option(
      names = "--schema-registry-url",
      paramLabel = "URL",
      description = "Schema Registry, Confluent's API.")
  private @Nullable String schemaRegistryUrl;

  @Option(
      names = "--topic-prefix",
      paramLabel = "PREFIX",
      defaultValue = Topics.DEFAULT_PREFIX,
      description = "Begins every topic name.")
  private String topicPrefix = Topics.DEFAULT_PREFIX;

  @Option(
      names = "--kafka-config",
      paramLabel = "FILE",
      description =
          "Properties for the Kafka clients and, with the prefix schema.registry., for the registry"
              + " client. Values may refer to secrets: $${env:NAME}, $${file:PATH:KEY},"
              + " $${directory:PATH:FILE}.")
  private @Nullable Path kafkaConfig;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  /** Whether a Kafka client has a setting of that name. */
  static boolean isClientSetting(String name) {
    return CLIENT_SETTINGS.contains(name);
  }

  /**
   * How to reach the topics.
   *
   * @param more settings over those of the file
   * @throws ParameterException if it was not said where they are
   * @throws IOException if the file of settings can't be read
   */
  KafkaConnection connection(Map<String, String> more) throws IOException {
    if (bootstrapServers == null || schemaRegistryUrl == null) {
      throw new ParameterException(
          spec.commandLine(), "--bootstrap-servers and --schema-registry-url are needed");
    }
    Map<String, String> settings = new HashMap<>();
    if (kafkaConfig != null) {
      settings.putAll(KafkaConfigFile.read(kafkaConfig));
    }
    settings.putAll(more);
    return new KafkaConnection(
        bootstrapServers, schemaRegistryUrl, new Topics(topicPrefix), settings);
  }
}
