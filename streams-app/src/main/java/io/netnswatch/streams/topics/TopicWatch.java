package io.netnswatch.streams.topics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netnswatch.command.FailureWords;
import io.netnswatch.command.topics.ExistingTopics;
import io.netnswatch.streams.topics.TopicLayout.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every few seconds whether the topics still fit together. While they don't, nothing is
 * judged; where all telemetry topics were given more partitions, the state's topics get as many.
 */
public final class TopicWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TopicWatch.class);
  private static final Duration PERIOD = Duration.ofSeconds(5);

  private final Admin admin;
  private final List<String> telemetry;
  private final List<String> outputs;
  private final List<String> changelogs;
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "topic-watch");
            thread.setDaemon(true);
            return thread;
          });

  private volatile Fault fault = Fault.NONE;
  private volatile String words = "";
  private String latestFailure = "";

  /**
   * Prepares what {@link #start} begins.
   *
   * @param admin to describe all these topics, and to add partitions to the last; closed by the
   *     caller
   * @param telemetry the topics that are read
   * @param outputs those that are written to
   * @param changelogs those of the state
   */
  public TopicWatch(
      Admin admin,
      List<String> telemetry,
      List<String> outputs,
      List<String> changelogs,
      MeterRegistry metrics) {
    this.admin = admin;
    this.telemetry = List.copyOf(telemetry);
    this.outputs = List.copyOf(outputs);
    this.changelogs = List.copyOf(changelogs);
    for (Fault kind : Fault.values()) {
      if (kind != Fault.NONE) {
        Gauge.builder("netnswatch.topics.fault", this, it -> it.fault == kind ? 1 : 0)
            .description("1 while the topics can't be used for this reason")
            .tag("fault", kind.name())
            .register(metrics);
      }
    }
  }

  /** Why hosts can't be judged, and what to do; empty if the topics are as they must be. */
  public String fault() {
    return words;
  }

  /**
   * Looks for the first time, and from then on by itself.
   *
   * @param pause holds all work; may be called again while it is held
   * @param resume lets it go on
   */
  public void start(Runnable pause, Runnable resume) {
    look(pause, resume);
    ScheduledFuture<?> unused = // it never fails: look catches all
        executor.scheduleWithFixedDelay(
            () -> look(pause, resume), PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void look(Runnable pause, Runnable resume) {
    try {
      TopicLayout layout = layout();
      widen(layout.toWiden());
      found(layout, pause, resume);
      latestFailure = "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | RuntimeException e) {
      // A broker that is away is Kafka Streams' to wait for: what was known of the topics stays.
      String failure = FailureWords.of(e);
      if (!failure.equals(latestFailure)) {
        LOG.warn("can't see whether the topics are in order: {}", failure);
        latestFailure = failure;
      }
    }
  }

  private TopicLayout layout() throws ExecutionException, InterruptedException {
    List<String> all = new ArrayList<>(telemetry);
    all.addAll(outputs);
    all.addAll(changelogs);
    return new TopicLayout(ExistingTopics.partitions(admin, all), telemetry, outputs, changelogs);
  }

  /** Hosts that come to another partition by this begin there without state. */
  private void widen(Map<String, Integer> narrow) throws ExecutionException, InterruptedException {
    for (Map.Entry<String, Integer> topic : narrow.entrySet()) {
      NewPartitions wanted = NewPartitions.increaseTo(topic.getValue());
      try {
        admin.createPartitions(Map.of(topic.getKey(), wanted)).all().get();
        LOG.warn(
            "the telemetry topics have more partitions now: {} gets {} too; hosts that come to"
                + " another partition begin without state",
            topic.getKey(),
            topic.getValue());
      } catch (ExecutionException e) {
        if (e.getCause() instanceof TopicAuthorizationException) {
          throw new TopicAuthorizationException(
              "not allowed to add partitions (right Alter)", Set.of(topic.getKey()));
        }
        if (!(e.getCause() instanceof InvalidPartitionsException)) { // another instance was first
          throw e;
        }
      }
    }
  }

  private void found(TopicLayout layout, Runnable pause, Runnable resume) {
    String before = words;
    fault = layout.fault();
    words = layout.words();
    if (words.equals(before)) {
      return;
    }
    if (words.isEmpty()) {
      LOG.info("the topics are in order again");
      resume.run();
    } else {
      LOG.error("{}", words);
      pause.run();
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
