package io.netnswatch.collector.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpServer;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import io.confluent.kafka.serializers.KafkaAvroSerializerConfig;
import io.netnswatch.collector.spool.TestEvents;
import io.netnswatch.command.cluster.Cluster;
import io.netnswatch.schema.Topics;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ClientSettingsTest {

  private static final String LOGIN =
      "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler";

  static Stream<Arguments> credentials() {
    String basic = Base64.getEncoder().encodeToString("collector:hunter2".getBytes(UTF_8));
    return Stream.of(
        Arguments.of(
            Map.of(
                "schema.registry.basic.auth.credentials.source", "USER_INFO",
                "schema.registry.basic.auth.user.info", "collector:hunter2"),
            "Basic " + basic),
        Arguments.of(
            Map.of(
                "schema.registry.bearer.auth.credentials.source", "STATIC_TOKEN",
                "schema.registry.bearer.auth.token", "hunter2"),
            "Bearer hunter2"));
  }

  @ParameterizedTest
  @MethodSource("credentials")
  void theRegistryGetsTheCredentialsAndNoErrorTellsThem(Map<String, String> own, String expected)
      throws Exception {
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
    Map<String, Object> settings =
        producer("http://127.0.0.1:" + registry.getAddress().getPort(), own);

    // When
    Throwable failure;
    try (KafkaAvroSerializer serializer = new KafkaAvroSerializer()) {
      serializer.configure(settings, false);
      failure = catchThrowable(() -> serializer.serialize("t", TestEvents.event(0).value()));
    } finally {
      registry.stop(0);
    }

    // Then
    assertThat(authorizations).isNotEmpty().containsOnly(expected);
    assertThat(failure).isInstanceOf(AuthenticationException.class);
    assertThat(failure).message().doesNotContain("hunter2");
  }

  @Test
  void settingsOfOAuthReachTheClientsUnchanged() {
    // Given
    Map<String, String> kafka =
        Map.of(
            "security.protocol", "SASL_SSL",
            "sasl.mechanism", "OAUTHBEARER",
            "sasl.login.callback.handler.class", LOGIN,
            "sasl.oauthbearer.token.endpoint.url", "https://idp.example/token");
    Map<String, String> registry =
        Map.of(
            "schema.registry.bearer.auth.credentials.source", "OAUTHBEARER",
            "schema.registry.bearer.auth.issuer.endpoint.url", "https://idp.example/token",
            "schema.registry.bearer.auth.client.id", "collector",
            "schema.registry.bearer.auth.client.secret", "hunter2");
    Map<String, String> own = new HashMap<>(kafka);
    own.putAll(registry);

    // When
    Map<String, Object> producer = producer("http://registry", own);
    Map<String, Object> tail =
        new HashMap<>(ClientSettings.ofTail(cluster("broker:1", "http://registry", own)));
    tail.put("key.deserializer", ByteArrayDeserializer.class);
    tail.put("value.deserializer", ByteArrayDeserializer.class);

    // Then
    for (AbstractConfig client : List.of(new ProducerConfig(producer), new ConsumerConfig(tail))) {
      assertThat(client.getClass("sasl.login.callback.handler.class").getName()).isEqualTo(LOGIN);
      assertThat(client.getString("sasl.oauthbearer.token.endpoint.url"))
          .isEqualTo("https://idp.example/token");
      assertThat(client.getString("sasl.mechanism")).isEqualTo("OAUTHBEARER");
      assertThat(client.getString("security.protocol")).isEqualTo("SASL_SSL");
    }
    assertThat(new KafkaAvroSerializerConfig(producer).originalsStrings())
        .containsAllEntriesOf(registry);
    assertThat(tail).containsAllEntriesOf(registry);
  }

  private static Map<String, Object> producer(String registryUrl, Map<String, String> own) {
    Map<String, Object> settings = new HashMap<>();
    ClientSettings.ofProducer(cluster("localhost:1", registryUrl, own))
        .forEach((key, value) -> settings.put(String.valueOf(key), value));
    return settings;
  }

  private static Cluster cluster(String servers, String registryUrl, Map<String, String> own) {
    return new Cluster(servers, registryUrl, Topics.withDefaultPrefix(), own);
  }
}
