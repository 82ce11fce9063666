package io.netnswatch.command.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StatusServerTest {

  /** Much less than a connection may last: no answer here waited for another's end. */
  private static final Duration SOON = StatusServer.TIME_LIMIT.dividedBy(2);

  private final List<String> problems = new ArrayList<>();
  private final List<Socket> sockets = new ArrayList<>();
  private final CountDownLatch unblocked = new CountDownLatch(1);
  private byte[] metrics = "up 1\n".getBytes(UTF_8);
  private boolean blocks;
  private StatusServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        StatusServer.start(
            new HttpAddress("127.0.0.1", 0),
            () -> List.copyOf(problems),
            new StatusServer.Metrics() {
              @Override
              public String contentType() {
                return "text/plain; version=0.0.4";
              }

              @Override
              public byte[] body() throws IOException {
                if (blocks) {
                  try {
                    unblocked.await();
                  } catch (InterruptedException e) {
                    throw new IOException(e);
                  }
                }
                return metrics;
              }
            });
  }

  @AfterEach
  void stop() throws IOException {
    unblocked.countDown();
    for (Socket socket : sockets) {
      socket.close();
    }
    server.close();
  }

  @Test
  void saysThatItLivesWhetherItIsReadyAndWhatItMeasured() throws Exception {
    // Given
    problems.addAll(List.of("the disk is full", "no broker"));

    // When
    HttpResponse<String> live = get("/live");
    HttpResponse<String> ready = get("/ready");
    HttpResponse<String> measured = get("/metrics?name=x");
    problems.clear();
    HttpResponse<String> readyAgain = get("/ready");

    // Then
    assertThat(live.statusCode()).isEqualTo(200);
    assertThat(ready.statusCode()).isEqualTo(503);
    assertThat(ready.body()).isEqualTo("the disk is full\nno broker\n");
    assertThat(measured.body()).isEqualTo("up 1\n");
    assertThat(measured.headers().firstValue("content-type")).hasValue("text/plain; version=0.0.4");
    assertThat(readyAgain.statusCode()).isEqualTo(200);
  }

  @Test
  void headHasNoBodyAndOthersAreRefused() throws Exception {
    assertThat(exchange("HEAD /live HTTP/1.1\r\n\r\n"))
        .startsWith("HTTP/1.1 200")
        .endsWith("\r\n\r\n");
    assertThat(exchange("POST /live HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 405");
    assertThat(exchange("GET /etc/passwd HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 404");
    assertThat(exchange("\u0016\u0003\u0001 hello\r\n\r\n")).startsWith("HTTP/1.1 400");
  }

  @Test
  void halfOpenConnectionsKeepNobodyWaiting() throws Exception {
    // Given: more than may be open at once, some silent, some in the middle of their head
    for (int i = 0; i < 3 * StatusServer.MAX_CONNECTIONS; i++) {
      Socket socket = connect();
      if (i % 2 == 0) {
        socket.getOutputStream().write("GET /metrics HTTP/1.1\r\nHost: x".getBytes(ISO_8859_1));
      }
    }

    // When
    HttpResponse<String> live = get("/live");
    HttpResponse<String> measured = get("/metrics");

    // Then
    assertThat(live.statusCode()).isEqualTo(200);
    assertThat(measured.statusCode()).isEqualTo(200);
  }

  @Test
  void readersThatDoNotReadKeepNobodyWaiting() throws Exception {
    // Given: answers that fit in no socket's buffer
    metrics = new byte[16 << 20];
    for (int i = 0; i < 8; i++) {
      connect().getOutputStream().write("GET /metrics HTTP/1.1\r\n\r\n".getBytes(ISO_8859_1));
    }

    // When, Then
    assertThat(get("/live").statusCode()).isEqualTo(200);
  }

  @Test
  void metricsThatHangLeaveHealthAlone() throws Exception {
    // Given
    blocks = true;
    for (int i = 0; i < StatusServer.MAX_CONNECTIONS / 2; i++) {
      connect().getOutputStream().write("GET /metrics HTTP/1.1\r\n\r\n".getBytes(ISO_8859_1));
    }

    // When, Then
    assertThat(get("/live").statusCode()).isEqualTo(200);
    assertThat(get("/ready").statusCode()).isEqualTo(200);
  }

  @Test
  void aHeadWithoutEndIsRefused() throws Exception {
    assertThat(exchange("GET /live HTTP/1.1\r\nX: " + "x".repeat(StatusServer.MAX_HEAD)))
        .startsWith("HTTP/1.1 431");
  }

  @Test
  void aConnectionThatIsNeverDoneIsClosed() throws Exception {
    // Given
    Socket socket = connect();
    socket.getOutputStream().write("GET".getBytes(ISO_8859_1));

    // When
    int read = socket.getInputStream().read();

    // Then
    assertThat(read).isEqualTo(-1);
  }

  @Test
  void anAddressThatIsTakenIsNamed() {
    assertThatThrownBy(() -> StatusServer.start(server.address(), List::of, new NoMetrics()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(server.address().toString());
  }

  private record NoMetrics() implements StatusServer.Metrics {

    @Override
    public String contentType() {
      return "text/plain";
    }

    @Override
    public byte[] body() {
      return new byte[0];
    }
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://" + server.address() + path);
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(uri).timeout(SOON).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.setReceiveBufferSize(4_096);
    socket.connect(new InetSocketAddress(server.address().host(), server.address().port()), 5_000);
    return socket;
  }

  private String exchange(String request) throws IOException {
    Socket socket = connect();
    socket.getOutputStream().write(request.getBytes(ISO_8859_1));
    try (InputStream answer = socket.getInputStream()) {
      return new String(answer.readAllBytes(), ISO_8859_1);
    }
  }
}
