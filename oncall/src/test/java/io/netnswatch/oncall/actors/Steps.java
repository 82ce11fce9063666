package io.netnswatch.oncall.actors;

import io.netnswatch.oncall.act.ActionStep;
import io.netnswatch.schema.ActionPhase;
import io.netnswatch.schema.HostAction;
import io.netnswatch.schema.Incident;

/** Steps as they are planned. */
final class Steps {

  private Steps() {}

  static ActionStep apply(Incident incident) {
    return step(incident, ActionPhase.APPLYING);
  }

  static ActionStep revert(Incident incident) {
    return step(incident, ActionPhase.REVERTING);
  }

  /** The same, whose outcome got lost. */
  static ActionStep again(ActionStep step) {
    return new ActionStep(step.action(), step.incident(), true);
  }

  private static ActionStep step(Incident incident, ActionPhase phase) {
    HostAction action =
        HostAction.newBuilder()
            .setHost(incident.getHost())
            .setTarget("test")
            .setOperation("test")
            .setPhase(phase)
            .setIncidentKey(incident.getIncidentKey())
            .setKind(incident.getKind())
            .setCauseId(incident.getCause() == null ? null : incident.getCause().getCauseId())
            .setTitle(incident.getTitle())
            .setRecordedAt(incident.getUpdatedAt())
            .setOncallVersion("test")
            .build();
    return new ActionStep(action, incident, false);
  }
}
