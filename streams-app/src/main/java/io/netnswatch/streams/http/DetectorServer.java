package io.netnswatch.streams.http;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.ContentType;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.javalin.json.JavalinJackson;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netnswatch.schema.Incident;
import io.netnswatch.streams.Detector;
import io.netnswatch.streams.query.HostDetail;
import io.netnswatch.streams.query.HostSummary;
import io.netnswatch.streams.query.Peers;
import io.netnswatch.streams.query.Peers.Answer;
import io.netnswatch.streams.query.StoreQueries;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.StreamsNotStartedException;
import org.apache.kafka.streams.state.HostInfo;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves what the detector knows.
 *
 * <pre>
 * /live            200 while there is any use in letting it go on, else 503
 * /ready           200 while it detects; 503 with the reason while it starts or restores
 * /metrics         for Prometheus
 * /api/hosts       all hosts, of all instances
 * /api/hosts/NAME  one host: state, windows of the last hour, incidents
 * /api/incidents   open ones first, then the newest, of all instances
 * /api/instances   who shares the work
 * </pre>
 *
 * <p>With {@code ?scope=instance} an instance answers for itself alone.
 */
public final class DetectorServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DetectorServer.class);

  private static final int MAX_THREADS = 16;
  private static final int MIN_THREADS = 2;
  private static final String BEARER = "Bearer ";

  private final PrometheusMeterRegistry metrics;
  private final @Nullable String token;
  private final Javalin server;
  private final HttpAddress advertised;
  private volatile @Nullable Served served;

  /** What there is to serve once Kafka Streams has been made. */
  private record Served(Detector detector, StoreQueries stores, Peers peers) {}

  private DetectorServer(
      HttpAddress address,
      HttpAddress reachedAt,
      @Nullable String token,
      PrometheusMeterRegistry metrics) {
    this.metrics = metrics;
    this.token = token;
    this.server = Javalin.create(this::configure).start(address.host(), address.port());
    this.advertised =
        reachedAt.port() == 0 ? new HttpAddress(reachedAt.host(), server.port()) : reachedAt;
  }

  /**
   * Begins to listen; not ready until {@link #serve}.
   *
   * @param reachedAt where other instances find this one; port 0 for the port listened on
   * @param token what clients must present, but for the health; null for nothing
   * @throws IllegalArgumentException if others could reach it and no token is set
   * @throws io.javalin.util.JavalinBindException if the address can't be listened on
   */
  public static DetectorServer listen(
      HttpAddress address,
      HttpAddress reachedAt,
      @Nullable String token,
      PrometheusMeterRegistry metrics) {
    if (token == null && !address.isLoopback()) {
      throw new IllegalArgumentException(
          "others can reach " + address + ": set a token, or listen on 127.0.0.1");
    }
    return new DetectorServer(address, reachedAt, token, metrics);
  }

  /** Where other instances reach this one. */
  public HttpAddress advertised() {
    return advertised;
  }

  /** From now on there is something to say. */
  public void serve(Detector detector, StoreQueries stores) {
    HostInfo self = new HostInfo(advertised.host(), advertised.port());
    LOG.info("health, metrics and queries at http://{}", advertised);
    served =
        new Served(detector, stores, new Peers(detector.streams(), self, token, Json.mapper()));
  }

  @Override
  public void close() {
    server.stop();
  }

  private void configure(JavalinConfig config) {
    config.startup.showJavalinBanner = false;
    config.jetty.threadPool = new QueuedThreadPool(MAX_THREADS, MIN_THREADS);
    config.jsonMapper(new JavalinJackson(Json.mapper(), false));
    config.routes.get("/live", this::live);
    config.routes.get("/ready", this::ready);
    config.routes.before("/metrics", this::authorize);
    config.routes.get("/metrics", this::metrics);
    config.routes.before("/api/*", this::authorize);
    config.routes.get("/api/hosts", this::hosts);
    config.routes.get("/api/hosts/{host}", this::host);
    config.routes.get("/api/incidents", this::incidents);
    config.routes.get("/api/instances", this::instances);
    config.routes.exception(InvalidStateStoreException.class, DetectorServer::notNow);
    config.routes.exception(StreamsNotStartedException.class, DetectorServer::notNow);
    config.routes.exception(NotServingException.class, DetectorServer::notNow);
  }

  private void authorize(Context request) {
    String presented = request.header("Authorization");
    if (token != null
        && (presented == null
            || !presented.startsWith(BEARER)
            || !MessageDigest.isEqual(bytes(token), bytes(presented.substring(BEARER.length()))))) {
      request.header("WWW-Authenticate", "Bearer");
      refuse(request, HttpStatus.UNAUTHORIZED, "a token is needed");
      request.skipRemainingHandlers();
    }
  }

  private void live(Context request) {
    Served now = served;
    boolean alive = now == null || now.detector().isAlive();
    request.status(alive ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE);
    request.result(alive ? "alive\n" : "Kafka Streams has ended\n");
  }

  private void ready(Context request) {
    Served now = served;
    String reason = now == null ? "starting" : now.detector().notReadyBecause();
    request.status(reason.isEmpty() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE);
    request.result((reason.isEmpty() ? "ready" : reason) + "\n");
  }

  private void metrics(Context request) {
    request.contentType("text/plain; version=0.0.4; charset=utf-8").result(metrics.scrape());
  }

  private void hosts(Context request) {
    List<HostSummary> own = now().stores().hosts();
    request.json(joined("hosts", own, request));
  }

  private void incidents(Context request) {
    List<Incident> own = now().stores().incidents();
    request.json(joined("incidents", own, request));
  }

  private void host(Context request) {
    String host = request.pathParam("host");
    Optional<HostDetail> own = now().stores().host(host);
    if (own.isPresent()) {
      request.json(own.get());
      return;
    }
    Optional<Answer> other =
        isOfOneInstance(request)
            ? Optional.empty()
            : now().peers().askOwner(host, "/api/hosts/" + encoded(host));
    if (other.isPresent() && other.get().answer() != null) {
      request.json(other.get().answer());
    } else if (other.isPresent() && !other.get().isUnknown()) {
      refuse(
          request,
          HttpStatus.BAD_GATEWAY,
          "the instance " + other.get().address() + ": " + other.get().problem());
    } else {
      refuse(request, HttpStatus.NOT_FOUND, "nothing is known of " + host);
    }
  }

  private void instances(Context request) {
    Served now = now();
    List<Map<String, Object>> instances = new ArrayList<>();
    now.detector()
        .streams()
        .metadataForAllStreamsClients()
        .forEach(
            it ->
                instances.add(
                    Map.of(
                        "address",
                        it.hostInfo().host() + ":" + it.hostInfo().port(),
                        "partitions",
                        it.topicPartitions().stream()
                            .map(partition -> partition.partition())
                            .distinct()
                            .sorted()
                            .toList())));
    request.json(Map.of("self", now.peers().self(), "instances", instances));
  }

  /** What is here, and behind it what the others have. */
  private Map<String, Object> joined(String name, List<?> own, Context request) {
    List<Object> all = new ArrayList<>(own);
    List<Map<String, String>> missing = new ArrayList<>();
    if (!isOfOneInstance(request)) {
      for (Answer answer : now().peers().askAll(request.path())) {
        if (answer.answer() != null) {
          answer.answer().path(name).forEach(all::add);
        } else {
          missing.add(
              Map.of("address", answer.address(), "problem", String.valueOf(answer.problem())));
        }
      }
    }
    return Map.of(name, all, "missing_instances", missing);
  }

  private static boolean isOfOneInstance(Context request) {
    return Peers.SCOPE_PARAMETER.equals("scope=" + request.queryParam("scope"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String encoded(String pathSegment) {
    return URLEncoder.encode(pathSegment, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private Served now() {
    Served now = served;
    if (now == null) {
      throw new NotServingException();
    }
    return now;
  }

  private static void notNow(Exception e, Context request) {
    refuse(
        request,
        HttpStatus.SERVICE_UNAVAILABLE,
        "state is being restored or moved between instances: try again in a moment");
  }

  private static void refuse(Context request, HttpStatus status, String why) {
    request.status(status).contentType(ContentType.APPLICATION_JSON).json(Map.of("error", why));
  }

  /** Asked before there was anything to serve. */
  private static final class NotServingException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
