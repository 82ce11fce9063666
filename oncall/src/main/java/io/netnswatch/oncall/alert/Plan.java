package io.netnswatch.oncall.alert;

import java.time.Instant;
import java.util.List;

/**
 * What there is to tell a target.
 *
 * @param due what may be told now, the most urgent first
 * @param forget keys of alerts of which nothing more is to be told
 * @param wakeAt when there will be more, if nothing changes until then
 * @param waiting how many alerts the target should have been told of by now and has not
 */
public record Plan(List<Step> due, List<String> forget, Instant wakeAt, int waiting) {

  public Plan {
    due = List.copyOf(due);
    forget = List.copyOf(forget);
  }
}
