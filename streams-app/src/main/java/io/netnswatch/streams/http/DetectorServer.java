package io.netnswatch.streams.http;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.javalin.json.JavalinJackson;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netnswatch.command.http.HttpAddress;
import io.netnswatch.command.records.UnusableRecordException;
import io.netnswatch.console.ConsoleJson;
import io.netnswatch.console.ConsolePage;
import io.netnswatch.detection.evidence.SourceRef;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.streams.Detector;
import io.netnswatch.streams.query.ActionHistory;
import io.netnswatch.streams.query.FleetView;
import io.netnswatch.streams.query.HostSummary;
import io.netnswatch.streams.query.Peers;
import io.netnswatch.streams.query.Peers.Answer;
import io.netnswatch.streams.query.StoreQueries;
import io.netnswatch.streams.query.StoredRecords;
import io.netnswatch.streams.topology.HostRequests;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.StreamsNotStartedException;
import org.apache.kafka.streams.state.HostInfo;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.QoSHandler;
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
 * /api/hosts/NAME/actions  what was done to it, of netnswatch.actions
 * /api/incidents   open ones first, then the newest, of all instances
 * POST /api/hosts/NAME/close, /api/hosts/NAME/retire  what commands of operators ask for
 * /api/instances   who shares the work
 * /api/records/TOPIC/PARTITION/OFFSET  one telemetry record, as its schema
 * /                the console, which reads /api/console/about, fleet and host?name=NAME
 * </pre>
 *
 * <p>With {@code ?scope=instance} an instance answers for itself alone.
 */
