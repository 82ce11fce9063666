package io.netnswatch.oncall.alert;

import io.netnswatch.schema.Severity;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What one target has been told of one alert. It is kept in Kafka, so that a bridge that starts
 * knows what to go on with, and can name an alert even if its incidents are no more.
 *
 * @param key the alert's
 * @param group the incidents' {@code incident_group}
 * @param grouped whether it stands for a group
 * @param phase how far the telling has come
 * @param at when it came to this phase or version
 * @param version of the alert as it was told; empty while it is being told of another
 * @param severity as first told
 * @param title as first told
 * @param startedAt as first told
 * @param incidents keys of the incidents it stood for when last told, at most {@value
 *     #MAX_INCIDENTS}
 * @param names under which the target knows it, e.g. labels; never changes while it fires
 */
public record Told(
    String key,
    String group,
    boolean grouped,
    Phase phase,
    Instant at,
    String version,
    Severity severity,
    String title,
    Instant startedAt,
    List<String> incidents,
    Map<String, String> names) {

  static final int MAX_INCIDENTS = 2_000;

  /** No alert has this version. */
  private static final String UNSURE = "";

  public Told {
    incidents = List.copyOf(incidents);
    names = Map.copyOf(names);
  }

  /** Before the first attempt to tell. */
  static Told triggering(Alert alert, Map<String, String> names, Instant now) {
    return new Told(
        alert.key(),
        alert.group(),
        alert.grouped(),
        Phase.TRIGGERING,
        now,
        alert.version(),
        alert.severity(),
        alert.title(),
        alert.startedAt(),
        keys(alert),
        names);
  }

  /** The target has accepted this. */
  Told knowing(Alert alert, Instant now) {
    return new Told(
        key,
        group,
        grouped,
        Phase.TOLD,
        now,
        alert.version(),
        severity,
        title,
        startedAt,
        alert.incidents().isEmpty() ? incidents : keys(alert),
        names);
  }

  /** About to be told of a change: until that is accepted nobody knows which version it knows. */
  Told unsure() {
    return new Told(
        key, group, grouped, phase, at, UNSURE, severity, title, startedAt, incidents, names);
  }

  /** The same in another phase. */
  Told in(Phase next, Instant now) {
    return new Told(
        key, group, grouped, next, now, version, severity, title, startedAt, incidents, names);
  }

  private static List<String> keys(Alert alert) {
    return alert.incidents().stream()
        .map(incident -> incident.getIncidentKey())
        .limit(MAX_INCIDENTS)
        .toList();
  }
}
