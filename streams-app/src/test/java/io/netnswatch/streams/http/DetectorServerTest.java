package io.netnswatch.streams.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netnswatch.command.http.HttpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is answered before Kafka Streams has been made. */
class DetectorServerTest {

  private static final int PROBE_TIMEOUT_MS = 5_000;
  private static final HttpAddress ANY_PORT = new HttpAddress("127.0.0.1", 0);

  @Test
  void thePageIsThereBeforeItsAnswersAre() throws IOException {
    try (DetectorServer server = listen(null)) {
      assertThat(ask(server, "/", "localhost", ""))
          .startsWith("HTTP/1.1 200")
          .containsIgnoringCase("Content-Security-Policy: default-src 'none';")
          .containsIgnoringCase("X-Content-Type-Options: nosniff")
          .containsIgnoringCase("Referrer-Policy: no-referrer");
      assertThat(ask(server, "/api/console/fleet", "localhost", "")).startsWith("HTTP/1.1 503");
      assertThat(ask(server, "/ready", "localhost", ""))
          .startsWith("HTTP/1.1 503")
          .endsWith("starting\n");
    }
  }

  @Test
  void whatIsKnownAlreadyIsNotSentAgain() throws IOException {
    try (DetectorServer server = listen(null)) {
      String first = ask(server, "/assets/page.css", "localhost", "");
      String tag = first.replaceAll("(?si).*etag: ([^\r]*)\r.*", "$1");

      assertThat(tag).startsWith("W/\"");
      assertThat(ask(server, "/assets/page.css", "localhost", "If-None-Match: " + tag + "\r\n"))
          .startsWith("HTTP/1.1 304");
    }
  }

  /** A name of somebody else's that leads here, as in DNS rebinding. */
  @ParameterizedTest
  @ValueSource(strings = {"evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80"})
  void withoutATokenForeignNamesAreRefused(String name) throws IOException {
    try (DetectorServer server = listen(null)) {
      for (String path : new String[] {"/", "/api/hosts", "/metrics", "/assets/console.js"}) {
        assertThat(ask(server, path, name, "")).startsWith("HTTP/1.1 421");
      }
      assertThat(ask(server, "/live", name, "")).startsWith("HTTP/1.1 200");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "LOCALHOST:9000", "[::1]:8480", "127.0.0.9"})
  void namesOfThisMachineAreItsOwn(String name) throws IOException {
    try (DetectorServer server = listen(null)) {
      assertThat(ask(server, "/", name, "")).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void withATokenThatDecidesAndNotTheName() throws IOException {
    try (DetectorServer server = listen("secret")) {
      assertThat(ask(server, "/", "console.example", "")).startsWith("HTTP/1.1 200");
      assertThat(ask(server, "/api/hosts", "console.example", "")).startsWith("HTTP/1.1 401");
      assertThat(ask(server, "/api/hosts", "console.example", "Authorization: Bearer secret\r\n"))
          .startsWith("HTTP/1.1 503");
    }
  }

  /** Each holds its connection for as long as it may; more of them than are taken at once. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "GET /live HTTP/1.1\r\nHo",
        "GET /metrics HTTP/1.1\r\nHost: localhost\r\nX: ",
        "POST /api/hosts HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n",
        "POST /live HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        "GET /assets/page.css HTTP/1.1\r\nHost: localhost\r\n\r\n"
      })
  void healthIsAnsweredWhateverIsAsked(String begun) throws IOException {
    // Given
    List<Socket> slow = new ArrayList<>();
    try (DetectorServer server = listen(null)) {
      for (int i = 0; i < 700; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.advertised().port());
        slow.add(socket);
        socket.getOutputStream().write(begun.getBytes(StandardCharsets.UTF_8));
      }

      // When
      String health = ask(server, "/live", "localhost", "");

      // Then
      assertThat(health).startsWith("HTTP/1.1 200");
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  /** Never idle, and never done. */
  @Test
  void whoGoesOnAByteAtATimeKeepsNobodyOut() throws IOException {
    // Given
    List<Socket> trickling = new ArrayList<>();
    try (DetectorServer server = listen(null)) {
      for (int i = 0; i < 600; i++) {
        trickling.add(new Socket(InetAddress.getLoopbackAddress(), server.advertised().port()));
      }

      int open = trickling.size();
      for (int round = 0; round < 5; round++) {
        // When
        open = 0;
        for (Socket socket : trickling) {
          open += takes(socket, "GET /".charAt(round)) ? 1 : 0;
        }

        // Then
        assertThat(ask(server, "/live", "localhost", "")).startsWith("HTTP/1.1 200");
        assertThat(ask(server, "/", "localhost", "")).startsWith("HTTP/1.1 200");
      }
      assertThat(open).isPositive().isLessThanOrEqualTo(DetectorServer.MAX_CONNECTIONS);
    } finally {
      for (Socket socket : trickling) {
        socket.close();
      }
    }
  }

  private static boolean takes(Socket socket, int next) {
    try {
      socket.getOutputStream().write(next);
      return true;
    } catch (IOException e) { // closed for a newer one
      return false;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/xxx, 100000, 414",
    "/live?x=, 100000, 414",
    "/api/hosts/%00, 0, 400",
    "/api/hosts/..%2f..%2fetc, 0, 503",
    "/assets/..%2fpage.css, 0, 404",
    "/%zz, 0, 400"
  })
  void wrongRequestsAreRefused(String path, int more, int status) throws IOException {
    try (DetectorServer server = listen(null)) {
      assertThat(ask(server, path + "x".repeat(more), "localhost", ""))
          .startsWith("HTTP/1.1 " + status)
          .doesNotContain("Exception");
      assertThat(ask(server, "/live", "localhost", "X: " + "x".repeat(100_000) + "\r\n"))
          .startsWith("HTTP/1.1 431");
      assertThat(ask(server, "/live", "localhost", "")).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void withoutATokenOthersAreNotServed() {
    assertThatThrownBy(
            () -> DetectorServer.listen(new HttpAddress("0.0.0.0", 0), ANY_PORT, null, metrics()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("set a token");
  }

  private static DetectorServer listen(@Nullable String token) {
    return DetectorServer.listen(ANY_PORT, ANY_PORT, token, metrics());
  }

  private static PrometheusMeterRegistry metrics() {
    return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  }

  /** The whole answer; by hand, since clients choose Host themselves. */
  private static String ask(DetectorServer server, String path, String name, String header)
      throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.advertised().port())) {
      socket.setSoTimeout(PROBE_TIMEOUT_MS);
      String request =
          "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%s\r\n"
              .formatted(path, name, header);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
