package io.netnswatch.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class DetectCommandTest {

  private static final Map<String, String> OAUTH =
      Map.of(
          "security.protocol", "SASL_SSL",
          "sasl.mechanism", "OAUTHBEARER",
          "sasl.login.callback.handler.class",
              "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler",
          "sasl.oauthbearer.token.endpoint.url", "https://idp.example/token");

  @Test
  void settingsOfOAuthReachEveryClientUnchanged() {
    // Given
    Properties own = new Properties();
    own.putAll(OAUTH);

    // When
    StreamsConfig streams = new StreamsConfig(command("http://registry").streamsConfig(own));

    // Then
    assertThat(streams.getMainConsumerConfigs("group", "client", 0)).containsAllEntriesOf(OAUTH);
    assertThat(streams.getRestoreConsumerConfigs("client")).containsAllEntriesOf(OAUTH);
    assertThat(streams.getProducerConfigs("client")).containsAllEntriesOf(OAUTH);
    assertThat(streams.getAdminConfigs("client")).containsAllEntriesOf(OAUTH);
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
    Properties own = new Properties();
    own.put("schema.registry.bearer.auth.credentials.source", "STATIC_TOKEN");
    own.put("schema.registry.bearer.auth.token", "hunter2");
    DetectCommand detect = command("http://127.0.0.1:" + registry.getAddress().getPort());

    // When, Then
    try {
      assertThatThrownBy(() -> detect.registry(own).getAllSubjects())
          .isInstanceOf(RestClientException.class)
          .message()
          .doesNotContain("hunter2");
    } finally {
      registry.stop(0);
    }
    assertThat(authorizations).isNotEmpty().containsOnly("Bearer hunter2");
  }

  private static DetectCommand command(String registryUrl) {
    DetectCommand detect = new DetectCommand();
    new CommandLine(detect)
        .parseArgs("--bootstrap-servers=broker:1", "--schema-registry-url=" + registryUrl);
    return detect;
  }
}
