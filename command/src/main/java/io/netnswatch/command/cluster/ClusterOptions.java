package io.netnswatch.command.cluster;

import io.netnswatch.command.CommandConfig;
import io.netnswatch.command.InputPath;
import io.netnswatch.command.KafkaConfigFile;
import io.netnswatch.command.MustBe;
import io.netnswatch.command.WordForm;
import io.netnswatch.schema.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that say where the topics are. */
public final class ClusterOptions {

  @MustBe(WordForm.SERVERS)
  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      description = "Kafka brokers to start from, separated by commas.")
  private @Nullable String bootstrapServers;

  @MustBe(WordForm.WEB_URLS)
  @Option(
      names = "--schema-registry-url",
      paramLabel = "URL",
      description = "Schema Registry, Confluent's API.")
  private @Nullable String schemaRegistryUrl;

  @MustBe(WordForm.TOPIC_PREFIX)
  @Option(
      names = "--topic-prefix",
      paramLabel = "PREFIX",
      defaultValue = Topics.DEFAULT_PREFIX,
      description = "Begins every topic name.")
  private String topicPrefix = Topics.DEFAULT_PREFIX;

  @InputPath(InputPath.Kind.FILE)
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

  /** The command whose options these are. */
  public CommandLine commandLine() {
    return spec.commandLine();
  }

  /** Whether a cluster was named. */
  public boolean given() {
    return bootstrapServers != null;
  }

  /**
   * The cluster, with the settings of {@code --kafka-config} and, over them, those of {@code
   * --config}.
   *
   * @throws ParameterException if it was not named
   * @throws IOException if the file of settings can't be read
   */
  public Cluster cluster() throws IOException {
    if (bootstrapServers == null || schemaRegistryUrl == null) {
      throw wrong("--bootstrap-servers and --schema-registry-url are needed", null);
    }
    Map<String, String> settings = new HashMap<>();
    try {
      if (kafkaConfig != null) {
        settings.putAll(KafkaConfigFile.read(kafkaConfig));
      }
    } catch (ConfigException e) {
      throw wrong("--kafka-config " + e.getMessage(), e);
    }
    settings.putAll(CommandConfig.clientSettingsOf(spec));
    return new Cluster(bootstrapServers, schemaRegistryUrl, new Topics(topicPrefix), settings);
  }

  private ParameterException wrong(String words, @Nullable Throwable cause) {
    return cause == null
        ? new ParameterException(spec.commandLine(), words)
        : new ParameterException(spec.commandLine(), words, cause);
  }
}
