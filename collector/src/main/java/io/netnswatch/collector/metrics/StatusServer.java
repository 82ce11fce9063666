package io.netnswatch.collector.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Supplier;

/**
 * Serves {@code /metrics} in Prometheus' text format, and {@code /healthy}: 200, or 503 with one
 * problem a line.
 */
public final class StatusServer implements AutoCloseable {

  private final HttpServer server;
  private final Supplier<CollectorStatus> status;

  private StatusServer(HttpServer server, Supplier<CollectorStatus> status) {
    this.server = server;
    this.status = status;
  }

  /**
   * Begins to serve, one request at a time.
   *
   * @param port 0 for a free one
   * @throws IOException if the address can't be listened on
   */
  public static StatusServer start(String address, int port, Supplier<CollectorStatus> status)
      throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getByName(address), port), 0);
    StatusServer serving = new StatusServer(server, status);
    server.createContext("/metrics", serving::metrics);
    server.createContext("/healthy", serving::healthy);
    server.start();
    return serving;
  }

  /** The port it listens on. */
  public int port() {
    return server.getAddress().getPort();
  }

  private void metrics(HttpExchange exchange) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    CollectorMetrics.write(status.get(), text);
    answer(exchange, 200, CollectorMetrics.CONTENT_TYPE, text.toByteArray());
  }

  private void healthy(HttpExchange exchange) throws IOException {
    List<String> problems = status.get().problems();
    String text = problems.isEmpty() ? "healthy" : String.join("\n", problems);
    answer(
        exchange,
        problems.isEmpty() ? 200 : 503,
        "text/plain; charset=utf-8",
        (text + "\n").getBytes(UTF_8));
  }

  private static void answer(HttpExchange exchange, int code, String type, byte[] body)
      throws IOException {
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(code, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
