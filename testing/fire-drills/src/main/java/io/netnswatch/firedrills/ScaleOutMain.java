package io.netnswatch.firedrills;

import io.netnswatch.localcluster.ChildJvm;
import io.netnswatch.localcluster.LocalCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What an instance takes and gives: throughput over a backlog with one instance and with several,
 * changelog and state per host, memory, restoring. Arguments: a directory to work in, hosts,
 * minutes of telemetry, instances.
 */
public final class ScaleOutMain {

  private static final int PARTITIONS = 12;

  private ScaleOutMain() {}

  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[0]);
    int hosts = Integer.parseInt(arguments[1]);
    int minutes = Integer.parseInt(arguments[2]);
    int most = Integer.parseInt(arguments[3]);
    Load load = Load.of(hosts, minutes, Duration.ZERO);
    for (int instances = 1; instances <= most; instances++) {
      String name = "scale-" + instances;
      Path place = directory.resolve(name);
      try (LocalCluster servers = LocalCluster.start(place);
          Scene scene = Scene.open(name, servers, place.resolve("scene"), PARTITIONS)) {
        long events = scene.sending(load).get();
        measure(scene, instances, hosts, events);
      }
    }
  }

  private static void measure(Scene scene, int instances, int hosts, long events) throws Exception {
    List<ChildJvm> children = new ArrayList<>();
    for (int i = 0; i < instances; i++) {
      children.add(scene.start("instance-" + i));
    }
    scene.awaitJudged(0.01);
    double before = scene.judgedShare();
    Duration cpuBefore = cpu(children);
    long begin = System.nanoTime();
    scene.awaitJudged(1);
    double seconds = (System.nanoTime() - begin) / 1e9;
    double judged = (1 - before) * events;
    double cpuSeconds = cpu(children).minus(cpuBefore).toMillis() / 1e3;
    System.out.printf(
        "%d instances, %,d hosts, %,d events: %,.0f events/s; %,.0f for each second of CPU%n",
        instances, hosts, events, judged / seconds, judged / cpuSeconds);
    System.out.printf(
        "  bytes an event: telemetry %.0f, changelogs %.0f%n",
        (double) scene.telemetryBytes() / events, (double) scene.changelogBytes() / events);
    for (ChildJvm child : children) {
      System.out.printf("  %s: RSS %,d MiB%n", child.name(), rssMib(child));
    }
    System.out.printf(
        "  state on disk %,d bytes: %.0f a host%n",
        stateBytes(scene, instances), (double) stateBytes(scene, instances) / hosts);
    if (instances > 1) {
      return;
    }
    scene.stop("instance-0");
    scene.deleteState("instance-0");
    long from = System.nanoTime();
    scene.start("instance-0");
    scene.await(() -> scene.says("instance-0", "detector is RUNNING", 2));
    System.out.printf(
        "  from the start to all state restored and running: %.1f s%n",
        (System.nanoTime() - from) / 1e9);
  }

  private static Duration cpu(List<ChildJvm> children) {
    return children.stream()
        .map(child -> child.process().info().totalCpuDuration().orElseThrow())
        .reduce(Duration.ZERO, Duration::plus);
  }

  private static long rssMib(ChildJvm child) throws IOException {
    try (Stream<String> status =
        Files.lines(Path.of("/proc", Long.toString(child.process().pid()), "status"))) {
      return status
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
          .findFirst()
          .orElseThrow();
    }
  }

  private static long stateBytes(Scene scene, int instances) throws IOException {
    long bytes = 0;
    for (int i = 0; i < instances; i++) {
      try (Stream<Path> files = Files.walk(scene.stateDirectory("instance-" + i))) {
        bytes += files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
      }
    }
    return bytes;
  }
}
