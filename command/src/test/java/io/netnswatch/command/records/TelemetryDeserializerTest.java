package io.netnswatch.command.records;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.netnswatch.schema.DeadLetterReason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TelemetryDeserializerTest {

  private static final byte[] KEY = "node-1".getBytes(UTF_8);
  private static final byte[] OF_SCHEMA_7 = {0, 0, 0, 0, 7, 1, 2, 3};

  private final HttpServer server;
  private String answer = "";

  TelemetryDeserializerTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = answer.getBytes(UTF_8);
          exchange.sendResponseHeaders(404, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void ofASchemaThatTheRegistryHasNotNothingCanBeMade() {
    answer = "{\"error_code\":40403,\"message\":\"Schema 7 not found\"}";

    assertThatThrownBy(this::deserialize)
        .isInstanceOfSatisfying(
            UnusableRecordException.class,
            e -> assertThat(e.reason()).isEqualTo(DeadLetterReason.UNKNOWN_SCHEMA));
  }

  /** A proxy, a path of something else: the records behind it are good, and must wait. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "<html><body>404 Not Found</body></html>",
        "{\"error_code\":404,\"message\":\"HTTP 404 Not Found\"}",
        "{\"title\":\"no route\",\"status\":404}",
        ""
      })
  void whatIsNoRegistrySaysNothingOfARecord(String words) {
    answer = words;

    assertThatThrownBy(this::deserialize).isInstanceOf(RegistryUnavailableException.class);
  }

  private void deserialize() throws UnusableRecordException {
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    new TelemetryDeserializer(new CachedSchemaRegistryClient(url, 10))
        .deserialize("netnswatch.perf-samples", KEY, OF_SCHEMA_7);
  }
}
