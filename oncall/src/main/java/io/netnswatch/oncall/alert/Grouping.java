package io.netnswatch.oncall.alert;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import io.netnswatch.schema.Incident;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The fleet view of an outage: whether incidents of one group, that is of one kind and kernel
 * release, are one alert.
 *
 * @param on whether they are
 * @param window how long the first page of a group waits for more hosts, and how far apart its
 *     updates are at least
 */
public record Grouping(boolean on, Duration window) {

  private static final int MAX_KEY_LENGTH = 255;
  private static final int SHORT_DIGEST = 8;

  /** Each incident is an alert of its own. */
  public static final Grouping OFF = new Grouping(false, Duration.ZERO);

  /**
   * The alerts that stand for these open incidents.
   *
   * @param keyInUse of a group: the key under which a target knows it already; null if it does not
   */
  List<Alert> alerts(Collection<Incident> open, Function<String, @Nullable String> keyInUse) {
    if (!on) {
      return open.stream().map(Alert::of).toList();
    }
    Map<String, List<Incident>> groups =
        open.stream().collect(groupingBy(Incident::getIncidentGroup, TreeMap::new, toList()));
    List<Alert> alerts = new ArrayList<>();
    groups.forEach(
        (group, members) -> {
          String key = keyInUse.apply(group);
          alerts.add(Alert.ofGroup(key == null ? newKey(group, members) : key, members));
        });
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
