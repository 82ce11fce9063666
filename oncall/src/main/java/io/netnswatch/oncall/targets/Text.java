package io.netnswatch.oncall.targets;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netnswatch.oncall.alert.Alert;
import io.netnswatch.schema.Cause;
import io.netnswatch.schema.Culprit;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.WaitStep;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Words that several targets use. */
final class Text {

  private static final int MAX_HOSTS = 200;

  private Text() {}

  /** At most so many characters; what is cut off is marked. */
  static String atMost(int length, String text) {
    return text.length() <= length ? text : text.substring(0, length - 1) + "…";
  }

  /** The hosts concerned, separated by commas; the first {@value #MAX_HOSTS} by name. */
  static String hosts(Alert alert) {
    List<String> names = hostNames(alert);
    String listed = names.stream().limit(MAX_HOSTS).collect(Collectors.joining(", "));
    return names.size() <= MAX_HOSTS
        ? listed
        : listed + " and " + (names.size() - MAX_HOSTS) + " more";
  }

  static List<String> hostNames(Alert alert) {
    return alert.incidents().stream().map(Incident::getHost).distinct().toList();
  }

  /** The incident that speaks for all; empty if none is known. */
  static Optional<Incident> speaker(Alert alert) {
    return alert.incidents().stream()
        .filter(incident -> incident.getSeverity() == alert.severity())
        .findFirst()
        .or(() -> alert.incidents().stream().findFirst());
  }

  /** What happens and what to do, in words; empty if nothing is known. */
  static String description(Alert alert) {
    return alert.note() != null
        ? alert.note()
        : speaker(alert).map(Incident::getDescription).orElse("");
  }

  /** Cause, fix, options and chain of waits; fields that have nothing to say are left out. */
  static Map<String, String> cause(Incident incident) {
    Map<String, String> fields = new LinkedHashMap<>();
    Cause cause = incident.getCause();
    if (cause != null) {
      fields.put("cause", cause.getCauseId() + ": " + cause.getSummary());
      fields.put("fix", Objects.requireNonNullElse(cause.getFix(), ""));
      fields.put("options", String.join("\n", cause.getOptions()));
    }
    Culprit culprit = incident.getCulprit();
    if (culprit != null) {
      fields.put("culprit", culprit(culprit));
    }
    fields.put(
        "wait_chain",
        incident.getWaitChain().stream().map(Text::waiting).collect(Collectors.joining(" -> ")));
    fields.put(
        "blocked_count",
        incident.getBlockedCount() == null ? "" : incident.getBlockedCount().toString());
    fields.values().removeIf(String::isEmpty);
    return fields;
  }

  private static String culprit(Culprit it) {
    return it.getComm()
        + " (pid "
        + it.getPid()
        + ")"
        + (it.getKernelFunction() == null ? "" : " in " + it.getKernelFunction())
        + (it.getSubsystem() == null ? "" : ", " + it.getSubsystem());
  }

  private static String waiting(WaitStep it) {
    return (it.getComm() == null ? it.getTaskRole().toLowerCase(Locale.ROOT) : it.getComm())
        + (it.getPid() == null ? "" : " (pid " + it.getPid() + ")")
        + (it.getInFunction() == null ? "" : " in " + it.getInFunction())
        + (it.getWaitsFor() == null ? "" : " waits for " + it.getWaitsFor());
  }

  /** Whether on-call tools can make a link of it. */
  static boolean isLink(@Nullable String url) {
    return url != null && (url.startsWith("http://") || url.startsWith("https://"));
  }

  /** Sets a field that has something to say. */
  static void put(ObjectNode object, String name, @Nullable Object value) {
    if (value != null && !value.toString().isEmpty()) {
      object.put(name, value.toString());
    }
  }
}
