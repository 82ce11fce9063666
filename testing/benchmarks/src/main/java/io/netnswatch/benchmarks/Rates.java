package io.netnswatch.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** Results of several runs. */
final class Rates {

  private final List<Double> rates = new ArrayList<>();

  void add(double rate) {
    rates.add(rate);
  }

  double median() {
    List<Double> sorted = rates.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /** The median in thousands, and in parentheses the least and the most. */
  String thousands() {
    return String.format("%s (%s to %s)", thousands(median()), thousands(min()), thousands(max()));
  }

  private double min() {
    return rates.stream().mapToDouble(it -> it).min().orElseThrow();
  }

  private double max() {
    return rates.stream().mapToDouble(it -> it).max().orElseThrow();
  }

  private static String thousands(double value) {
    return String.format(value < 10_000 ? "%.1f" : "%.0f", value / 1e3);
  }
}
