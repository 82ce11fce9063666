package io.netnswatch.benchmarks;

import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.netnswatch.localcluster.ChildJvm;
import io.netnswatch.localcluster.ChildOptions;
import io.netnswatch.localcluster.LocalCluster;
import io.netnswatch.schema.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;

/** A broker and a registry with the same events for all contenders. */
final class Arena implements AutoCloseable {

  private static final int PARTITIONS = 4;
  private static final int REGISTRY_CACHE = 100;
  private static final long RUN_LIMIT_MINUTES = 12;

  private final LocalCluster servers;
  private final Path directory;
  private int runs;

  private Arena(LocalCluster servers, Path directory) {
    this.servers = servers;
    this.directory = directory;
  }

  static Arena open(Path directory) throws IOException, InterruptedException {
    return new Arena(LocalCluster.start(directory.resolve("servers")), directory);
  }

  /**
   * Events on topics.
   *
   * @param topics where they are
   * @param events how many
   */
  record Filled(Topics topics, long events) {}

  /**
   * What a run came to.
   *
   * @param perSecond events a second, by the clock
   * @param perCpuSecond events for each second of CPU of the contender's process, compilers left
   *     out
   * @param alarms how many it raised
   * @param changelogBytes what it wrote to changelogs per event, bytes
   */
  record Result(double perSecond, double perCpuSecond, long alarms, double changelogBytes) {}

  /** Publishes events to topics of their own. */
  Filled fill(String name, Workload workload) throws Exception {
    Topics topics = new Topics(name + ".");
    CachedSchemaRegistryClient registry =
        new CachedSchemaRegistryClient(servers.schemaRegistryUrl(), REGISTRY_CACHE);
    long events = workload.publish(servers.bootstrapServers(), registry, topics, PARTITIONS);
    System.err.printf("%s: %,d events published%n", name, events);
    return new Filled(topics, events);
  }

  /** Has a contender read all of it, in a JVM of its own. */
  Result run(Contenders contender, Filled filled) throws Exception {
    String name = contender.name().toLowerCase(Locale.ROOT) + "-" + ++runs;
    Path work = directory.resolve(name);
    ChildJvm child =
        ChildJvm.start(
            name,
            directory.resolve("logs"),
            ChildJvm.classPathWithoutTests(),
            jvmOptions(),
            ContenderMain.class.getName(),
            List.of(
                contender.name(),
                servers.bootstrapServers(),
                servers.schemaRegistryUrl(),
                filled.topics().prefix(),
                work.toString(),
                Long.toString(filled.events())));
    try (child) {
      if (!child.process().waitFor(RUN_LIMIT_MINUTES, TimeUnit.MINUTES)
          || child.process().exitValue() != 0) {
        throw new IllegalStateException(name + " failed\n" + child.logTail());
      }
      return result(child, changelogBytes(name));
    }
  }

  private static List<String> jvmOptions() {
    List<String> options =
        new ArrayList<>(
            List.of(
                "-Xmx1g",
                "-XX:+UseParallelGC",
                "-XX:-UseDynamicNumberOfCompilerThreads",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "-Dlogback.configurationFile=command-logback.xml",
                ChildOptions.AVRO));
    String more = System.getenv("CONTENDER_JVM_OPTIONS");
    if (more != null) {
      options.addAll(List.of(more.split(" ", -1)));
    }
    return options;
  }

  private static Result result(ChildJvm child, long changelogBytes) throws IOException {
    try (Stream<String> lines = Files.lines(child.log())) {
      String[] numbers =
          lines
              .filter(line -> line.startsWith(ContenderMain.RESULT))
              .findFirst()
              .orElseThrow()
              .substring(ContenderMain.RESULT.length())
              .split(" ", -1);
      return new Result(
          Double.parseDouble(numbers[0]),
          Double.parseDouble(numbers[1]),
          Long.parseLong(numbers[3]),
          (double) changelogBytes / Long.parseLong(numbers[2]));
    }
  }

  private long changelogBytes(String application) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers.bootstrapServers()))) {
      return admin.describeLogDirs(List.of(1)).allDescriptions().get().values().stream()
          .flatMap(directories -> directories.values().stream())
          .flatMap(directory -> directory.replicaInfos().entrySet().stream())
          .filter(replica -> replica.getKey().topic().startsWith(application + "-"))
          .mapToLong(replica -> replica.getValue().size())
          .sum();
    }
  }

  @Override
  public void close() {
    servers.close();
  }
}
