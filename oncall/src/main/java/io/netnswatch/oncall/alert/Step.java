package io.netnswatch.oncall.alert;

import java.time.Instant;
import java.util.Map;

/**
 * One thing to tell a target.
 *
 * @param action what it does
 * @param alert the alert as it should be shown
 * @param due when the target should be told
 * @param names under which the target knows the alert; empty if it does not
 */
public record Step(Action action, Alert alert, Instant due, Map<String, String> names) {

  public Step {
    names = Map.copyOf(names);
  }
}
