package io.netnswatch.detection;

import io.netnswatch.detection.HostDetector.Step;
import io.netnswatch.detection.evidence.Evidence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The detection for all hosts of one partition, in the order of its records: each host by its own
 * time, and the silence of each by the time that passes for the others. A host that has been silent
 * for a week without an open incident is forgotten.
 */
public final class PartitionDetector {

  /** Where the states of hosts are kept. */
  public interface HostStates {

    /** What is known of a host; null if nothing. */
    @Nullable HostState get(String host);

    /** Keeps what is known of a host. */
    void put(String host, HostState state);

    /** Forgets a host. */
    void remove(String host);

    /** Hands out all that is kept, in any order. */
    void forEach(BiConsumer<String, HostState> reader);

    /** States in memory, gone with the process. */
    static HostStates inMemory() {
      Map<String, HostState> states = new HashMap<>();
      return new HostStates() {
        @Override
        public @Nullable HostState get(String host) {
          return states.get(host);
        }

        @Override
        public void put(String host, HostState state) {
          states.put(host, state);
        }

        @Override
        public void remove(String host) {
          states.remove(host);
        }

        @Override
        public void forEach(BiConsumer<String, HostState> reader) {
          states.forEach(reader);
        }
      };
    }
  }

  /**
   * A step of one host.
   *
   * @param host the host
   * @param step what came of it
   */
  public record HostStep(String host, Step step) {}

  /** Hosts that were taken out of service, or renamed: their state must not stay for ever. */
  private static final long FORGET_SECONDS = Duration.ofDays(7).toSeconds();

  private final HostDetector detector;
  private final HostStates states;
  private final long silenceSeconds;

  /** When each host was last heard of, by the clock's elapsed seconds; longest ago first. */
  private final Map<String, Long> heard = new LinkedHashMap<>(16, 0.75f, true);

  /** The silent ones among them, in the same order. */
  private final Map<String, Long> silent = new LinkedHashMap<>();

  private @Nullable PartitionClock clock;

  /** Goes on from what is kept; the clock is found in the states again. */
  public PartitionDetector(HostDetector detector, DetectionSettings settings, HostStates states) {
    this.detector = detector;
    this.states = states;
    // Grace is added on both sides: whatever order events arrived in, the host was silent that
    // long.
    this.silenceSeconds = (settings.silenceMs() + 2 * settings.graceMs()) / 1000;
    List<Map.Entry<String, PartitionClock>> kept = new ArrayList<>();
    states.forEach((host, state) -> kept.add(Map.entry(host, state.seen())));
    kept.sort(
        Comparator.comparingLong(
                (Map.Entry<String, PartitionClock> it) -> it.getValue().elapsedSeconds())
            .thenComparing(Map.Entry::getKey));
    for (Map.Entry<String, PartitionClock> entry : kept) {
      heard.put(entry.getKey(), entry.getValue().elapsedSeconds());
      clock = entry.getValue();
    }
  }

  /**
   * Accepts one piece of evidence.
   *
   * @return the host's step, and before it those of hosts that its time shows to be silent
   */
  public List<HostStep> accept(String host, Evidence evidence) {
    long timeMs = evidence.eventTimeMs();
    PartitionClock before = clock;
    PartitionClock now = before == null ? PartitionClock.startingAt(timeMs) : before.after(timeMs);
    Step step = detector.accept(host, states.get(host), evidence, now);
    if (step.late()) {
      return List.of(new HostStep(host, step));
    }
    clock = now;
    heard.put(host, now.elapsedSeconds());
    silent.remove(host);
    states.put(host, step.state());
    List<HostStep> steps = new ArrayList<>(1);
    if (before != null && now.elapsedSeconds() != before.elapsedSeconds()) {
      addSilent(steps, now);
      forget(now);
    }
    steps.add(new HostStep(host, step));
    return steps;
  }

  /**
   * Judges what is still waiting for later events: there are none.
   *
   * @return a step of each host, by name
   */
  public List<HostStep> finish() {
    List<HostStep> steps = new ArrayList<>();
    for (String host : new TreeSet<>(heard.keySet())) {
      HostState state = states.get(host);
      if (state != null) {
        Step step = detector.finish(host, state);
        states.put(host, step.state());
        steps.add(new HostStep(host, step));
      }
    }
    return steps;
  }

  private void addSilent(List<HostStep> steps, PartitionClock now) {
    var entries = heard.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<String, Long> entry = entries.next();
      if (now.elapsedSeconds() - entry.getValue() < silenceSeconds) {
        return;
      }
      String host = entry.getKey();
      entries.remove();
      silent.put(host, entry.getValue());
      HostState state = states.get(host);
      if (state != null) {
        Step step = detector.fallSilent(host, state);
        states.put(host, step.state());
        steps.add(new HostStep(host, step));
      }
    }
  }

  /** One with an open incident is kept: an alarm does not end because nobody looks any more. */
  private void forget(PartitionClock now) {
    var entries = silent.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<String, Long> entry = entries.next();
      if (now.elapsedSeconds() - entry.getValue() < FORGET_SECONDS) {
        return;
      }
      entries.remove();
      HostState state = states.get(entry.getKey());
      if (state != null && !state.hasOpenIncident()) {
        states.remove(entry.getKey());
      }
    }
  }
}
