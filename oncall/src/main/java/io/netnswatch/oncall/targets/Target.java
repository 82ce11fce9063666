package io.netnswatch.oncall.targets;

import io.netnswatch.oncall.alert.Alert;
import io.netnswatch.oncall.alert.Step;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What a kind of target is told, in its own words. Pure: nothing is sent here. */
public interface Target {

  /** Under which names the target knows an alert, from its first telling to its last. */
  Map<String, String> names(Alert alert);

  /**
   * Puts steps into words.
   *
   * @param steps at least one, and no more than the target takes in one request
   */
  Request request(List<Step> steps, Instant now);

  /** What must not be seen in a request that is shown to people. */
  List<String> secrets();
}