public final class DetectorServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DetectorServer.class);

  private static final int MAX_THREADS = 16;
  private static final int MIN_THREADS = 2;

  /** Fewer than threads: who asks slowly, or reads slowly, must not keep the health from us. */
  private static final int MAX_QUESTIONS = 8;

  private static final int MAX_WAITING = 64;
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

  /** Connections at once. */
  static final int MAX_CONNECTIONS = 512;

  private static final Duration IDLE_LIMIT = Duration.ofSeconds(15);
  private static final Duration LONGEST_REQUEST = Duration.ofSeconds(30);
  private static final long MAX_BODY_BYTES = 4_096;
  private static final int MAX_TEXT = 1_000;

  /** Must come with what changes something. */
  public static final String CHANGE_HEADER = "Netnswatch-Change";

  private static final String MISSING_INSTANCES = "missing_instances";

  private final PrometheusMeterRegistry metrics;
  private final @Nullable String token;
  private final Guard guard;
  private final Answers answers = new Answers();
  private final ConsolePage console = new ConsolePage();
  private final Javalin server;
  private final HttpAddress advertised;
  private volatile @Nullable Served served;

  /** Where others reach this one; nobody has been told before it listens. */
  private volatile String authority = "";

  /** What there is to serve once Kafka Streams has been made. */
  private record Served(
      Detector detector,
      StoreQueries stores,
      Peers peers,
      StoredRecords records,
      ActionHistory actions,
      HostRequests requests,
      About about) {}

  private DetectorServer(
      HttpAddress address,
      HttpAddress reachedAt,
      @Nullable String token,
      PrometheusMeterRegistry metrics) {
    this.metrics = metrics;
    this.token = token;
    this.guard = new Guard(token, address.host(), reachedAt.host());
    this.server = Javalin.create(it -> configure(it, address)).start();
    this.advertised =
        reachedAt.port() == 0 ? new HttpAddress(reachedAt.host(), server.port()) : reachedAt;
    this.authority = advertised.toString();
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
  public void serve(
      Detector detector,
      StoreQueries stores,
      StoredRecords records,
      ActionHistory actions,
      HostRequests requests,
      About about) {
    HostInfo self = new HostInfo(advertised.host(), advertised.port());
    LOG.info("console, health, metrics and queries at http://{}", advertised);
    served =
        new Served(
            detector,
            stores,
            new Peers(
                detector.streams(),
                self,
                token == null ? null : new PeerSignature(token, InstantSource.system())::of,
                ConsoleJson.mapper()),
            records,
            actions,
            requests,
            about);
  }

  @Override
  public void close() {
    server.stop();
    Served now = served;
    if (now != null) {
      now.records().close();
      now.actions().close();
    }
  }

  private void configure(JavalinConfig config, HttpAddress address) {
    config.startup.showJavalinBanner = false;
    config.jetty.threadPool = new QueuedThreadPool(MAX_THREADS, MIN_THREADS);
    config.jetty.modifyServer(DetectorServer::limit);
    config.jetty.addConnector((server, http) -> connector(server, http, address));
    config.http.maxRequestSize = MAX_BODY_BYTES;
    config.jsonMapper(new JavalinJackson(ConsoleJson.mapper(), false));
    config.routes.before(this::checkName);
    config.routes.get("/live", this::live);
    config.routes.get("/ready", this::ready);
    config.routes.before("/metrics", this::authorize);
    config.routes.get("/metrics", this::metrics);
    config.routes.before("/api/*", this::authorize);
    config.routes.get("/api/hosts", this::hosts);
    config.routes.get("/api/hosts/{host}", this::host);
    config.routes.get("/api/hosts/{host}/actions", this::actions);
    config.routes.post("/api/hosts/{host}/close", it -> change(it, DetectorServer::closing));
    config.routes.post("/api/hosts/{host}/retire", it -> change(it, DetectorServer::retiring));
    config.routes.get("/api/incidents", this::incidents);
    config.routes.get("/api/instances", this::instances);
    config.routes.get("/api/records/{topic}/{partition}/{offset}", this::record);
    config.routes.get("/api/console/about", it -> answers.json(it, now().about()));
    config.routes.get("/api/console/fleet", this::fleet);
    config.routes.get("/api/console/host", this::view);
    config.routes.get("/", this::file);
    config.routes.get("/assets/{name}", this::file);
    config.routes.exception(InvalidStateStoreException.class, this::notNow);
    config.routes.exception(StreamsNotStartedException.class, this::notNow);
    config.routes.exception(NotServingException.class, this::notNow);
    config.routes.exception(
        UnusableRecordException.class,
        (e, it) ->
            answers.refuse(it, HttpStatus.UNPROCESSABLE_CONTENT, String.valueOf(e.getMessage())));
    config.routes.exception(
        KafkaException.class,
        (e, it) ->
            answers.refuse(
                it, HttpStatus.SERVICE_UNAVAILABLE, "Kafka: " + String.valueOf(e.getMessage())));
  }

  /** Health is answered whatever else is asked, and by whomever. */
  private static void limit(Server server) {
    QoSHandler questions = new QoSHandler();
    questions.setMaxRequestCount(MAX_QUESTIONS);
    questions.setMaxSuspendedRequestCount(MAX_WAITING);
    questions.setMaxSuspend(LONGEST_WAIT);
    questions.excludePath("/live", "/ready");
    RequestTimeLimit timed = new RequestTimeLimit(LONGEST_REQUEST);
    questions.setHandler(timed);
    server.setHandler(questions);
  }

  /** Javalin makes its own when all else is configured, and nobody could limit that one. */
  private static Connector connector(Server server, HttpConfiguration http, HttpAddress address) {
    ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(http));
    connector.setHost(address.host());
    connector.setPort(address.port());
    connector.setIdleTimeout(IDLE_LIMIT.toMillis());
    connector.setAcceptQueueSize(MAX_CONNECTIONS);
    connector.addEventListener(new ConnectionLimit(MAX_CONNECTIONS));
    return connector;
  }

  private void checkName(Context request) {
    if (!guard.isAskedByName(request) && !isHealth(request.path())) {
      answers.refuse(
          request,
          HttpStatus.MISDIRECTED_REQUEST,
          "asked under a name that is not this server's; behind a proxy, set a token");
      request.skipRemainingHandlers();
    }
  }

  private static boolean isHealth(String path) {
    return path.equals("/live") || path.equals("/ready");
  }

  private void authorize(Context request) {
    if (!guard.knows(request, authority)) {
      request.header("WWW-Authenticate", "Bearer");
      answers.refuse(request, HttpStatus.UNAUTHORIZED, "a token is needed");
      request.skipRemainingHandlers();
    }
  }

  private void file(Context request) {
    Optional<ConsolePage.File> file = console.file(request.path());
    ConsolePage.HEADERS.forEach(request::header);
    if (file.isPresent()) {
      answers.text(request, file.get().contentType(), file.get().text());
    } else {
      answers.refuse(request, HttpStatus.NOT_FOUND, "there is no " + request.path());
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
    Others others = others(request);
    answers.json(
        request, Map.of("hosts", others.joined("hosts", own), MISSING_INSTANCES, others.missing()));
  }

  private void incidents(Context request) {
    List<Incident> own = now().stores().incidents();
    Others others = others(request);
    answers.json(
        request,
        Map.of("incidents", others.joined("incidents", own), MISSING_INSTANCES, others.missing()));
  }

  private void fleet(Context request) {
    FleetView own = now().stores().fleet();
    Others others = others(request);
    answers.json(
        request,
        Map.of(
            "hosts",
            others.joined("hosts", own.hosts()),
            "incidents",
            others.joined("incidents", own.incidents()),
            "incidents_omitted",
            others.sum("incidents_omitted", own.incidentsOmitted()),
            MISSING_INSTANCES,
            others.missing()));
  }

  private void host(Context request) {
    String host = request.pathParam("host");
    ofOwner(request, host, now().stores().host(host), "/api/hosts/" + encoded(host));
  }

  private void view(Context request) {
    String host = String.valueOf(request.queryParam("name"));
    ofOwner(request, host, now().stores().view(host), "/api/console/host?name=" + encoded(host));
  }

  /** What this instance has of a host, or else what that has to which the host belongs. */
  private void ofOwner(Context request, String host, Optional<?> own, String path) {
    if (own.isPresent()) {
      answers.json(request, own.get());
      return;
    }
    Optional<Answer> other =
        isOfOneInstance(request) ? Optional.empty() : now().peers().askOwner(host, path);
    if (other.isPresent() && other.get().answer() != null) {
      answers.json(request, other.get().answer());
    } else if (other.isPresent() && !other.get().isUnknown()) {
      answers.refuse(
          request,
          HttpStatus.BAD_GATEWAY,
          "the instance " + other.get().address() + ": " + other.get().problem());
    } else {
      answers.refuse(request, HttpStatus.NOT_FOUND, "nothing is known of " + host);
    }
  }

  private void record(Context request) throws UnusableRecordException {
    SourceRef place;
    try {
      place =
          new SourceRef(
              request.pathParam("topic"),
              Integer.parseInt(request.pathParam("partition")),
              Long.parseLong(request.pathParam("offset")));
    } catch (NumberFormatException e) {
      answers.refuse(request, HttpStatus.BAD_REQUEST, "partition and offset are numbers");
      return;
    }
    Optional<TelemetryEvent> found = now().records().read(place);
    if (found.isPresent()) {
      answers.json(request, found.get().value());
    } else {
      answers.refuse(request, HttpStatus.NOT_FOUND, "there is no such record, or not any more");
    }
  }

  private void actions(Context request) {
    answers.json(request, Map.of("actions", now().actions().of(request.pathParam("host"))));
  }

  private static HostRequests.Request closing(String host, Context request) {
    return new HostRequests.Close(host, text(request, "incident_key"), text(request, "reason"));
  }

  private static HostRequests.Request retiring(String host, Context request) {
    return new HostRequests.Retire(host, text(request, "reason"));
  }

  /** In the query, not in the body: what signs a request signs all of it. */
  private static String text(Context request, String parameter) {
    String text = Objects.requireNonNullElse(request.queryParam(parameter), "").strip();
    if (text.isEmpty() || text.length() > MAX_TEXT) {
      throw new IllegalArgumentException(parameter + " is missing, or longer than " + MAX_TEXT);
    }
    return text;
  }

  /**
   * Changes what is known of a host. A header that no page of another site may send without being
   * allowed keeps browsers out.
   */
  private void change(Context request, BiFunction<String, Context, HostRequests.Request> of) {
    String host = request.pathParam("host");
    if (request.header(CHANGE_HEADER) == null) {
      answers.refuse(request, HttpStatus.FORBIDDEN, "the header " + CHANGE_HEADER + " is missing");
      return;
    }
    Optional<String> owner = now().peers().ownerOf(host);
    if (owner.isPresent()) {
      request
          .status(HttpStatus.CONFLICT)
          .json(Map.of("error", host + " belongs to " + owner.get(), "owner", owner.get()));
      return;
    }
    if (now().stores().host(host).isEmpty()) {
      answers.refuse(request, HttpStatus.NOT_FOUND, "nothing is known of " + host);
      return;
    }
    try {
      HostRequests.Request asked = of.apply(host, request);
      answers.json(request, Map.of("resolved", now().requests().ask(asked).join()));
    } catch (IllegalArgumentException e) {
      answers.refuse(request, HttpStatus.BAD_REQUEST, String.valueOf(e.getMessage()));
    } catch (CompletionException | IllegalStateException e) {
      LOG.warn("{} of {} was not done", request.path(), host, e);
      answers.refuse(
          request,
          HttpStatus.SERVICE_UNAVAILABLE,
          "not done, or not known: the host's state may be moving; look at its incidents");
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
    answers.json(request, Map.of("self", now.peers().self(), "instances", instances));
  }

  /** What the other instances answer; none if this one is to answer for itself. */
  private Others others(Context request) {
    return new Others(isOfOneInstance(request) ? List.of() : now().peers().askAll(request.path()));
  }

  private record Others(List<Answer> answers) {

    /** What is here, and behind it what the others have. */
    List<Object> joined(String name, List<?> own) {
      List<Object> all = new ArrayList<>(own);
      for (Answer it : answers) {
        if (it.answer() != null) {
          it.answer().path(name).forEach(all::add);
        }
      }
      return all;
    }

    long sum(String name, long own) {
      return own
          + answers.stream()
              .map(Answer::answer)
              .filter(it -> it != null)
              .mapToLong(it -> it.path(name).asLong())
              .sum();
    }

    List<Map<String, String>> missing() {
      return answers.stream()
          .filter(it -> it.answer() == null)
          .map(it -> Map.of("address", it.address(), "problem", String.valueOf(it.problem())))
          .toList();
    }
  }

  private static boolean isOfOneInstance(Context request) {
    return Peers.SCOPE_PARAMETER.equals("scope=" + request.queryParam("scope"));
  }

  /** A name as a part of a path, or a value in a query. */
  public static String encoded(String pathSegment) {
    return URLEncoder.encode(pathSegment, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private Served now() {
    Served now = served;
    if (now == null) {
      throw new NotServingException();
    }
    return now;
  }

  private void notNow(Exception e, Context request) {
    answers.refuse(
        request,
        HttpStatus.SERVICE_UNAVAILABLE,
        "state is being restored or moved between instances: try again in a moment");
  }

  /** Asked before there was anything to serve. */
  private static final class NotServingException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
