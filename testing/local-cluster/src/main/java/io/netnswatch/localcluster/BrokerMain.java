package io.netnswatch.localcluster;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;

/** Main class of the broker's JVM: DATA_DIRECTORY BROKER_PORT CONTROLLER_PORT SETTINGS_FILE. */
public final class BrokerMain {

  private static final int NODE_ID = 1;
  private static final String CONTROLLER_LISTENER = "CONTROLLER";
  private static final String CLIENT_LISTENER = LocalCluster.Security.LISTENER;

  private BrokerMain() {}

  public static void main(String[] args) throws Exception {
    Path data = Path.of(args[0]);
    format(data);
    KafkaRaftServer server =
        new KafkaRaftServer(
            KafkaConfig.fromProps(config(data, args[1], args[2], Path.of(args[3])), false),
            Time.SYSTEM);
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown, "broker-shutdown"));
    server.startup();
    server.awaitShutdown();
  }

  /** Writes the identity of a new data directory; an existing one is left as it is. */
  private static void format(Path data) throws Exception {
    if (Files.exists(data.resolve("meta.properties"))) {
      return;
    }
    Files.createDirectories(data);
    new Formatter()
        .setNodeId(NODE_ID)
        .setClusterId(Uuid.randomUuid().toString())
        .setDirectories(List.of(data.toString()))
        .setMetadataLogDirectory(data.toString())
        .setControllerListenerName(CONTROLLER_LISTENER)
        .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
        .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
        .run();
  }

  private static Properties config(
      Path data, String brokerPort, String controllerPort, Path settings) throws IOException {
    String broker = CLIENT_LISTENER + "://127.0.0.1:" + brokerPort;
    String controller = "127.0.0.1:" + controllerPort;
    Properties config = new Properties();
    config.putAll(
        Map.of(
            "process.roles",
            "broker,controller",
            "node.id",
            Integer.toString(NODE_ID),
            "controller.quorum.voters",
            NODE_ID + "@" + controller,
            "controller.listener.names",
            CONTROLLER_LISTENER,
            "listeners",
            broker + "," + CONTROLLER_LISTENER + "://" + controller,
            "advertised.listeners",
            broker,
            "listener.security.protocol.map",
            CONTROLLER_LISTENER + ":PLAINTEXT," + CLIENT_LISTENER + ":PLAINTEXT",
            "inter.broker.listener.name",
            CLIENT_LISTENER,
            "log.dirs",
            data.toString(),
            "auto.create.topics.enable",
            "false"));
    // One small node: nothing to replicate to, little to clean.
    config.putAll(
        Map.of(
            "offsets.topic.replication.factor", "1",
            "offsets.topic.num.partitions", "4",
            "transaction.state.log.replication.factor", "1",
            "transaction.state.log.min.isr", "1",
            "transaction.state.log.num.partitions", "4",
            "share.coordinator.state.topic.replication.factor", "1",
            "share.coordinator.state.topic.min.isr", "1",
            "log.cleaner.dedupe.buffer.size", "4194304",
            "log.segment.bytes", "67108864",
            "group.initial.rebalance.delay.ms", "0"));
    try (Reader given = Files.newBufferedReader(settings)) {
      config.load(given);
    }
    return config;
  }
}
