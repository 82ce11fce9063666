package io.netnswatch.streams;

import io.micrometer.core.instrument.MeterRegistry;
import io.netnswatch.command.FailureWords;
import io.netnswatch.command.SettingAtFault;
import io.netnswatch.command.records.RegistryUnavailableException;
import io.netnswatch.streams.intake.BoundedClients;
import io.netnswatch.streams.metrics.DetectorMetrics.Outcome;
import io.netnswatch.streams.metrics.RestoreProgress;
import io.netnswatch.streams.metrics.StreamsGauges;
import io.netnswatch.streams.topics.TopicWatch;
import io.netnswatch.streams.topology.Safeguards;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The application as it runs: Kafka Streams, and what is to be said of its health. */
public final class Detector implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Detector.class);

  /** In RocksDB's words of ENOENT, which has no code of its own. */
  private static final String NO_SUCH_FILE = "No such file or directory";

  /** As Kafka Streams makes it. */
  private static final FileAttribute<Set<PosixFilePermission>> OF_OWNER_AND_GROUP =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---"));

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
  private static final Duration FORGIVEN_AFTER = Duration.ofMinutes(10);

  private final KafkaStreams streams;
  private final Safeguards safeguards;
  private final TopicWatch watch;
  private final boolean isStaticMember;
  private final Path stateDirectory;
  private final RestoreProgress restore = new RestoreProgress();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private Instant latestFailure = Instant.EPOCH;

  /** What the latest failure was about, until the detector runs again. */
  private volatile String latestTrouble = "";

  private Duration pause = FIRST_PAUSE;

  /**
   * Prepares what {@link #start} begins.
   *
   * @param topics those it reads, for the gauges of their lag
   * @param watch tells while the topics can't be used
   */
  Detector(
      Topology topology,
      Properties config,
      List<String> topics,
      TopicWatch watch,
      Safeguards safeguards,
      MeterRegistry metrics) {
    this.safeguards = safeguards;
    this.watch = watch;
    config.put(Safeguards.CONFIG, safeguards);
    // With its own protocol Kafka Streams makes this consumer itself.
    streams =
        "streams".equals(config.get(StreamsConfig.GROUP_PROTOCOL_CONFIG))
            ? new KafkaStreams(topology, config)
            : new KafkaStreams(topology, config, new BoundedClients(safeguards.inFlight()));
    isStaticMember = config.containsKey(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
    stateDirectory = Path.of(config.getProperty(StreamsConfig.STATE_DIR_CONFIG));
    streams.setUncaughtExceptionHandler(this::onUncaught);
    streams.setGlobalStateRestoreListener(restore);
    streams.setStateListener(
        (now, before) -> {
          LOG.info("detector is {}", now);
          if (now == KafkaStreams.State.RUNNING) {
            latestTrouble = "";
          }
          if (hasEnded(now)) {
            stopped.countDown();
          }
        });
    new StreamsGauges(streams, topics, restore).bindTo(metrics);
  }

  /**
   * Begins to read.
   *
   * @throws ProcessorStateException if the stores can't be opened; those that are damaged are gone
   *     then, and another detector would have them restored from Kafka
   */
  void start() {
    watch.start(streams::pause, streams::resume);
    try {
      streams.start();
    } catch (ProcessorStateException e) {
      if (isDamaged(e)) {
        LOG.warn("{}; deletes all stores, for Kafka has them", FailureWords.of(e));
        close();
        streams.cleanUp();
      }
      throw e;
    }
  }

  /** Whether files of a store are damaged or missing, and not only out of reach. */
  static boolean isDamaged(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof RocksDBException fault && fault.getStatus() != null) {
        return fault.getStatus().getCode() == Status.Code.Corruption
            || String.valueOf(fault.getMessage()).contains(NO_SUCH_FILE);
      }
    }
    return false;
  }

  /** For queries of its stores. */
  public KafkaStreams streams() {
    return streams;
  }

  /** Whether there is any use in letting it go on: false once it has failed or was stopped. */
  public boolean isAlive() {
    return !hasEnded(streams.state()) && streams.state() != KafkaStreams.State.PENDING_ERROR;
  }

  /** Why it does not detect at the moment; empty if it does. */
  public String notReadyBecause() {
    KafkaStreams.State state = streams.state();
    String fault = watch.fault();
    if (!fault.isEmpty()) {
      return fault;
    }
    String failure = latestTrouble;
    if (!failure.isEmpty()) {
      return failure;
    }
    if (restore.isRestoring()) {
      return "restoring state, " + restore.remainingRecords() + " records to go";
    }
    return state == KafkaStreams.State.RUNNING ? "" : "Kafka Streams is " + state;
  }

  /**
   * Waits until it has stopped.
   *
   * @return whether it was stopped, and did not fail
   */
  boolean awaitStop() throws InterruptedException {
    stopped.await();
    return streams.state() != KafkaStreams.State.ERROR;
  }

  /**
   * Stops. Others take over at once, and not only when the session has timed out; but a static
   * member's part is kept for it until then.
   */
  @Override
  public void close() {
    CloseOptions options =
        CloseOptions.timeout(CLOSE_TIMEOUT)
            .withGroupMembershipOperation(
                isStaticMember
                    ? CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP
                    : CloseOptions.GroupMembershipOperation.LEAVE_GROUP);
    if (!streams.close(options)) {
      LOG.warn("detector did not stop within {} s", CLOSE_TIMEOUT.toSeconds());
    }
  }

  private static boolean hasEnded(KafkaStreams.State state) {
    return state == KafkaStreams.State.ERROR || state == KafkaStreams.State.NOT_RUNNING;
  }

  /**
   * A registry or a broker that is away comes back; stores are deleted with the thread, and
   * restored from Kafka, into a directory that is made anew if need be; a right that is missing is
   * for somebody to give. What no record could do is a defect of the machine or of the program, and
   * stops the detector. Anything else is tried again, ever more slowly: a record at fault is found
   * by that (see {@link io.netnswatch.streams.intake.Quarantine}), and hosts of other partitions go
   * on.
   */
  private StreamThreadExceptionResponse onUncaught(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof RegistryUnavailableException) {
        LOG.warn("{}{}; trying again", cause.getMessage(), SettingAtFault.hint(cause));
        return replaced();
      }
      if (cause instanceof TimeoutException) {
        LOG.warn("no answer from Kafka: {}; trying again", cause.getMessage());
        return replaced();
      }
      if (cause instanceof ProcessorStateException) {
        LOG.warn("{}; restores the thread's stores from Kafka", FailureWords.of(thrown));
        makeStateDirectory();
        sleep(pauseBeforeNextThread());
        return replaced();
      }
      if (cause instanceof AuthorizationException) {
        LOG.error("detector stops: {}", FailureWords.of(cause));
        return stopped();
      }
      if (cause instanceof Error) {
        LOG.error("detector stops", thrown);
        return stopped();
      }
    }
    latestTrouble = trouble(thrown);
    Duration pause = pauseBeforeNextThread();
    LOG.error("a thread has failed; another one takes over in {} s", pause.toSeconds(), thrown);
    sleep(pause);
    return replaced();
  }

  /** Kafka Streams makes what is below it, but itself only when it starts. */
  private void makeStateDirectory() {
    try {
      Files.createDirectories(stateDirectory, OF_OWNER_AND_GROUP);
    } catch (IOException e) {
      LOG.warn("the state directory can't be made: {}", FailureWords.of(e));
    }
  }

  /** A topic that is missing is waited for: it may come back, and all goes on from there. */
  private static String trouble(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof MissingSourceTopicException
          || cause instanceof UnknownTopicOrPartitionException) {
        return "a topic is missing: "
            + cause.getMessage()
            + " Create it again: netnswatch topics create.";
      }
    }
    return "a thread has failed: " + FailureWords.of(thrown);
  }

  /** Twice as long as the one before, if that was of late. */
  private synchronized Duration pauseBeforeNextThread() {
    Instant now = Instant.now();
    boolean again = Duration.between(latestFailure, now).compareTo(FORGIVEN_AFTER) < 0;
    Duration twice = pause.multipliedBy(2);
    pause = !again ? FIRST_PAUSE : twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    latestFailure = now;
    return pause;
  }

  private StreamThreadExceptionResponse replaced() {
    safeguards.metrics().failure("thread", Outcome.REDONE);
    return StreamThreadExceptionResponse.REPLACE_THREAD;
  }

  private StreamThreadExceptionResponse stopped() {
    safeguards.metrics().failure("thread", Outcome.STOPPED);
    return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
  }

  /** In the thread that has failed, which has nothing else to do. */
  private static void sleep(Duration pause) {
    try {
      TimeUnit.MILLISECONDS.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
