package io.netnswatch.collector.text;

import io.netnswatch.collector.perf.PerfProfile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What is found in a text, kept for tests. */
final class Found implements Findings {

  final List<TaskSighting> tasks = new ArrayList<>();
  final List<LogStamp> taskTimes = new ArrayList<>();
  final List<LogFinding> logs = new ArrayList<>();
  final List<PerfProfile> profiles = new ArrayList<>();
  final List<Measure> measures = new ArrayList<>();
  final List<Creation> creations = new ArrayList<>();
  final List<String> kernels = new ArrayList<>();
  final Set<String> kernelsInWords = new TreeSet<>();
  final Set<String> hosts = new TreeSet<>();
  final List<String> fragments = new ArrayList<>();
  final List<String> besides = new ArrayList<>();
  final List<String> suspicions = new ArrayList<>();
  final Set<Format> used = new TreeSet<>();
  final Set<Format> recognised = new TreeSet<>();
  int cpus;
  int reboots;

  /** Reads a text. */
  static Found in(String text) {
    Found found = new Found();
    try {
      new TextReader(found, LocalDateTime.of(2026, 6, 1, 12, 0), null)
          .read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  /** The texts of a name in evidence. */
  static TextEvidence evidence(String text) {
    TextEvidence evidence = new TextEvidence(Instant.parse("2026-06-01T12:00:00Z"));
    try {
      evidence.read("text", null, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return evidence;
  }

  @Override
  public void task(LogStamp at, TaskSighting task) {
    tasks.add(task);
    taskTimes.add(at);
  }

  @Override
  public void log(LogStamp at, LogFinding finding) {
    logs.add(finding);
  }

  @Override
  public void profile(LogStamp at, PerfProfile profile, Measure measure) {
    profiles.add(profile);
    measures.add(measure);
  }

  @Override
  public void creation(LogStamp at, Creation creation) {
    creations.add(creation);
  }

  @Override
  public void fragments(LogStamp at, String netns, boolean ipv6, long memoryBytes) {
    fragments.add(netns + (ipv6 ? " IPV6 " : " IPV4 ") + memoryBytes);
  }

  @Override
  public void kernel(String release, @Nullable String version) {
    kernels.add(release);
  }

  @Override
  public void kernelInWords(String release) {
    kernelsInWords.add(release);
  }

  @Override
  public void host(String name) {
    hosts.add(name);
  }

  @Override
  public void suspicion(String words) {
    suspicions.add(words);
  }

  @Override
  public void beside(String words) {
    besides.add(words);
  }

  @Override
  public void cpus(int count) {
    cpus = count;
  }

  @Override
  public void reboot() {
    reboots++;
  }

  @Override
  public void used(Format format, int line) {
    used.add(format);
  }

  @Override
  public void recognised(Format format, int line, String why) {
    recognised.add(format);
  }
}
