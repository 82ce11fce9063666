package io.netnswatch.streams;

import io.netnswatch.command.DataSize;
import io.netnswatch.command.MustBe;
import io.netnswatch.command.Range;
import io.netnswatch.command.WordForm;
import io.netnswatch.command.cluster.Cluster;
import io.netnswatch.streams.intake.BoundedClients;
import io.netnswatch.streams.state.RocksDbMemory;
import io.netnswatch.streams.topology.ProcessingFailures;
import io.netnswatch.streams.topology.ProductionFailures;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How this instance takes part in the work. */
public final class StreamsOptions {

  /** How instances agree on who does what; named as Kafka names them. */
  enum GroupProtocol {
    classic,
    streams
  }

  private static final String RACK_TAG = "rack";

  private static final int CACHE_BYTES = 32 << 20;

  /**
   * What a task holds of each of its topics before it asks for more. The default, 1,000, is more
   * than a hundred megabytes of snapshots with twelve partitions.
   */
  private static final int BUFFERED_RECORDS = 500;

  /** Of half a megabyte each, at most, they are all in memory at once. */
  private static final int POLL_RECORDS = 100;

  /** What is written is far smaller; where it is not, a broker is not the one to find out. */
  private static final int MAX_WRITTEN_BYTES = 4 << 20;

  /** Of all partitions together; the default is 50 MiB. */
  private static final int FETCH_BYTES = 16 << 20;

  /** A broker waits for so much to answer with, but no longer than {@link #FETCH_WAIT_MS}. */
  private static final int MIN_FETCH_BYTES = 512 << 10;

  /**
   * Records come on all the time: to fetch each few of them at once is what costs. An incident
   * waits as long, more than once: its topics wait for each other.
   */
  private static final int FETCH_WAIT_MS = 100;

  @MustBe(WordForm.APPLICATION_ID)
  @Option(
      names = "--application-id",
      paramLabel = "ID",
      defaultValue = "netnswatch-detector",
      description = "Instances with the same id share the work.")
  private String applicationId = "";

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      defaultValue = "/var/lib/netnswatch/detector",
      description = "Where RocksDB keeps its files; can be restored from Kafka if lost.")
  private Path stateDir = Path.of("");

  @Range(min = "1", max = "256")
  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Stream threads.")
  private int threads = 1;

  @Range(min = "10ms", max = "5m")
  @Option(
      names = "--commit-interval",
      paramLabel = "TIME",
      defaultValue = "5s",
      description = "How often is committed; where there are incidents, within a second.")
  private Duration commitInterval = Duration.ofSeconds(5);

  @Range(min = "16MiB", max = "1024GiB")
  @Option(
      names = "--rocksdb-memory",
      paramLabel = "SIZE",
      defaultValue = "128MiB",
      description = "What all RocksDB stores together may keep in memory, outside the heap.")
  private DataSize rocksDbMemory = DataSize.ofMebibytes(128);

  @Range(min = "0", max = "16")
  @Option(
      names = "--standby-replicas",
      paramLabel = "N",
      defaultValue = "0",
      description = "Copies of the state on other instances, to take over without restoring.")
  private int standbyReplicas;

  @MustBe(WordForm.NAME)
  @Option(
      names = "--instance-id",
      paramLabel = "ID",
      description =
          "Makes this a static member: restarted within the session timeout under the same id, it"
              + " keeps its part.")
  private @Nullable String instanceId;

  @MustBe(WordForm.NAME)
  @Option(
      names = "--rack",
      paramLabel = "RACK",
      description =
          "Where it runs: reads from brokers of this rack, and standbys go to other racks.")
  private @Nullable String rack;

  @Option(
      names = "--group-protocol",
      paramLabel = "classic|streams",
      defaultValue = "classic",
      description =
          "streams: brokers assign the work (KIP-1071, brokers from 4.2). Standbys are then the"
              + " group's setting streams.num.standby.replicas on the broker; no static members, no"
              + " racks. To change it, stop all instances first.")
  private GroupProtocol groupProtocol = GroupProtocol.classic;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  String applicationId() {
    return applicationId;
  }

  /**
   * Settings of Kafka Streams; the cluster's own ones override all but its address.
   *
   * @throws ParameterException if options exclude each other
   */
  public Properties settings(Cluster cluster) {
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, commitInterval.toMillis());
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, CACHE_BYTES);
    settings.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, BUFFERED_RECORDS);
    settings.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, BoundedClients.TOPICS_WAIT.toMillis());
    settings.put(
        StreamsConfig.mainConsumerPrefix(ConsumerConfig.FETCH_MAX_BYTES_CONFIG), FETCH_BYTES);
    settings.put(
        StreamsConfig.mainConsumerPrefix(ConsumerConfig.FETCH_MIN_BYTES_CONFIG), MIN_FETCH_BYTES);
    settings.put(
        StreamsConfig.mainConsumerPrefix(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG), FETCH_WAIT_MS);
    settings.put(
        StreamsConfig.mainConsumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), POLL_RECORDS);
    settings.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
    settings.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, RocksDbMemory.class);
    settings.put(RocksDbMemory.BUDGET_CONFIG, rocksDbMemory.bytes());
    settings.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
    settings.put(
        StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), MAX_WRITTEN_BYTES);
    settings.put(
        StreamsConfig.topicPrefix(TopicConfig.MAX_MESSAGE_BYTES_CONFIG), MAX_WRITTEN_BYTES);
    // A state bears the time of the record that made it, which a broker has accepted before.
    settings.put(
        StreamsConfig.topicPrefix(TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG),
        Long.MAX_VALUE);
    settings.put(StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG, ProductionFailures.class);
    settings.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, ProcessingFailures.class);
    // Will be the default of Kafka 5; until then each start without it warns.
    settings.put("processing.exception.handler.global.enabled", true);
    settings.putAll(membership());
    settings.putAll(cluster.settings());
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, cluster.bootstrapServers());
    return settings;
  }

  private Map<String, Object> membership() {
    if (groupProtocol == GroupProtocol.streams) {
      if (instanceId != null || rack != null || standbyReplicas > 0) {
        throw new ParameterException(
            spec.commandLine(),
            "--group-protocol=streams goes without --instance-id, --rack and --standby-replicas");
      }
      return Map.of(StreamsConfig.GROUP_PROTOCOL_CONFIG, groupProtocol.name());
    }
    Map<String, Object> membership = new HashMap<>();
    membership.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, standbyReplicas);
    if (instanceId != null) {
      membership.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instanceId);
    }
    if (rack != null) {
      membership.put(StreamsConfig.consumerPrefix(ConsumerConfig.CLIENT_RACK_CONFIG), rack);
      membership.put(StreamsConfig.CLIENT_TAG_PREFIX + RACK_TAG, rack);
      membership.put(StreamsConfig.RACK_AWARE_ASSIGNMENT_TAGS_CONFIG, RACK_TAG);
      membership.put(
          StreamsConfig.RACK_AWARE_ASSIGNMENT_STRATEGY_CONFIG,
          StreamsConfig.RACK_AWARE_ASSIGNMENT_STRATEGY_MIN_TRAFFIC);
    }
    return membership;
  }
}
