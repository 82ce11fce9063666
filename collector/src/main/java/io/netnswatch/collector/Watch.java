package io.netnswatch.collector;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.netnswatch.collector.Collector.Scheduled;
import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.RecordJson;
import io.netnswatch.schema.TelemetryEvent;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code diagnose --watch}: the fleet's detection live on one host, for as long as it runs. Tells
 * of incidents as they open, change and end; serves them as metrics; runs a program at each step.
 */
final class Watch {

  private static final int MAX_WAITING = 64;

  /** Incidents of one host are few; a bound all the same. */
  private static final int MAX_OPEN = 100;

  private final Judge judge;
  private final List<Signature> signatures;
  private final DiagnoseReport report;
  private final WatchOptions options;
  private final Consumer<String> say;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Map<String, Incident> open = new LinkedHashMap<>();
  private final BlockingQueue<Incident> changes = new ArrayBlockingQueue<>(MAX_WAITING);
  private final AtomicLong events = new AtomicLong();
  private final AtomicLong unjudged = new AtomicLong();
  private final AtomicLong programsFailed = new AtomicLong();
  private final AtomicLong programsSkipped = new AtomicLong();

  Watch(
      Judge judge,
      List<Signature> signatures,
      DiagnoseReport report,
      WatchOptions options,
      Consumer<String> say) {
    this.judge = judge;
    this.signatures = List.copyOf(signatures);
    this.report = report;
    this.options = options;
    this.say = say;
  }

  /** Ends it. */
  void stop() {
    stopping.countDown();
  }

  /**
   * Watches until it is stopped.
   *
   * @return exit code
   * @throws IOException if the metrics' port can't be had
   */
  int run(Envelope envelope, List<Scheduled> scheduled) throws IOException, InterruptedException {
    HttpServer server = options.metricsPort() == 0 ? null : serve(options.metricsPort());
    Thread programs = daemon(this::runPrograms, "on-change");
    Emitter emitter = new Emitter(envelope, this::take);
    List<Thread> threads = new ArrayList<>();
    for (Scheduled it : scheduled) {
      SourceRunner runner = new SourceRunner(it.source(), it.every(), () -> 1, emitter, stopping);
      threads.add(daemon(runner, "source-" + runner.name()));
    }
    Thread hook = new Thread(this::stop, "stop");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      stopping.await();
    } finally {
      threads.forEach(Thread::interrupt);
      programs.interrupt();
      if (server != null) {
        server.stop(0);
      }
      report.flush();
    }
    return 0;
  }

  private static Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private synchronized void take(TelemetryEvent event) {
    events.incrementAndGet();
    try {
      judge.accept(event).forEach(this::changed);
    } catch (InvalidEventException e) {
      if (unjudged.incrementAndGet() == 1) {
        say.accept("an event of this host could not be judged: " + e.getMessage());
      }
    }
  }

  private void changed(Incident incident) {
    if (!Judge.isOpen(incident)) {
      open.remove(incident.getIncidentKey());
    } else if (open.size() < MAX_OPEN || open.containsKey(incident.getIncidentKey())) {
      open.put(incident.getIncidentKey(), incident);
    }
    report.incident(incident);
    report.flush();
    if (options.onChange() != null && !changes.offer(incident)) {
      programsSkipped.incrementAndGet();
    }
  }

  private void runPrograms() {
    String program = options.onChange();
    try {
      while (program != null) {
        Incident incident = changes.take();
        String wrong = runProgram(program, RecordJson.of(incident) + "\n");
        if (wrong != null) {
          programsFailed.incrementAndGet();
          say.accept("--on-change " + program + ": " + wrong);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it ends
    }
  }

  private @Nullable String runProgram(String program, String json) throws InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder(program)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
    // One that does not read must not hold this thread beyond the limit.
    Thread writer = daemon(() -> write(process, json), "on-change-input");
    if (!process.waitFor(options.onChangeLimit().toMillis(), TimeUnit.MILLISECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      writer.interrupt();
      return "killed after " + options.onChangeLimit().toSeconds() + " s";
    }
    return process.exitValue() == 0 ? null : "exit code " + process.exitValue();
  }

  private void write(Process process, String json) {
    try (OutputStream in = process.getOutputStream()) {
      in.write(json.getBytes(UTF_8));
    } catch (IOException e) {
      // It need not read what it does not want.
    }
  }

  private HttpServer serve(int port) throws IOException {
    HttpServer server =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port), MAX_WAITING);
    ExecutorService few =
        Executors.newFixedThreadPool(
            2,
            work -> {
              Thread thread = new Thread(work, "metrics");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(few);
    server.createContext("/metrics", this::metrics);
    server.start();
    say.accept("metrics at http://127.0.0.1:" + server.getAddress().getPort() + "/metrics");
    return server;
  }

  private void metrics(HttpExchange exchange) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    PrometheusTextFormatWriter.builder().build().write(text, snapshot(), EscapingScheme.DEFAULT);
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
      exchange.sendResponseHeaders(200, text.size());
      exchange.getResponseBody().write(text.toByteArray());
    }
  }

  /** Each kind has a line, with 0 where none is open; causes are those of open incidents. */
  private synchronized MetricSnapshots snapshot() {
    Map<Labels, Integer> counts = new LinkedHashMap<>();
    signatures.forEach(it -> counts.put(labels(it.id(), ""), 0));
    for (Incident incident : open.values()) {
      String cause = incident.getCause() == null ? "" : incident.getCause().getCauseId();
      counts.merge(labels(incident.getKind(), cause), 1, Integer::sum);
    }
    GaugeSnapshot.Builder gauge =
        GaugeSnapshot.builder()
            .name("netnswatch_incident_open")
            .help("Open incidents of this host, by kind and cause.");
    counts.forEach(
        (labels, count) ->
            gauge.dataPoint(GaugeDataPointSnapshot.builder().labels(labels).value(count).build()));
    return MetricSnapshots.of(
        gauge.build(),
        counter("netnswatch_watch_events", "Events judged.", events),
        counter("netnswatch_watch_events_unjudged", "Events that could not be judged.", unjudged),
        counter(
            "netnswatch_watch_programs_failed", "Runs of --on-change that failed.", programsFailed),
        counter(
            "netnswatch_watch_programs_skipped",
            "Runs of --on-change left out, since too many waited.",
            programsSkipped));
  }

  private static Labels labels(String kind, String cause) {
    return Labels.of("kind", kind, "cause", cause);
  }

  private static CounterSnapshot counter(String name, String help, AtomicLong value) {
    return CounterSnapshot.builder()
        .name(name)
        .help(help)
        .dataPoint(CounterDataPointSnapshot.builder().value((double) value.get()).build())
        .build();
  }
}
