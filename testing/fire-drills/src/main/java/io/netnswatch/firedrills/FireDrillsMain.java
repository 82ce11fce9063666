package io.netnswatch.firedrills;

import io.netnswatch.localcluster.LocalCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Runs drills and prints a table. Arguments: a directory to work in, seconds, drills. */
public final class FireDrillsMain {

  private static final int HOSTS = 200;
  private static final int MINUTES = 12;

  private FireDrillsMain() {}

  public static void main(String[] arguments) {
    Path directory = Path.of(arguments[0]);
    int seconds = Integer.parseInt(arguments[1]);
    List<String> wanted = Arrays.asList(arguments).subList(2, arguments.length);
    Load load = Load.of(HOSTS, MINUTES, Duration.ofSeconds(seconds));
    int flawed = 0;
    System.out.printf("%-16s %8s %8s  %s%n", "DRILL", "EVENTS", "SECONDS", "LIFECYCLE STEPS");
    for (Drill drill : Drills.all(Duration.ofSeconds(Math.max(15, seconds)))) {
      if (wanted.isEmpty() || wanted.contains(drill.name())) {
        try (LocalCluster servers = LocalCluster.start(directory.resolve(drill.name()))) {
          flawed += run(drill, servers, directory.resolve(drill.name()), load) ? 0 : 1;
        } catch (Exception e) {
          System.out.printf("%-16s failed: %s%n", drill.name(), e);
          flawed++;
        }
      }
    }
    System.exit(flawed == 0 ? 0 : 1);
  }

  private static boolean run(Drill drill, LocalCluster servers, Path directory, Load load)
      throws Exception {
    System.err.println(drill.name() + ": " + drill.what());
    try (Scene scene = Scene.open(drill.name(), servers, directory.resolve("scene"), 4)) {
      long begin = System.nanoTime();
      drill.course().take(scene, load);
      double took = (System.nanoTime() - begin) / 1e9;
      Verdict verdict = scene.verdict();
      System.out.printf("%-16s %8d %8.1f  %s%n", drill.name(), scene.telemetry(), took, verdict);
      verdict.faults().forEach(fault -> System.out.println("  " + fault));
      return verdict.isFlawless();
    }
  }
}
