package io.netnswatch.collector.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpServer;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import io.netnswatch.collector.spool.TestEvents;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.errors.AuthenticationException;
import org.junit.jupiter.api.Test;

class ClientSettingsTest {

  @Test
  void theRegistryGetsTheCredentialsAndNoErrorTellsThem() throws Exception {
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
    Map<String, String> own =
        Map.of(
            "schema.registry.basic.auth.credentials.source", "USER_INFO",
            "schema.registry.basic.auth.user.info", "collector:hunter2");
    Map<String, Object> settings = new HashMap<>();
    ClientSettings.ofProducer(
            "localhost:1", "http://127.0.0.1:" + registry.getAddress().getPort(), own)
        .forEach((key, value) -> settings.put(String.valueOf(key), value));

    // When
    Throwable failure;
    try (KafkaAvroSerializer serializer = new KafkaAvroSerializer()) {
      serializer.configure(settings, false);
      failure = catchThrowable(() -> serializer.serialize("t", TestEvents.event(0).value()));
    } finally {
      registry.stop(0);
    }

    // Then
    String expected = Base64.getEncoder().encodeToString("collector:hunter2".getBytes(UTF_8));
    assertThat(authorizations).isNotEmpty().containsOnly("Basic " + expected);
    assertThat(failure).isInstanceOf(AuthenticationException.class);
    assertThat(failure).message().doesNotContain("hunter2");
  }
}
