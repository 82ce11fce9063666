package io.netnswatch.oncall.alert;

import static java.util.Comparator.comparing;
import static java.util.Comparator.naturalOrder;

import io.netnswatch.schema.Incident;
import io.netnswatch.schema.Severity;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a target should show: one incident, or those of one group as one.
 *
 * @param key the same from the first telling to the last; at most 255 characters
 * @param group what the incidents have in common, e.g. their {@code incident_group}
 * @param grouped whether it stands for a group
 * @param version changes whenever the target should be told again
 * @param severity the worst of its incidents'
 * @param title one line
 * @param startedAt when the first of its incidents began
 * @param updatedAt when it came to be as it is
 * @param endedAt when the last of them ended; null while it fires
 * @param incidents the latest steps, by host; empty if no more is known than the rest
 * @param note what is to be said in place of an incident's description; null for that
 */
public record Alert(
    String key,
    String group,
    boolean grouped,
    String version,
    Severity severity,
    String title,
    Instant startedAt,
    Instant updatedAt,
    @Nullable Instant endedAt,
    List<Incident> incidents,
    @Nullable String note) {

  static final Comparator<Incident> BY_HOST =
      comparing(Incident::getHost).thenComparing(Incident::getIncidentKey);

  static final Comparator<Incident> BY_START =
      comparing(Incident::getStartedAt).thenComparing(Incident::getIncidentKey);

  public Alert {
    incidents = List.copyOf(incidents);
  }

  /** One open incident. */
  static Alert of(Incident open) {
    return firing(open.getIncidentKey(), open.getIncidentGroup(), false, List.of(open));
  }

  /** Open incidents of one group; at least one. */
  static Alert ofGroup(String key, String group, List<Incident> open) {
    return firing(key, group, true, open.stream().sorted(BY_HOST).toList());
  }

  private static Alert firing(String key, String group, boolean grouped, List<Incident> open) {
    Incident worst =
        open.stream().min(comparing(Incident::getSeverity).thenComparing(BY_START)).orElseThrow();
    return new Alert(
        key,
        group,
        grouped,
        news(open),
        worst.getSeverity(),
        title(open, worst),
        open.stream().map(Incident::getStartedAt).min(naturalOrder()).orElseThrow(),
        open.stream().map(Incident::getUpdatedAt).max(naturalOrder()).orElseThrow(),
        null,
        open,
        null);
  }

  /** The incident's own names host and culprit; the cause is added, if all have the same. */
  private static String title(List<Incident> open, Incident worst) {
    Set<String> causes =
        open.stream()
            .map(it -> it.getCause() == null ? "" : it.getCause().getCauseId())
            .collect(Collectors.toSet());
    String cause =
        causes.size() > 1 || causes.contains("") ? "" : " (" + causes.iterator().next() + ")";
    return open.size() == 1
        ? worst.getTitle() + cause
        : open.size() + " hosts" + cause + ", e.g. " + worst.getTitle();
  }

  /** What a target knows already, and no more is known here: the latest record is unreadable. */
  static Alert held(DeliveryState told) {
    return new Alert(
        told.key(),
        told.group(),
        told.grouped(),
        told.version(),
        told.severity(),
        told.title(),
        told.startedAt(),
        told.at(),
        null,
        List.of(),
        null);
  }

  /**
   * The end of what a target knows.
   *
   * @param last the last steps of its incidents that are still known
   * @param now the end, if they do not say
   */
  static Alert ended(DeliveryState told, List<Incident> last, Instant now) {
    Instant end =
        last.stream()
            .map(Incident::getEndedAt)
            .filter(ended -> ended != null && !ended.isAfter(now))
            .max(naturalOrder())
            .orElse(now);
    return new Alert(
        told.key(),
        told.group(),
        told.grouped(),
        told.version(),
        told.severity(),
        told.title(),
        told.startedAt(),
        now,
        end.isBefore(told.startedAt()) ? told.startedAt() : end,
        last.stream().sorted(BY_HOST).toList(),
        null);
  }

  /** Whether it is not over. */
  public boolean firing() {
    return endedAt == null;
  }

  /** Who is in it, how bad and how sure it is, and who is silent: what else changes is no news. */
  private static String news(List<Incident> incidents) {
    StringBuilder said = new StringBuilder();
    for (Incident incident : incidents) {
      said.append(incident.getIncidentKey())
          .append(' ')
          .append(incident.getSeverity())
          .append(' ')
          .append(incident.getConfidence())
          .append(' ')
          .append(incident.getStatus())
          .append(incident.getNoData() ? " silent\n" : "\n");
    }
    return Digest.sha256(said.toString());
  }
}
