package io.netnswatch.benchmarks;

import io.netnswatch.benchmarks.Arena.Filled;
import io.netnswatch.benchmarks.Arena.Result;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How the cost of an event grows with hosts, symbols and open incidents. Arguments: a directory to
 * work in.
 */
final class GrowthMain {

  private static final Workload BASE = Workload.of(1_000, 24);

  private GrowthMain() {}

  public static void main(String[] arguments) throws Exception {
    Map<String, Workload> workloads = new LinkedHashMap<>();
    workloads.put("100 hosts", Workload.of(100, 240));
    workloads.put("1,000 hosts", BASE);
    workloads.put("10,000 hosts", Workload.of(10_000, 3));
    workloads.put("1,000 hosts, ten times the symbols", BASE.withSymbols(10));
    workloads.put("1,000 hosts, 10 % livelocked", BASE.withLivelocked(0.1));
    workloads.put("1,000 hosts, all livelocked", BASE.withLivelocked(1));
    System.out.println(
        "| what | CPU an event, us | events | incidents | changelog, bytes an event |");
    System.out.println("|---|---|---|---|---|");
    try (Arena arena = Arena.open(Path.of(arguments[0]))) {
      int number = 0;
      for (Map.Entry<String, Workload> workload : workloads.entrySet()) {
        Filled filled = arena.fill("growth" + ++number, workload.getValue());
        Result result = arena.run(Contenders.DETECTOR, filled);
        System.out.printf(
            "| %s | %.1f | %,d | %,d | %.0f |%n",
            workload.getKey(),
            1e6 / result.perCpuSecond(),
            filled.events(),
            result.alarms(),
            result.changelogBytes());
      }
    }
  }
}
