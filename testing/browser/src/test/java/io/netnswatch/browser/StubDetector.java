package io.netnswatch.browser;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.netnswatch.console.ConsolePage;
import io.netnswatch.console.HostTimeline;
import io.netnswatch.console.IncidentSteps;
import io.netnswatch.console.Report;
import io.netnswatch.console.Series;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.IncidentStatus;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.RecordJson;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Serves the console and answers that a test has laid down, in the form of the detector's own. */
final class StubDetector implements AutoCloseable {

  static final JsonMapper JSON = new JsonMapper();
  private static final String ABOUT = "/api/console/about";
  private static final String FLEET = "/api/console/fleet";

  private final ConsolePage page = new ConsolePage();
  private final HttpServer server;
  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private volatile String notReady = "";
  private volatile @Nullable String token;

  private StubDetector(HttpServer server) {
    this.server = server;
  }

  static StubDetector start() throws IOException {
    StubDetector stub =
        new StubDetector(
            HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
    stub.server.setExecutor(Executors.newCachedThreadPool());
    stub.server.createContext("/", stub::answer);
    stub.server.start();
    stub.put(
        ABOUT,
        object("version", "0.1.0", "bootstrap_servers", "kafka-1:9092")
            .put("schema_registry_url", "http://registry:8081")
            .put("topic_prefix", "netnswatch.")
            .set("hot_symbols", JSON.valueToTree(List.of("inet_evict_bucket"))));
    return stub;
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
  }

  /** From now on, this reason and no answers; empty for answers again. */
  void notReady(String reason) {
    notReady = reason;
  }

  /** From now on only with this token. */
  void needs(String secret) {
    token = secret;
  }

  void put(String path, JsonNode answer) {
    answers.put(path, answer.toString());
  }

  JsonNode answer(String path) throws IOException {
    return JSON.readTree(answers.get(path));
  }

  void putFleet(ArrayNode hosts, ArrayNode incidents, List<Map<String, String>> missing) {
    ObjectNode fleet = JSON.createObjectNode().put("incidents_omitted", 0);
    fleet.set("hosts", hosts);
    fleet.set("incidents", incidents);
    fleet.set("missing_instances", JSON.valueToTree(missing));
    put(FLEET, fleet);
  }

  /** All of a report as if it were live; the last of its hosts are silent. */
  void putFleet(Report report, List<Map<String, String>> missing) {
    ArrayNode hosts = JSON.createArrayNode();
    ArrayNode incidents = JSON.createArrayNode();
    for (HostTimeline line : report.timelines()) {
      hosts.add(summary(line, report));
    }
    report.incidents().forEach(it -> incidents.add(RecordJson.of(it.latest())));
    putFleet(hosts, incidents, missing);
  }

  /** One host of a report, with the sample and the snapshot of the recorded livelock's end. */
  void putHost(HostTimeline line, Report report) throws IOException {
    ObjectNode view = JSON.createObjectNode();
    ObjectNode summary = summary(line, report);
    view.set("summary", summary);
    view.set(
        "kernel",
        object("release", line.kernelRelease(), "verdict", "AFFECTED")
            .put("reason", "4.15 has the loop.")
            .put("cure", "4.19.10 or later"));
    view.set("suspected", JSON.createArrayNode());
    view.set("timeline", timeline(line));
    ArrayNode incidents = view.putArray("incidents");
    report.incidents().stream()
        .map(IncidentSteps::latest)
        .filter(it -> it.getHost().equals(line.host()))
        .forEach(it -> incidents.add(RecordJson.of(it)));
    ObjectNode latest = view.putObject("latest");
    latest.set("perf_sample", place("netnswatch.perf-samples", 3, 48_123));
    latest.set("proc_snapshot", place("netnswatch.proc-snapshots", 3, 48_124));
    put("/api/console/host?name=" + line.host(), view);
    putActions(line.host(), JSON.createArrayNode());
    putLatest(PerfSample.class, "/api/records/netnswatch.perf-samples/3/48123");
    putLatest(ProcSnapshot.class, "/api/records/netnswatch.proc-snapshots/3/48124");
  }

  /** What was done to a host. */
  void putActions(String host, ArrayNode steps) {
    put("/api/hosts/" + host + "/actions", JSON.createObjectNode().set("actions", steps));
  }

  private void putLatest(Class<? extends SpecificRecord> kind, String path) throws IOException {
    put(path, RecordJson.of(RecordedLivelock.last(kind)));
  }

  private static ObjectNode summary(HostTimeline line, Report report) {
    List<Incident> open =
        report.incidents().stream()
            .map(IncidentSteps::latest)
            .filter(it -> it.getHost().equals(line.host()))
            .filter(it -> it.getStatus() != IncidentStatus.RESOLVED)
            .toList();
    ObjectNode summary =
        object("host", line.host(), "status", open.isEmpty() ? "HEALTHY" : "INCIDENT")
            .put("latest_event_at", report.to().toString())
            .put("boot_id", "b6a1")
            .put("kernel_release", line.kernelRelease())
            .put("kernel_verdict", "AFFECTED");
    summary.set("open_incidents", JSON.valueToTree(open.stream().map(Incident::getKind).toList()));
    return summary;
  }

  private static ObjectNode timeline(HostTimeline line) {
    ObjectNode node =
        object("host", line.host(), "kernel_release", line.kernelRelease())
            .put("start", line.start().toString())
            .put("bucket_ms", line.bucket().toMillis());
    node.set("hot_cpus", values(line.hotCpus()));
    node.set("worker_cpus", values(line.workerCpus()));
    node.set("creation_ms", values(line.creationMs()));
    return node;
  }

  private static ArrayNode values(Series series) {
    ArrayNode values = JSON.createArrayNode();
    for (int i = 0; i < series.length(); i++) {
      if (Double.isNaN(series.at(i))) {
        values.addNull();
      } else {
        values.add(series.at(i));
      }
    }
    return values;
  }

  private static ObjectNode place(String topic, int partition, long offset) {
    return object("topic", topic, "partition", "")
        .put("partition", partition)
        .put("offset", offset);
  }

  private static ObjectNode object(
      String name, @Nullable String value, String second, @Nullable String other) {
    return JSON.createObjectNode().put(name, value).put(second, other);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String query = exchange.getRequestURI().getRawQuery();
    String path = exchange.getRequestURI().getPath();
    Optional<ConsolePage.File> file = page.file(path);
    String secret = token;
    if (file.isPresent()) {
      ConsolePage.HEADERS.forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
      send(exchange, 200, file.get().contentType(), file.get().text());
    } else if (path.equals("/ready")) {
      send(exchange, notReady.isEmpty() ? 200 : 503, "text/plain", notReady + "\n");
    } else if (secret != null
        && !("Bearer " + secret).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      send(exchange, 401, "application/json", "{\"error\":\"a token is needed\"}");
    } else if (!notReady.isEmpty()) {
      send(exchange, 503, "application/json", "{\"error\":\"try again in a moment\"}");
    } else {
      String asked =
          query == null ? path : path + "?" + URLDecoder.decode(query, StandardCharsets.UTF_8);
      String json = answers.get(asked);
      send(
          exchange,
          json == null ? 404 : 200,
          "application/json",
          json == null ? "{\"error\":\"nothing is known of it\"}" : json);
    }
  }

  private static void send(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    String tag = "W/\"" + Integer.toHexString(text.hashCode()) + "\"";
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().set("ETag", tag);
    if (status == 200 && tag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
      exchange.sendResponseHeaders(304, -1);
    } else {
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
