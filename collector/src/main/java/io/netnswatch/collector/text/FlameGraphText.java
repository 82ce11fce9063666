package io.netnswatch.collector.text;

import io.netnswatch.collector.perf.SampleCounts;
import io.netnswatch.collector.text.Findings.Measure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A flame graph as flamegraph.pl draws it (SVG), either way up: a box a line, which says what it is
 * of and how many samples it has; whom it was called by is below it, or above.
 */
final class FlameGraphText implements TextParser {

  private static final Pattern BOX =
      Pattern.compile(
          "<title>(.{1,300}) \\((\\d[\\d,]{0,17}) samples, [\\d.]{1,8}%\\)</title>\\s?<rect"
              + " x=\"(\\d{1,6}(?:\\.\\d{1,4})?)%?\" y=\"(\\d{1,6})(?:\\.\\d+)?\" width=\"(\\d{1,6}(?:\\.\\d{1,4})?)%?\"");

  private static final int MOST_BOXES = 50_000;

  /** The middle of a box is over the box that called it, whatever was rounded. */
  private static final double HALF = 0.5;

  private record Box(String name, long samples, double x, int y, double width) {}

  private final Findings findings;
  private final List<Box> boxes = new ArrayList<>();

  FlameGraphText(Findings findings) {
    this.findings = findings;
  }

  @Override
  public boolean begins(TextLine line) {
    return goesOn(line);
  }

  @Override
  public boolean goesOn(TextLine line) {
    Matcher box = line.text().contains("<rect ") ? BOX.matcher(line.text()) : null;
    if (box == null || !box.find()) {
      return !boxes.isEmpty() && line.text().stripLeading().startsWith("<");
    }
    if (boxes.size() < MOST_BOXES) {
      boxes.add(
          new Box(
              box.group(1),
              Long.parseLong(box.group(2).replace(",", "")),
              Double.parseDouble(box.group(3)),
              Integer.parseInt(box.group(4)),
              Double.parseDouble(box.group(5))));
    }
    findings.used(Format.FLAME_GRAPH, line.number());
    return true;
  }

  @Override
  public void end() {
    if (!boxes.isEmpty()) {
      SampleCounts counts = new SampleCounts();
      addStacks(counts);
      findings.profile(LogStamp.NONE, counts.profile(null), new Measure(null, null, null, false));
    }
    boxes.clear();
  }

  /** Of each box what it has more than those that it called. */
  private void addStacks(SampleCounts counts) {
    Box all = boxes.stream().max(Comparator.comparingDouble(Box::width)).orElseThrow();
    Map<Integer, NavigableMap<Double, Box>> rows = new TreeMap<>();
    for (Box box : boxes) {
      rows.computeIfAbsent(Math.abs(box.y - all.y), it -> new TreeMap<>()).put(box.x, box);
    }
    List<NavigableMap<Double, Box>> levels = List.copyOf(rows.values());
    Map<Box, Long> own = new HashMap<>();
    boxes.forEach(box -> own.put(box, box.samples));
    for (int level = 1; level < levels.size(); level++) {
      for (Box box : levels.get(level).values()) {
        Map.Entry<Double, Box> caller = levels.get(level - 1).floorEntry(middle(box));
        if (caller != null) {
          own.merge(caller.getValue(), -box.samples, Long::sum);
        }
      }
    }
    for (int level = 2; level < levels.size(); level++) {
      for (Box box : levels.get(level).values()) {
        long samples = own.getOrDefault(box, 0L);
        if (samples > 0) {
          FoldedStacksText.add(counts, stack(levels, level, box), samples);
        }
      }
    }
  }

  /** From the task's name inwards. */
  private static List<String> stack(
      List<NavigableMap<Double, Box>> levels, int level, Box innermost) {
    List<String> parts = new ArrayList<>();
    for (int outer = 1; outer <= level; outer++) {
      Map.Entry<Double, Box> at = levels.get(outer).floorEntry(middle(innermost));
      if (at != null) {
        parts.add(at.getValue().name);
      }
    }
    return parts;
  }

  private static double middle(Box box) {
    return box.x + HALF * box.width;
  }
}
