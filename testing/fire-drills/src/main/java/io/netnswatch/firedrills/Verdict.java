package io.netnswatch.firedrills;

import com.fasterxml.jackson.databind.JsonNode;
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
 */
record Verdict(
    int same, int missing, int extra, int changed, int twice, Map<String, Integer> deadLetters) {

  Verdict {
    deadLetters = Map.copyOf(deadLetters);
  }

  static Verdict of(
      List<JsonNode> published, List<JsonNode> undisturbed, Map<String, Integer> deadLetters) {
    Map<String, JsonNode> byId = new HashMap<>();
    int twice = 0;
    for (JsonNode step : published) {
      twice += byId.put(id(step), step) == null ? 0 : 1;
    }
    int same = 0;
    int missing = 0;
    int changed = 0;
    for (JsonNode step : undisturbed) {
      JsonNode found = byId.remove(id(step));
      if (found == null) {
        missing++;
      } else if (found.toString().equals(step.toString())) {
        same++;
      } else {
        changed++;
      }
    }
    return new Verdict(same, missing, byId.size(), changed, twice, deadLetters);
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

  private static String id(JsonNode step) {
    return step.path("event_id").textValue();
  }
}
