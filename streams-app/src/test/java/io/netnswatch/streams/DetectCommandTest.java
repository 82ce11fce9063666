package io.netnswatch.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.netnswatch.command.Commands;
import io.netnswatch.command.cluster.Cluster;
import io.netnswatch.schema.Topics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

class DetectCommandTest {

  private static final Cluster CLUSTER =
      new Cluster("broker:1", "http://registry", Topics.withDefaultPrefix(), Map.of());

  private static final Map<String, String> OAUTH =
      Map.of(
          "security.protocol", "SASL_SSL",
          "sasl.mechanism", "OAUTHBEARER",
          "sasl.login.callback.handler.class",
              "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler",
          "sasl.oauthbearer.token.endpoint.url", "https://idp.example/token");

  @Test
  void settingsOfOAuthReachEveryClientUnchanged() {
    StreamsConfig streams =
        new StreamsConfig(
            options()
                .settings(
                    new Cluster(
                        CLUSTER.bootstrapServers(),
                        CLUSTER.schemaRegistryUrl(),
                        CLUSTER.topics(),
                        OAUTH)));

    assertThat(streams.getMainConsumerConfigs("group", "client", 0)).containsAllEntriesOf(OAUTH);
    assertThat(streams.getRestoreConsumerConfigs("client")).containsAllEntriesOf(OAUTH);
    assertThat(streams.getProducerConfigs("client")).containsAllEntriesOf(OAUTH);
    assertThat(streams.getAdminConfigs("client")).containsAllEntriesOf(OAUTH);
  }

  @Test
  void membershipReachesKafkaStreams() {
    StreamsConfig streams =
        new StreamsConfig(
            options("--instance-id=blue", "--rack=r1", "--standby-replicas=1").settings(CLUSTER));

    assertThat(streams.getInt("num.standby.replicas")).isEqualTo(1);
    assertThat(streams.getClientTags()).containsExactly(Map.entry("rack", "r1"));
    assertThat(streams.getMainConsumerConfigs("group", "client", 0))
        .containsEntry("client.rack", "r1")
        .containsEntry("group.instance.id", "blue-0");
    assertThat(streams.getString("processing.guarantee")).isEqualTo("exactly_once_v2");
  }

  @Test
  void streamsProtocolGoesWithoutWhatItDoesNotKnow() {
    StreamsOptions alone = options("--group-protocol=streams");
    StreamsOptions withRack = options("--group-protocol=streams", "--rack=r1");

    assertThat(alone.settings(CLUSTER)).containsEntry("group.protocol", "streams");
    assertThatThrownBy(() -> withRack.settings(CLUSTER))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining("--rack");
  }

  /** The shipped file names each option once, with its default. */
  @Test
  void shippedFileSaysWhatTheOptionsSay() throws IOException {
    Properties said = new Properties();
    for (String line : Files.readAllLines(Path.of("src/main/config/detector.properties"))) {
      Matcher setting = Pattern.compile("#?([a-z-]+)=(.*)").matcher(line);
      if (setting.matches()) {
        assertThat(said.put(setting.group(1), setting.group(2))).as(line).isNull();
      }
    }
    Properties options = new Properties();
    for (OptionSpec option : Commands.line(new DetectCommand()).getCommandSpec().options()) {
      if (!NO_SETTINGS.contains(option.longestName())) {
        String otherwise = option.defaultValue() != null ? option.defaultValue() : "";
        options.put(
            option.longestName().substring(2), option.arity().max() == 0 ? "false" : otherwise);
      }
    }
    options.put("bootstrap-servers", "localhost:9092");
    options.put("schema-registry-url", "http://localhost:8081");

    assertThat(said).isEqualTo(options);
  }

  @Test
  void knownSettingsAreThoseWithAnEffect() {
    assertThat(
            List.of(
                "security.protocol",
                "num.standby.replicas",
                "consumer.max.poll.records",
                "main.consumer.session.timeout.ms",
                "producer.linger.ms",
                "topic.min.insync.replicas",
                "sasl.jaas.config"))
        .allMatch(KafkaSettingNames::isKnown);
    assertThat(List.of("securty.protocol", "producer.num.stream.threads", "", "consumer."))
        .noneMatch(KafkaSettingNames::isKnown);
  }

  @Test
  void theRegistryGetsTheTokenAndNoErrorTellsIt() throws Exception {
    // Given: a registry that refuses everybody
    List<String> authorizations = new CopyOnWriteArrayList<>();
    HttpServer registry =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    registry.createContext(
        "/",
        exchange -> {
          String given = exchange.getRequestHeaders().getFirst("Authorization");
          authorizations.add(String.valueOf(given));
          exchange.sendResponseHeaders(401, -1);
          exchange.close();
        });
    registry.start();
    Cluster cluster =
        new Cluster(
            "broker:1",
            "http://127.0.0.1:" + registry.getAddress().getPort(),
            Topics.withDefaultPrefix(),
            Map.of(
                "schema.registry.bearer.auth.credentials.source", "STATIC_TOKEN",
                "schema.registry.bearer.auth.token", "hunter2"));

    // When, Then
    try {
      assertThatThrownBy(() -> cluster.registry().getAllSubjects())
          .isInstanceOf(RestClientException.class)
          .message()
          .doesNotContain("hunter2");
    } finally {
      registry.stop(0);
    }
    assertThat(authorizations).isNotEmpty().containsOnly("Bearer hunter2");
  }

  private static final Set<String> NO_SETTINGS =
      Set.of("--help", "--version", "--config", "--print-config");

  private static StreamsOptions options(String... arguments) {
    DetectCommand detect = new DetectCommand();
    Commands.line(detect).parseArgs(arguments);
    return detect.streams;
  }
}
