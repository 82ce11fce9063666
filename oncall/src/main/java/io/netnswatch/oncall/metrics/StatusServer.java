package io.netnswatch.oncall.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Supplier;

/**
 * Serves health and metrics, one request at a time.
 *
 * <pre>
 * /live     200 while there is any use in letting it go on
 * /ready    200 while it bridges; 503 with the reason while it starts
 * /metrics  for Prometheus
 * </pre>
 */
public final class StatusServer implements AutoCloseable {

  private static final int OK = 200;
  private static final int UNAVAILABLE = 503;
  private static final String TEXT = "text/plain; charset=utf-8";

  private final HttpServer server;

  private StatusServer(HttpServer server) {
    this.server = server;
  }

  /**
   * Begins to serve.
   *
   * @param address where; port 0 for a free one
   * @param notReadyBecause why it does not bridge at the moment; empty if it does
   * @param metrics in Prometheus' text format
   * @throws IOException if the address can't be listened on
   */
  public static StatusServer start(
      InetSocketAddress address, Supplier<String> notReadyBecause, Supplier<String> metrics)
      throws IOException {
    HttpServer server = HttpServer.create(address, 0);
    server.createContext("/live", exchange -> answer(exchange, OK, TEXT, "alive\n"));
    server.createContext(
        "/ready",
        exchange -> {
          String reason = notReadyBecause.get();
          answer(
              exchange,
              reason.isEmpty() ? OK : UNAVAILABLE,
              TEXT,
              (reason.isEmpty() ? "ready" : reason) + "\n");
        });
    server.createContext(
        "/metrics",
        exchange ->
            answer(exchange, OK, "text/plain; version=0.0.4; charset=utf-8", metrics.get()));
    server.start();
    return new StatusServer(server);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  private static void answer(HttpExchange exchange, int code, String type, String text)
      throws IOException {
    try (exchange) {
      byte[] body = text.getBytes(UTF_8);
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
