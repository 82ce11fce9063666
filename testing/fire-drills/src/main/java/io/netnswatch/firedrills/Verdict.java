package io.netnswatch.firedrills;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How what was published compares with an undisturbed run, step by step.
 *
 * @param same steps that are equal in every field
 * @param missing steps of the undisturbed run that were not published
 * @param extra steps that it does not have
 * @param changed steps that differ in a field
 * @param twice steps that were published more than once
 * @param deadLetters by reason
 * @param faults a line for each of the first steps that are not as they should be
 */
record Verdict(
    int same,
    int missing,
    int extra,
    int changed,
    int twice,
    Map<String, Integer> deadLetters,
    List<String> faults) {

  private static final int FAULTS_SHOWN = 20;

  Verdict {
    deadLetters = Map.copyOf(deadLetters);
    faults = faults.stream().limit(FAULTS_SHOWN).toList();
  }

  static Verdict of(
      List<JsonNode> published, List<JsonNode> undisturbed, Map<String, Integer> deadLetters) {
    Map<String, JsonNode> byId = new HashMap<>();
    int twice = 0;
    for (JsonNode step : published) {
      twice += byId.put(id(step), step) == null ? 0 : 1;
    }
    List<String> faults = new ArrayList<>();
    int same = 0;
    int missing = 0;
    int changed = 0;
    for (JsonNode step : undisturbed) {
      JsonNode found = byId.remove(id(step));
      if (found == null) {
        missing++;
        faults.add("missing " + id(step));
      } else if (found.toString().equals(step.toString())) {
        same++;
      } else {
        changed++;
        faults.add("changed " + id(step) + difference(step, found));
      }
    }
    byId.keySet().forEach(extra -> faults.add("extra " + extra));
    return new Verdict(same, missing, byId.size(), changed, twice, deadLetters, faults);
  }

  /** Whether every incident is there, once, as it should be. */
  boolean isFlawless() {
    return same > 0 && missing + extra + changed + twice == 0;
  }

  @Override
  public String toString() {
    return String.format(
        "%4d same %3d missing %3d extra %3d changed %3d twice  %s",
        same, missing, extra, changed, twice, new TreeMap<>(deadLetters));
  }

  private static String difference(JsonNode expected, JsonNode found) {
    StringBuilder text = new StringBuilder();
    expected
        .properties()
        .forEach(
            field -> {
              JsonNode other = found.path(field.getKey());
              if (!other.toString().equals(field.getValue().toString())) {
                text.append("; ").append(field.getKey()).append(": ");
                text.append(field.getValue()).append(" became ").append(other);
              }
            });
    return text.toString();
  }

  private static String id(JsonNode step) {
    return step.path("event_id").textValue();
  }
}
