package io.netnswatch.oncall.alert;

import static java.util.Comparator.comparing;

import io.netnswatch.schema.Incident;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The fleet view of an outage: whether incidents that have something in common are one alert.
 *
 * <p>An incident stays with the alert that a target was first told of it with. A host that joins a
 * group becomes a part of its youngest alert, unless that one's page is too old: it may have been
 * acknowledged long ago, and nobody would look at it again.
 *
 * @param on whether they are
 * @param by what a group's incidents have in common
 * @param window how long the first page of a group waits for more hosts, and how far apart its
 *     updates are at least
 * @param repageAfter a host that joins an alert whose first page is this old is a page of its own
 */
public record Grouping(boolean on, By by, Duration window, Duration repageAfter) {

  /** What a group's incidents have in common. */
  public enum By {
    /** Kind and kernel release: {@code incident_group}. */
    KERNEL,
    /** The cause, whatever kind and kernel; as {@link #KERNEL} where no cause is known. */
    CAUSE;

    String groupOf(Incident incident) {
      return this == CAUSE && incident.getCause() != null && incident.getCause().getKnown()
          ? "cause/" + incident.getCause().getCauseId()
          : incident.getIncidentGroup();
    }
  }

  private static final int MAX_KEY_LENGTH = 255;
  private static final int SHORT_DIGEST = 8;

  /** Each incident is an alert of its own. */
  public static final Grouping OFF = new Grouping(false, By.KERNEL, Duration.ZERO, Duration.ZERO);

  /** As long as nothing else is said. */
  public static final Grouping STANDARD =
      new Grouping(true, By.KERNEL, Duration.ofSeconds(10), Duration.ofHours(1));

  /**
   * The alerts that stand for these open incidents.
   *
   * @param inUse what a target knows of groups and what is not being ended
   */
  List<Alert> alerts(Collection<Incident> open, Collection<DeliveryState> inUse, Instant now) {
    if (!on) {
      return open.stream().map(Alert::of).toList();
    }
    Map<String, DeliveryState> alertOfIncident = new HashMap<>();
    Map<String, DeliveryState> alertOfGroup = new HashMap<>();
    inUse.stream()
        .sorted(comparing(DeliveryState::pagedAt).thenComparing(DeliveryState::key))
        .forEach(
            it -> {
              it.incidents().forEach(incident -> alertOfIncident.put(incident, it));
              if (it.isFull() || it.pagedAt().plus(repageAfter).isAfter(now)) {
                alertOfGroup.put(it.group(), it);
              }
            });
    Map<DeliveryState, List<Incident>> known = new HashMap<>();
    Map<String, List<Incident>> fresh = new TreeMap<>();
    for (Incident incident : open) {
      String group = by.groupOf(incident);
      DeliveryState alert =
          alertOfIncident.getOrDefault(incident.getIncidentKey(), alertOfGroup.get(group));
      if (alert == null) {
        fresh.computeIfAbsent(group, it -> new ArrayList<>()).add(incident);
      } else {
        known.computeIfAbsent(alert, it -> new ArrayList<>()).add(incident);
      }
    }
    List<Alert> alerts = new ArrayList<>();
    known.forEach((it, members) -> alerts.add(Alert.ofGroup(it.key(), it.group(), members)));
    fresh.forEach(
        (group, members) -> alerts.add(Alert.ofGroup(newKey(group, members), group, members)));
    return alerts;
  }

  /** Begins with the group; the first of its incidents sets it apart from earlier ones. */
  private static String newKey(String group, List<Incident> members) {
    Incident first = members.stream().min(Alert.BY_START).orElseThrow();
    String suffix =
        "/fleet/"
            + first.getStartedAt()
            + "/"
            + Digest.sha256(first.getIncidentKey()).substring(0, SHORT_DIGEST);
    return group.substring(0, Math.min(group.length(), MAX_KEY_LENGTH - suffix.length())) + suffix;
  }
}
