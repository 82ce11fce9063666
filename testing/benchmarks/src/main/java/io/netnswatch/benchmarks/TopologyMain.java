package io.netnswatch.benchmarks;

import static java.util.Objects.requireNonNull;

import io.netnswatch.benchmarks.Arena.Filled;
import io.netnswatch.benchmarks.Arena.Result;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The detector beside its limits and its peers, on the same events, in turns. Arguments: a
 * directory to work in, hosts, minutes of telemetry, rounds, and if not all are wanted, contenders.
 */
final class TopologyMain {

  private TopologyMain() {}

  public static void main(String[] arguments) throws Exception {
    int rounds = Integer.parseInt(arguments[3]);
    List<Contenders> contenders =
        arguments.length > 4
            ? Stream.of(arguments).skip(4).map(Contenders::valueOf).toList()
            : List.of(Contenders.values());
    Workload workload = Workload.of(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
    try (Arena arena = Arena.open(Path.of(arguments[0]))) {
      Filled filled = arena.fill("topology", workload);
      Map<Contenders, Rates> perCpu = new EnumMap<>(Contenders.class);
      Map<Contenders, Rates> perSecond = new EnumMap<>(Contenders.class);
      Map<Contenders, Result> last = new EnumMap<>(Contenders.class);
      for (int round = 1; round <= rounds; round++) {
        for (Contenders contender : contenders) {
          Result result = arena.run(contender, filled);
          System.err.printf(
              "round %d: %s: %,.0f events/s, %,.0f for each second of CPU, %d alarms%n",
              round, contender.words(), result.perSecond(), result.perCpuSecond(), result.alarms());
          perCpu.computeIfAbsent(contender, it -> new Rates()).add(result.perCpuSecond());
          perSecond.computeIfAbsent(contender, it -> new Rates()).add(result.perSecond());
          last.put(contender, result);
        }
      }
      System.out.printf(
          "%,d events of %,d hosts, %d rounds; thousand events, median (least to most)%n%n",
          filled.events(), workload.hosts(), rounds);
      System.out.println(
          "| what | for each second of CPU | a second | changelog, bytes an event |");
      System.out.println("|---|---|---|---|");
      perCpu.forEach(
          (contender, rates) ->
              System.out.printf(
                  "| %s | %s | %s | %.0f |%n",
                  contender.words(),
                  rates.thousands(),
                  requireNonNull(perSecond.get(contender)).thousands(),
                  requireNonNull(last.get(contender)).changelogBytes()));
      ratio(perCpu, Contenders.DETECTOR, Contenders.TOPOLOGY_DECODE);
      ratio(perCpu, Contenders.DETECTOR, Contenders.DSL_WHOLE);
      ratio(perCpu, Contenders.DETECTOR, Contenders.DSL_REDUCED);
      ratio(perCpu, Contenders.DETECTOR, Contenders.DSL_FILTERED);
      ratio(perCpu, Contenders.DETECTOR, Contenders.FLINK);
    }
  }

  private static void ratio(Map<Contenders, Rates> rates, Contenders one, Contenders other) {
    Rates a = rates.get(one);
    Rates b = rates.get(other);
    if (a != null && b != null) {
      System.out.printf("%n%s / %s: %.2f%n", one.words(), other.words(), a.median() / b.median());
    }
  }
}
