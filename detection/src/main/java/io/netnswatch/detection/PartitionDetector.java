package io.netnswatch.detection;

import io.netnswatch.detection.HostDetector.Step;
import io.netnswatch.detection.evidence.Evidence;
import io.netnswatch.schema.Incident;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The detection for all hosts of one partition, in the order of its records: each host by its own
 * time, and the silence of each by the time that passes for the others. A host that has been silent
 * for a week without an open incident is forgotten, and sooner where there are too many: whoever
 * may write can invent names.
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

    /**
     * The silence of a host could not be judged, which is a defect. Whoever goes on keeps it from
     * the host whose time showed it.
     */
    default void failed(String host, RuntimeException defect) {
      throw defect;
    }

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
  private static final long FORGET_MS = Duration.ofDays(7).toMillis();

  /** Thirty times as many as a twelfth of a large fleet. */
  static final int MAX_HOSTS = 50_000;

  private final HostDetector detector;
  private final DetectionSettings settings;
  private final int maxHosts;
  private final HostStates states;
  private final long silenceMs;

  /** When the time of each host last went on, by the clock; nearly in that order. */
  private final Map<String, Long> heard = new LinkedHashMap<>(16, 0.75f, true);

  /** The silent ones among them, in the same order. */
  private final Map<String, Long> silent = new LinkedHashMap<>();

  /** Hosts with open incidents of signatures that this detector has no more. */
  private final Set<String> withRemoved = new TreeSet<>();

  private PartitionClock clock;
  private final PartitionPresent present;

  /** How many there are states of. */
  private int hosts;

  /** Goes on from what is kept; the clock is found in the states again. */
  public PartitionDetector(HostDetector detector, DetectionSettings settings, HostStates states) {
    this(detector, settings, states, MAX_HOSTS);
  }

  PartitionDetector(
      HostDetector detector, DetectionSettings settings, HostStates states, int maxHosts) {
    this.maxHosts = maxHosts;
    this.detector = detector;
    this.settings = settings;
    this.states = states;
    // Grace is added on both sides: whatever order events arrived in, the host was silent that
    // long.
    this.silenceMs = settings.silenceMs() + 2 * settings.graceMs();
    Map<String, BootTrack> kept = new TreeMap<>();
    states.forEach(
        (host, state) -> {
          hosts++;
          BootTrack present = state.present();
          if (present != null) {
            kept.put(host, present);
          }
          if (detector.hasRemoved(state)) {
            withRemoved.add(host);
          }
        });
    kept.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.comparingLong(BootTrack::heardMs)))
        .forEach(entry -> heard.put(entry.getKey(), entry.getValue().heardMs()));
    clock = PartitionClock.of(kept.values());
    present = clock.present(settings.graceMs());
  }

  /**
   * Accepts one piece of evidence.
   *
   * @return the host's step, and before it those of hosts that its time shows to be silent, and of
   *     hosts with incidents of signatures that were removed
   * @throws TooManyHostsException if it is one host too many
   */
  public List<HostStep> accept(String host, Evidence evidence) {
    List<HostStep> steps = new ArrayList<>(1);
    endRemoved(steps);
    HostState known = states.get(host);
    BootTrack boot = known == null ? null : known.boot(evidence.bootId());
    if (known == null) {
      makeRoom();
    }
    // Who is heard of for the first time is no witness yet: names can be invented.
    long timeMs =
        boot == null
            ? present.believed(evidence.eventTimeMs())
            : present.limit(host.hashCode(), evidence.eventTimeMs());
    PartitionClock now = clock.after(timeMs, present, settings.graceMs());
    if (known != null && isAfterSilence(known, boot, evidence, now)) {
      Step silence = detector.fallSilent(host, known);
      keep(steps, host, silence);
      known = silence.state();
    }
    Step step = detector.accept(host, known, evidence, now);
    if (!step.late()) {
      boolean timeGoesOn = now.elapsedMs() != clock.elapsedMs();
      states.put(host, step.state()); // where that fails, nothing has been taken up
      hosts += known == null ? 1 : 0;
      clock = now;
      if (boot == null || evidence.eventTimeMs() > boot.latestEventMs()) {
        heard.put(host, step.state().heardMs());
        silent.remove(host);
      }
      if (timeGoesOn) {
        addSilent(steps, now);
        forget(now);
      }
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
    endRemoved(steps);
    for (String host : new TreeSet<>(heard.keySet())) {
      HostState state = states.get(host);
      if (state != null) {
        keep(steps, host, detector.finish(host, state));
      }
    }
    return steps;
  }

  /**
   * A host is taken out of service: its incidents are resolved, and nothing is remembered of it.
   *
   * @param reason in words
   * @return its step; none if nothing is known of it
   */
  public List<HostStep> retire(String host, String reason) {
    HostState state = states.get(host);
    if (state == null) {
      return List.of();
    }
    Step step = detector.retire(host, state, reason);
    remove(host);
    heard.remove(host);
    silent.remove(host);
    withRemoved.remove(host);
    return List.of(new HostStep(host, step));
  }

  /**
   * An incident is closed by hand.
   *
   * @param reason in words
   * @return the host's step; none if the incident is not open
   */
  public List<HostStep> close(String host, String incidentKey, String reason) {
    List<HostStep> steps = new ArrayList<>();
    HostState state = states.get(host);
    if (state != null) {
      Step step = detector.close(host, state, incidentKey, reason);
      if (!step.incidents().isEmpty()) {
        keep(steps, host, step);
      }
    }
    return steps;
  }

  private void endRemoved(List<HostStep> steps) {
    for (String host : withRemoved) {
      HostState state = states.get(host);
      if (state != null) {
        keep(steps, host, detector.endRemoved(host, state));
      }
    }
    withRemoved.clear();
  }

  private void keep(List<HostStep> steps, String host, Step step) {
    states.put(host, step.state());
    steps.add(new HostStep(host, step));
  }

  /** The open incidents of all hosts with all that is known of them, by host. */
  public List<Incident> present() {
    List<Incident> incidents = new ArrayList<>();
    Map<String, HostState> all = new TreeMap<>();
    states.forEach(all::put);
    all.forEach((host, state) -> incidents.addAll(detector.present(host, state)));
    return incidents;
  }

  /** Whether or not another host's time has shown it: then the same is said in any order. */
  private boolean isAfterSilence(
      HostState known, @Nullable BootTrack boot, Evidence evidence, PartitionClock now) {
    return now.heardMs(boot, evidence.eventTimeMs(), settings.graceMs()) - known.heardMs()
        >= silenceMs;
  }

  private void addSilent(List<HostStep> steps, PartitionClock now) {
    var entries = heard.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<String, Long> entry = entries.next();
      long silentMs = now.elapsedMs() - entry.getValue();
      // One grace longer: an event that shows that the silence was shorter may be on its way.
      long longEnoughMs = silenceMs + settings.graceMs();
      if (silentMs < longEnoughMs - PartitionClock.agreementMs(settings.graceMs())) {
        return;
      }
      if (silentMs < longEnoughMs) {
        continue;
      }
      String host = entry.getKey();
      entries.remove();
      silent.put(host, entry.getValue());
      HostState state = states.get(host);
      if (state != null) {
        try {
          keep(steps, host, detector.fallSilent(host, state));
        } catch (RuntimeException defect) {
          states.failed(host, defect);
        }
      }
    }
  }

  /** One with an open incident is kept: an alarm does not end because nobody looks any more. */
  private void forget(PartitionClock now) {
    var entries = silent.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<String, Long> entry = entries.next();
      if (now.elapsedMs() - entry.getValue() < FORGET_MS) {
        return;
      }
      entries.remove();
      forget(entry.getKey());
    }
  }

  /** The hosts that have been silent for the longest go first. */
  private void makeRoom() {
    var entries = silent.keySet().iterator();
    while (hosts >= maxHosts && entries.hasNext()) {
      String host = entries.next();
      entries.remove();
      forget(host);
    }
    if (hosts >= maxHosts) {
      throw new TooManyHostsException(maxHosts);
    }
  }

  private void forget(String host) {
    HostState state = states.get(host);
    if (state != null && !state.hasOpenIncident()) {
      remove(host);
    }
  }

  private void remove(String host) {
    states.remove(host);
    hosts--;
  }
}
