package io.netnswatch.oncall;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A server that judges what is posted to it and keeps what it has accepted. */
final class RecordingServer implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Judge judge;
  private final List<JsonNode> accepted = new CopyOnWriteArrayList<>();
  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private volatile Mood mood = Mood.ANSWERS;
  private final AtomicInteger turnedAway = new AtomicInteger();

  /** How it is at the moment. */
  enum Mood {
    ANSWERS,
    /** 429, come back in a second. */
    TOO_MANY,
    /** 503. */
    BROKEN,
    /** Takes what is posted, and the answer gets lost. */
    SILENT
  }

  /** Says what is wrong with a request; null if nothing is. */
  interface Judge {
    @Nullable String complaint(String path, Headers headers, byte[] body, JsonNode json);
  }

  private RecordingServer(HttpServer server, Judge judge) {
    this.server = server;
    this.judge = judge;
  }

  static RecordingServer start(Judge judge) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    RecordingServer recording = new RecordingServer(server, judge);
    server.setExecutor(recording.threads);
    server.createContext("/", recording::handle);
    server.start();
    return recording;
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  void mood(Mood now) {
    mood = now;
  }

  /** What it has accepted, in order. */
  List<JsonNode> accepted() {
    return accepted;
  }

  /** What was wrong with requests. */
  List<String> complaints() {
    return complaints;
  }

  /** How many requests it did not want at that moment. */
  int turnedAway() {
    return turnedAway.get();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      switch (mood) {
        case TOO_MANY -> {
          exchange.getResponseHeaders().set("Retry-After", "1");
          answer(exchange, 429);
        }
        case BROKEN -> answer(exchange, 503);
        case SILENT -> {
          take(exchange, body);
          turnedAway.incrementAndGet();
          // Closing without an answer cuts the connection
        }
        case ANSWERS -> answer(exchange, take(exchange, body) ? 202 : 400);
      }
    }
  }

  private boolean take(HttpExchange exchange, byte[] body) throws IOException {
    JsonNode json = JSON.readTree(body);
    String complaint =
        exchange.getRequestMethod().equals("POST")
            ? judge.complaint(
                exchange.getRequestURI().getPath(), exchange.getRequestHeaders(), body, json)
            : "not POST";
    if (complaint == null) {
      accepted.add(json);
      return true;
    }
    complaints.add(complaint + ": " + new String(body, UTF_8));
    return false;
  }

  private void answer(HttpExchange exchange, int status) throws IOException {
    if (status == 429 || status == 503) {
      turnedAway.incrementAndGet();
    }
    exchange.sendResponseHeaders(status, -1);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
