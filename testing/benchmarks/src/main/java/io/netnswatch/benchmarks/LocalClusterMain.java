package io.netnswatch.benchmarks;

import io.netnswatch.command.topics.TopicPlan;
import io.netnswatch.localcluster.LocalCluster;
import io.netnswatch.schema.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/**
 * A broker with topics and a registry for a benchmark: prints their addresses, ends with its input.
 */
final class LocalClusterMain {

  public static void main(String[] arguments) throws Exception {
    Path directory = Files.createDirectories(Path.of(arguments[0]));
    try (LocalCluster cluster = LocalCluster.start(directory)) {
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
        new TopicPlan(Topics.withDefaultPrefix(), 12, (short) 1).create(admin);
      }
      System.out.println(cluster.bootstrapServers() + " " + cluster.schemaRegistryUrl());
      while (System.in.read() >= 0) {
        // until whoever started it has gone
      }
    }
  }
}
