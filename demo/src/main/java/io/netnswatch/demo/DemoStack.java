package io.netnswatch.demo;

import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.netnswatch.collector.publish.ClientSettings;
import io.netnswatch.command.cluster.Cluster;
import io.netnswatch.command.topics.TopicPlan;
import io.netnswatch.localcluster.ChildJvm;
import io.netnswatch.localcluster.Children;
import io.netnswatch.localcluster.LocalCluster;
import io.netnswatch.scenarios.Scenario;
import io.netnswatch.schema.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.KafkaProducer;

/**
 * All that a demo consists of, running.
 *
 * @param cluster broker and registry
 * @param detector netnswatch detect
 * @param collector netnswatch collect, on this host
 */
record DemoStack(LocalCluster cluster, ChildJvm detector, ChildJvm collector) {

  private static final int REGISTRY_CACHE_SIZE = 100;

  /**
   * Where it listens; 0 is a free port.
   *
   * @param partitions of each topic
   */
  record Settings(int brokerPort, int registryPort, int consolePort, int partitions) {}

  /**
   * Starts all of it but a scenario.
   *
   * @param run owns what is started, also if the start fails
   * @param localHost name of this host
   * @param runbooks folder of the runbooks
   */
  static DemoStack start(
      Run run, Path directory, Settings settings, Topics topics, String localHost, Path runbooks)
      throws IOException, InterruptedException, ExecutionException, RestClientException {
    LocalCluster cluster =
        run.own(LocalCluster.start(directory, settings.brokerPort(), settings.registryPort()));
    createTopics(cluster, topics, settings.partitions());
    ChildJvm detector =
        run.own(
            Children.detector(
                cluster,
                directory,
                "--http=127.0.0.1:" + settings.consolePort(),
                "--runbook-base-url=" + runbooks.toUri()));
    ChildJvm collector =
        run.own(Children.collector(cluster, directory, "--host=" + localHost, "--http=off"));
    return new DemoStack(cluster, detector, collector);
  }

  private static void createTopics(LocalCluster cluster, Topics topics, int partitions)
      throws IOException, RestClientException, ExecutionException, InterruptedException {
    TopicPlan plan = new TopicPlan(topics, partitions, (short) 1);
    try (Admin admin =
        Admin.create(
            Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, cluster.bootstrapServers()))) {
      plan.create(admin);
    }
    plan.registerSchemas(
        new CachedSchemaRegistryClient(cluster.schemaRegistryUrl(), REGISTRY_CACHE_SIZE));
  }

  /** Plays a scenario in, as its own hosts; not begun. */
  ScenarioPlayer player(Scenario scenario, double speed, Topics topics) throws IOException {
    Cluster kafka =
        new Cluster(cluster.bootstrapServers(), cluster.schemaRegistryUrl(), topics, Map.of());
    return new ScenarioPlayer(
        List.of(scenario), speed, topics, new KafkaProducer<>(ClientSettings.ofProducer(kafka)));
  }

  /** Children that have ended, which none does by itself. */
  List<ChildJvm> ended() {
    return Stream.concat(cluster.children().stream(), Stream.of(detector, collector))
        .filter(it -> !it.process().isAlive())
        .toList();
  }
}
