package io.netnswatch.oncall.act;

import io.netnswatch.oncall.alert.Alert;
import io.netnswatch.schema.HostAction;
import java.time.Instant;
import java.util.List;

/**
 * What there is to do.
 *
 * @param notes to be written down, and nothing is done: what a dry run would do, what was held back
 * @param due may be done now, what was begun first
 * @param wakeAt when there will be more, if nothing changes until then
 * @param alerts what people are told instead of what was held back
 * @param out how many hosts are out
 */
public record ActionPlan(
    List<HostAction> notes, List<ActionStep> due, Instant wakeAt, List<Alert> alerts, int out) {

  public ActionPlan {
    notes = List.copyOf(notes);
    due = List.copyOf(due);
    alerts = List.copyOf(alerts);
  }
}
