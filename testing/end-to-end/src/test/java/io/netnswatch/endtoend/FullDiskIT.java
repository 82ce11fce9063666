package io.netnswatch.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.netnswatch.collector.spool.EventId;
import io.netnswatch.command.topics.TopicPlan;
import io.netnswatch.localcluster.ChildJvm;
import io.netnswatch.localcluster.ChildOptions;
import io.netnswatch.localcluster.LocalCluster;
import io.netnswatch.schema.Topics;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real collector with its spool on a file system that is full, while the broker is away. */
class FullDiskIT {

  private static final Topics TOPICS = Topics.withDefaultPrefix();
  private static final Duration LIMIT = Duration.ofMinutes(4);
  private static final int FREE_BYTES = 32 << 10;
  private static final int DISK_BYTES = 1 << 20;

  @TempDir private Path directory;

  @Test
  void whatTheDiskDoesNotTakeIsCountedAndAllElseComesOnceAndInOrder() throws Exception {
    Path disk = Files.createDirectory(directory.resolve("disk"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=" + DISK_BYTES, "none", disk.toString()),
        "only root can mount");
    try {
      onDisk(disk);
    } finally {
      assertThat(run("umount", disk.toString())).isTrue();
    }
  }

  private void onDisk(Path disk) throws Exception {
    try (LocalCluster cluster = LocalCluster.start(directory);
        Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
      TopicPlan plan = new TopicPlan(TOPICS, 1, (short) 1);
      plan.create(admin);
      plan.registerSchemas(new CachedSchemaRegistryClient(cluster.schemaRegistryUrl(), 10));
      int port = freePort();
      long dropped;

      // Given: a disk with room for some events, and a broker that goes away
      fill(disk.resolve("filler"), DISK_BYTES - FREE_BYTES);
      try (ChildJvm collector = collector(cluster, disk.resolve("spool"), port)) {
        awaitThat(collector, () -> sum("events_published_total", metrics(port)) >= 3);
        cluster.stopBroker();
        awaitThat(collector, () -> sum("events_dropped_total", metrics(port)) >= 5);
        assertThat(metrics(port))
            .containsPattern("spool_events [1-9]")
            .containsPattern("events_dropped_total\\{reason=\"spool unusable\"} [1-9]");
        assertThat(ask("/ready", port).body()).contains("the spool can't be used", "No space left");

        // When: it comes back, and the disk is as full as before
        cluster.restartBroker();
        // A gap shows only when an event from behind it has come, and none is on its way.
        awaitThat(
            collector,
            () -> {
              Map<String, List<Long>> published = published(cluster);
              String metrics = metrics(port);
              return count(published) == sum("events_published_total", metrics)
                  && gaps(published) == sum("events_dropped_total", metrics);
            });
        assertThat(collector.process().isAlive()).isTrue();
        dropped = (long) sum("events_dropped_total", metrics(port));
      }

      // Then
      Map<String, List<Long>> published = published(cluster);
      published.forEach(
          (topic, sequences) -> assertThat(sequences).as(topic).isSorted().doesNotHaveDuplicates());
      assertThat(gaps(published)).as("gaps in the sequence numbers").isEqualTo(dropped);
    }
  }

  /** The sequence numbers of all events, by topic. */
  private static Map<String, List<Long>> published(LocalCluster cluster) {
    Map<String, List<Long>> sequences = new HashMap<>();
    PublishedEvents.ids(cluster, TOPICS.telemetry())
        .forEach(
            (topic, ids) -> sequences.put(topic, ids.stream().map(EventId::sequence).toList()));
    return sequences;
  }

  private static long count(Map<String, List<Long>> published) {
    return published.values().stream().mapToLong(List::size).sum();
  }

  /** How many numbers below the last one have not come. */
  private static long gaps(Map<String, List<Long>> published) {
    TreeSet<Long> all = new TreeSet<>();
    published.values().forEach(all::addAll);
    return all.last() + 1 - all.size();
  }

  private static void awaitThat(ChildJvm collector, Callable<Boolean> condition) {
    try {
      await().atMost(LIMIT).ignoreExceptionsInstanceOf(IOException.class).until(condition);
    } catch (ConditionTimeoutException e) {
      fail(collector.logTail(), e);
    }
  }

  private ChildJvm collector(LocalCluster cluster, Path spool, int port) throws IOException {
    return ChildJvm.start(
        "collector",
        directory,
        ChildJvm.classPathOf("collector"),
        ChildOptions.COLLECTOR,
        "io.netnswatch.collector.CollectCommand",
        List.of(
            "--bootstrap-servers=" + cluster.bootstrapServers(),
            "--schema-registry-url=" + cluster.schemaRegistryUrl(),
            "--spool-dir=" + spool,
            "--http=127.0.0.1:" + port,
            "--snapshot-interval=1",
            "--probe-interval=1",
            "--cpu-limit=100",
            "--no-perf"));
  }

  private static String metrics(int port) throws IOException, InterruptedException {
    HttpResponse<String> answer = ask("/metrics", port);
    if (answer.statusCode() != 200) {
      throw new IOException(answer.body());
    }
    return answer.body();
  }

  private static double sum(String metric, String metrics) {
    Pattern sample =
        Pattern.compile(
            "^netnswatch_collector_" + metric + "(?:\\{.*})? (\\S+)$", Pattern.MULTILINE);
    return sample
        .matcher(metrics)
        .results()
        .map(MatchResult::group)
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static HttpResponse<String> ask(String path, int port)
      throws IOException, InterruptedException {
    URI address = URI.create("http://127.0.0.1:" + port + path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
  }

  private static void fill(Path file, int bytes) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(new byte[bytes]);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException e) { // no such program
      return false;
    }
  }
}
