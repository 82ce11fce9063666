package io.netnswatch.console;

import io.netnswatch.schema.Incident;
import java.util.List;

/**
 * An incident: its newest state, and how it came to it.
 *
 * @param latest its newest step
 * @param steps its steps in order, the newest last; the caller may have left some out
 */
public record IncidentSteps(Incident latest, List<Incident> steps) {
  public IncidentSteps {
    steps = List.copyOf(steps);
  }
}
