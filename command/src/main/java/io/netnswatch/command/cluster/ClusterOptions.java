package io.netnswatch.command.cluster;

import io.netnswatch.command.KafkaConfigFile;
import io.netnswatch.schema.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that say where the topics are. */
public final class ClusterOptions {

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
              + " client; they override built-in ones. Values may refer to secrets: $${env:NAME},"
              + " $${file:PATH:KEY}, $${directory:PATH:FILE}.")
  private @Nullable Path kafkaConfig;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  /** Whether a cluster was named. */
  public boolean given() {
    return bootstrapServers != null;
  }

  /**
   * The cluster.
   *
   * @throws ParameterException if it was not named
   * @throws IOException if the file of settings can't be read
   */
  public Cluster cluster() throws IOException {
    if (bootstrapServers == null || schemaRegistryUrl == null) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--bootstrap-servers and --schema-registry-url are needed");
    }
    Map<String, String> settings =
        kafkaConfig == null ? Map.of() : KafkaConfigFile.read(kafkaConfig);
    return new Cluster(bootstrapServers, schemaRegistryUrl, new Topics(topicPrefix), settings);
  }
}
