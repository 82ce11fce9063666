package io.netnswatch.streams.topics;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How the topics of a detector fit together. Hosts are joined by partition and their state is kept
 * by partition: with unequal counts the events of a host would never meet.
 *
 * @param partitions how many each topic has; one that is not there is not named
 * @param telemetry the topics that are joined
 * @param outputs those that are written to
 * @param changelogs where the state is kept; they need not exist before a detector has run
 */
public record TopicLayout(
    Map<String, Integer> partitions,
    List<String> telemetry,
    List<String> outputs,
    List<String> changelogs) {

  /** What keeps hosts from being judged. */
  public enum Fault {
    /** Nothing does. */
    NONE,
    /** A topic is not there. */
    MISSING,
    /** Telemetry topics with unequal numbers of partitions. */
    UNEQUAL,
    /** Fewer partitions than the state was kept for. */
    FEWER_THAN_STATE
  }

  public TopicLayout {
    partitions = new TreeMap<>(partitions);
    telemetry = List.copyOf(telemetry);
    outputs = List.copyOf(outputs);
    changelogs = List.copyOf(changelogs);
  }

  /** The one to be mended first. */
  public Fault fault() {
    if (!missing().isEmpty()) {
      return Fault.MISSING;
    }
    if (of(telemetry).values().stream().distinct().count() > 1) {
      return Fault.UNEQUAL;
    }
    boolean wide = of(changelogs).values().stream().anyMatch(it -> it > joined());
    return wide ? Fault.FEWER_THAN_STATE : Fault.NONE;
  }

  /** What is wrong and what to do, in one line; empty if nothing is. */
  public String words() {
    return switch (fault()) {
      case NONE -> "";
      case MISSING ->
          "a topic is missing: " + missing() + ". Create it again: netnswatch topics create.";
      case UNEQUAL ->
          "the telemetry topics must have the same number of partitions: " + of(telemetry);
      case FEWER_THAN_STATE ->
          "the telemetry topics have "
              + joined()
              + " partitions, fewer than the state: "
              + of(changelogs)
              + ". Create them with as many again, or begin anew with another --application-id.";
    };
  }

  /** Changelogs that lack partitions, with the number they need. */
  public Map<String, Integer> toWiden() {
    Map<String, Integer> narrow = new TreeMap<>();
    if (fault() == Fault.NONE) {
      of(changelogs)
          .forEach(
              (topic, count) -> {
                if (count < joined()) {
                  narrow.put(topic, joined());
                }
              });
    }
    return narrow;
  }

  /** Topics that must be there and are not. */
  public List<String> missing() {
    List<String> missing = new ArrayList<>(telemetry);
    missing.addAll(outputs);
    missing.removeAll(partitions.keySet());
    return missing;
  }

  private int joined() {
    return of(telemetry).values().stream().mapToInt(it -> it).max().orElse(0);
  }

  private Map<String, Integer> of(Collection<String> topics) {
    Map<String, Integer> of = new TreeMap<>(partitions);
    of.keySet().retainAll(topics);
    return of;
  }
}
