package io.netnswatch.oncall.alert;

import io.netnswatch.schema.Severity;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one target has been told of one alert. It is kept in Kafka, so that a bridge that starts
 * knows what to go on with, and can name an alert even if its incidents are no more.
 *
 * @param key the alert's
 * @param group what its incidents have in common
 * @param grouped whether it stands for a group
 * @param phase how far the telling has come
 * @param pagedAt when the target was first told; as {@code at} where an earlier release did not say
 * @param at when it came to this phase or version
 * @param version of the alert as it was told; empty while it is being told of another
 * @param severity as first told
 * @param title as first told
 * @param startedAt as first told
 * @param incidents keys of the incidents it stood for when last told, at most {@value
 *     #MAX_INCIDENTS}
 * @param names under which the target knows it, e.g. labels; never changes while it fires
 */
public record DeliveryState(
    String key,
    String group,
    boolean grouped,
    Phase phase,
    @Nullable Instant pagedAt,
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

  public DeliveryState {
    pagedAt = pagedAt == null ? at : pagedAt;
    incidents = List.copyOf(incidents);
    names = Map.copyOf(names);
  }

  @Override
  public Instant pagedAt() {
    return Objects.requireNonNull(pagedAt);
  }

  /** Whether it may stand for more incidents than are remembered. */
  boolean isFull() {
    return incidents.size() >= MAX_INCIDENTS;
  }

  /** Before the first attempt to tell. */
  static DeliveryState triggering(Alert alert, Map<String, String> names, Instant now) {
    return new DeliveryState(
        alert.key(),
        alert.group(),
        alert.grouped(),
        Phase.TRIGGERING,
        now,
        now,
        alert.version(),
        alert.severity(),
        alert.title(),
        alert.startedAt(),
        keys(alert),
        names);
  }

  /** The target has accepted this. */
  DeliveryState knowing(Alert alert, Instant now) {
    return new DeliveryState(
        key,
        group,
        grouped,
        Phase.TOLD,
        phase == Phase.TRIGGERING ? now : pagedAt,
        now,
        alert.version(),
        severity,
        title,
        startedAt,
        alert.incidents().isEmpty() ? incidents : keys(alert),
        names);
  }

  /** About to be told of a change: until that is accepted nobody knows which version it knows. */
  DeliveryState unsure() {
    return new DeliveryState(
        key, group, grouped, phase, pagedAt, at, UNSURE, severity, title, startedAt, incidents,
        names);
  }

  /** The same in another phase. */
  DeliveryState in(Phase next, Instant now) {
    return new DeliveryState(
        key, group, grouped, next, pagedAt, now, version, severity, title, startedAt, incidents,
        names);
  }

  private static List<String> keys(Alert alert) {
    return alert.incidents().stream()
        .map(incident -> incident.getIncidentKey())
        .limit(MAX_INCIDENTS)
        .toList();
  }
}
