package io.netnswatch.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.RecordJson;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compares the steps of a replay with those that the live application had emitted, by {@code
 * event_id}. Not thread-safe.
 *
 * <p>The incident topic is compacted: of an incident only the newest step is sure to be there. A
 * step that the replay has and the topic lacks, although it holds a later one of the same incident,
 * counts as compacted, not as extra.
 */
final class IncidentDiff {

  /** How a step differs. */
  enum What {
    /** The live application emitted it, the replay did not. */
    MISSING,
    /** The replay emitted it, the live application did not. */
    EXTRA,
    /** Both emitted it, with different fields. */
    CHANGED
  }

  /**
   * One difference.
   *
   * @param live what the live application had emitted; null if nothing
   * @param replayed what the replay emitted; null if nothing
   * @param fields names of the fields that differ; empty unless CHANGED
   */
  record Difference(
      What what, @Nullable Incident live, @Nullable Incident replayed, List<String> fields) {

    /** The step both are of. */
    Incident step() {
      Incident step = live != null ? live : replayed;
      if (step == null) {
        throw new IllegalStateException("a difference of nothing");
      }
      return step;
    }
  }

  /**
   * What a comparison came to.
   *
   * @param same steps that are equal in every field
   * @param compacted steps of the replay that the topic no longer holds
   * @param differences the others, in order of event time
   */
  record Result(long same, long compacted, List<Difference> differences) {}

  private final Map<String, Incident> live = new HashMap<>();
  private final Map<String, Integer> latestLiveStep = new HashMap<>();
  private final List<Difference> differences = new ArrayList<>();
  private long same;
  private long compacted;

  /** What the live application had emitted, in any order; of equal ids the last. */
  IncidentDiff(Collection<Incident> emitted) {
    for (Incident step : emitted) {
      live.put(step.getEventId(), step);
      latestLiveStep.merge(step.getIncidentKey(), number(step), Math::max);
    }
  }

  /** Steps count from 0; the number ends the id. */
  private static int number(Incident step) {
    String id = step.getEventId();
    return Integer.parseInt(id.substring(id.lastIndexOf('/') + 1));
  }

  /** Compares a step of the replay. */
  void accept(Incident replayed) {
    Incident emitted = live.remove(replayed.getEventId());
    if (emitted == null) {
      if (number(replayed) < latestLiveStep.getOrDefault(replayed.getIncidentKey(), -1)) {
        compacted++;
      } else {
        differences.add(new Difference(What.EXTRA, null, replayed, List.of()));
      }
    } else if (emitted.equals(replayed)) {
      same++;
    } else {
      List<String> fields = List.copyOf(changes(emitted, replayed).keySet());
      differences.add(new Difference(What.CHANGED, emitted, replayed, fields));
    }
  }

  /** What is different, and what the live application emitted that no step was equal to. */
  Result result() {
    List<Difference> all = new ArrayList<>(differences);
    live.values().forEach(step -> all.add(new Difference(What.MISSING, step, null, List.of())));
    all.sort((a, b) -> InOrder.ORDER.compare(a.step(), b.step()));
    return new Result(same, compacted, all);
  }

  /** Fields that differ, with what the live application and the replay say. */
  static Map<String, List<JsonNode>> changes(Incident live, Incident replayed) {
    ObjectNode before = RecordJson.of(live);
    ObjectNode after = RecordJson.of(replayed);
    Map<String, List<JsonNode>> changes = new LinkedHashMap<>();
    for (Iterator<String> names = before.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!before.get(name).equals(after.get(name))) {
        changes.put(name, List.of(before.get(name), after.get(name)));
      }
    }
    return changes;
  }
}
