package io.netnswatch.pages;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The metrics that detector, oncall and collectors have, by the names in their code, as Prometheus
 * sees them.
 */
final class Metrics {

  /** What the formats put behind a name. */
  private static final String SUFFIX = "(_seconds)?(_bytes)?(_total|_bucket|_count|_sum|_max)?";

  private static final Pattern MICROMETER = Pattern.compile("\"(netnswatch(?:\\.[a-z]+)+)\"");
  private static final Pattern COLLECTOR =
      Pattern.compile("(?:gauge|counters)\\(\\s*\"([a-z_]+)\"|PREFIX \\+ \"([a-z_]+)\"");

  /** In queries: names, but neither labels nor functions. */
  private static final Pattern USED =
      Pattern.compile("\\b(netnswatch_\\w+|jvm_\\w+|process_\\w+|up)\\b(?![\"(])");

  private static final Set<String> OF_OTHERS =
      Set.of("up", "jvm_memory_used_bytes", "process_cpu_usage");

  private final Set<String> names = new TreeSet<>();

  Metrics() {
    for (String file : Repository.files(".java")) {
      if (file.startsWith("streams-app/src/main/java/io/netnswatch/streams/metrics/")
          || file.startsWith("oncall/src/main/java/io/netnswatch/oncall/metrics/")) {
        MICROMETER
            .matcher(Repository.text(file))
            .results()
            .forEach(name -> names.add(name.group(1).replace('.', '_')));
      }
    }
    COLLECTOR
        .matcher(
            Repository.text(
                "collector/src/main/java/io/netnswatch/collector/metrics/CollectorMetrics.java"))
        .results()
        .forEach(
            name ->
                names.add(
                    "netnswatch_collector_"
                        + (name.group(1) == null ? name.group(2) : name.group(1))));
  }

  Set<String> names() {
    return names;
  }

  /** Those that an expression names and that are not there. */
  Set<String> missing(String expression) {
    return used(expression).stream()
        .filter(name -> !OF_OTHERS.contains(name))
        .filter(name -> names.stream().noneMatch(it -> isCalled(it, name)))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Whether Prometheus has a metric under that name. */
  static boolean isCalled(String metric, String name) {
    return name.matches(Pattern.quote(metric) + SUFFIX);
  }

  static Set<String> used(String expression) {
    return USED.matcher(expression.replaceAll("\"[^\"]*\"", "\"\""))
        .results()
        .map(name -> name.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
