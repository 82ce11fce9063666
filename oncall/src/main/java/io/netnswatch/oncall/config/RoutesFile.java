package io.netnswatch.oncall.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.netnswatch.oncall.alert.Grouping;
import io.netnswatch.oncall.alert.HostGlob;
import io.netnswatch.oncall.alert.Patience;
import io.netnswatch.oncall.alert.RateLimit;
import io.netnswatch.oncall.alert.Route;
import io.netnswatch.oncall.alert.Terms;
import io.netnswatch.oncall.targets.Alertmanager;
import io.netnswatch.oncall.targets.PagerDuty;
import io.netnswatch.oncall.targets.Signature;
import io.netnswatch.oncall.targets.Target;
import io.netnswatch.oncall.targets.Webhook;
import io.netnswatch.schema.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigException;

/**
 * The file of {@code --routes}: who is told, and of what. Keys that are not known are refused.
 *
 * @param targets by name
 * @param routes which incidents go to which of them
 */
public record RoutesFile(Map<String, NamedTarget> targets, List<Route> routes) {

  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /** It becomes a part of keys and of metrics. */
  private static final Pattern TARGET_NAME = Pattern.compile("[a-z0-9][a-z0-9_.-]{0,62}");

  private static final Pattern LABEL_NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");

  private static final Duration DEFAULT_WINDOW = Duration.ofSeconds(10);
  private static final Duration DEFAULT_REPEAT = Duration.ofMinutes(1);

  /** As long as Prometheus repeats what is resolved. */
  private static final Duration REPEAT_RESOLVED = Duration.ofMinutes(15);

  /** A firing alert outlives so many tellings that fail. */
  private static final int MISSED_REPEATS = 10;

  private static final Duration BACK_OFF = Duration.ofSeconds(1);
  private static final Duration BACK_OFF_AT_MOST = Duration.ofMinutes(2);
  private static final int ALERTS_PER_REQUEST = 64;

  /**
   * A target and how it is told.
   *
   * @param target its words
   * @param terms when it is told
   */
  public record NamedTarget(Target target, Terms terms) {}

  public RoutesFile {
    targets = Map.copyOf(targets);
    routes = List.copyOf(routes);
  }

  /** The routes that lead to a target. */
  public List<Route> routesTo(String target) {
    return routes.stream().filter(route -> route.targets().contains(target)).toList();
  }

  /**
   * Reads and checks the file, and puts in the secrets its values refer to.
   *
   * @throws IOException if it can't be read
   * @throws ConfigException if something is wrong in it; names file and key, never a value that may
   *     be secret
   */
  public static RoutesFile read(Path file) throws IOException {
    Section root = new Section(file, "", parse(file));
    root.onlyKeys("grouping", "targets", "routes");
    Grouping grouping =
        root.section("grouping")
            .map(it -> grouping(it, new Grouping(true, DEFAULT_WINDOW)))
            .orElse(new Grouping(true, DEFAULT_WINDOW));
    Map<String, NamedTarget> targets = new TreeMap<>();
    Section named =
        root.section("targets").orElseThrow(() -> root.wrong("targets", "at least one is needed"));
    for (String name : named.keys()) {
      if (!TARGET_NAME.matcher(name).matches()) {
        throw named.wrong(name, "a name of a target looks like " + TARGET_NAME);
      }
      Section target =
          named.section(name).orElseThrow(() -> named.wrong(name, "the target is empty"));
      targets.put(name, target(target, grouping));
    }
    List<Route> routes = new ArrayList<>();
    for (Section route : root.list("routes")) {
      routes.add(route(route, targets.keySet()));
    }
    if (targets.isEmpty() || routes.isEmpty()) {
      throw root.wrong(targets.isEmpty() ? "targets" : "routes", "at least one is needed");
    }
    return new RoutesFile(targets, routes);
  }

  private static JsonNode parse(Path file) throws IOException {
    String text = Files.readString(file);
    try {
      JsonNode root = YAML.readTree(text);
      if (root != null && root.isObject()) {
        return root;
      }
    } catch (JsonProcessingException e) {
      String where = e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr();
      throw new ConfigException(file + where + ": " + e.getOriginalMessage());
    }
    throw new ConfigException(file + ": there are no settings in it");
  }

  private static NamedTarget target(Section section, Grouping grouping) {
    String type = section.needed("type");
    return switch (type) {
      case "alertmanager" -> alertmanager(section, grouping);
      case "pagerduty" -> pagerDuty(section, grouping);
      case "webhook" -> webhook(section, grouping);
      default -> throw section.wrong("type", "alertmanager, pagerduty or webhook, not " + type);
    };
  }

  private static NamedTarget alertmanager(Section section, Grouping grouping) {
    section.onlyKeys("type", "url", "authorization", "labels", "repeat", "grouping", "rate-limit");
    Duration repeat = section.duration("repeat").orElse(DEFAULT_REPEAT);
    if (repeat.compareTo(Duration.ofSeconds(1)) < 0 || repeat.compareTo(REPEAT_RESOLVED) > 0) {
      throw section.wrong("repeat", "from 1s to 15m");
    }
    Map<String, String> labels = section.texts("labels");
    labels.keySet().stream()
        .filter(name -> !LABEL_NAME.matcher(name).matches())
        .forEach(
            name -> {
              throw section.wrong("labels." + name, "not a name of a label");
            });
    return new NamedTarget(
        new Alertmanager(
            section.url("url").orElseThrow(() -> section.wrong("url", "is needed")),
            section.text("authorization").orElse(null),
            labels,
            repeat.multipliedBy(MISSED_REPEATS)),
        terms(section, grouping, repeat, REPEAT_RESOLVED, ALERTS_PER_REQUEST));
  }

  private static NamedTarget pagerDuty(Section section, Grouping grouping) {
    section.onlyKeys("type", "url", "routing-key", "grouping", "rate-limit");
    String key = section.needed("routing-key");
    if (key.length() != PagerDuty.ROUTING_KEY_LENGTH) {
      throw section.wrong("routing-key", "it has 32 characters, this one " + key.length());
    }
    return new NamedTarget(
        new PagerDuty(section.url("url").orElse(PagerDuty.DEFAULT_URL), key),
        terms(section, grouping, Duration.ZERO, Duration.ZERO, 1));
  }

  private static NamedTarget webhook(Section section, Grouping grouping) {
    section.onlyKeys("type", "url", "authorization", "secret", "grouping", "rate-limit");
    try {
      return new NamedTarget(
          new Webhook(
              section.url("url").orElseThrow(() -> section.wrong("url", "is needed")),
              section.text("authorization").orElse(null),
              section.text("secret").map(Signature::new).orElse(null)),
          terms(section, grouping, Duration.ZERO, Duration.ZERO, 1));
    } catch (IllegalArgumentException e) {
      throw section.wrong("secret", "behind whsec_ there must be base64");
    }
  }

  private static Terms terms(
      Section section, Grouping grouping, Duration repeat, Duration repeatResolved, int batch) {
    return new Terms(
        section.section("grouping").map(it -> grouping(it, grouping)).orElse(grouping),
        new Patience(repeat, repeatResolved, BACK_OFF, BACK_OFF_AT_MOST),
        section.section("rate-limit").map(RoutesFile::rateLimit).orElse(null),
        batch);
  }

  private static Grouping grouping(Section section, Grouping otherwise) {
    section.onlyKeys("enabled", "window");
    return section.flag("enabled").orElse(otherwise.on())
        ? new Grouping(true, section.duration("window").orElse(otherwise.window()))
        : Grouping.OFF;
  }

  private static RateLimit rateLimit(Section section) {
    section.onlyKeys("per-minute", "burst");
    try {
      int perMinute = section.number("per-minute");
      return new RateLimit(perMinute, section.has("burst") ? section.number("burst") : perMinute);
    } catch (IllegalArgumentException e) {
      throw section.wrong("per-minute", "and burst must be at least 1");
    }
  }

  private static Route route(Section section, Set<String> targets) {
    section.onlyKeys("kinds", "severity", "hosts", "targets");
    List<String> to = section.strings("targets");
    if (to.isEmpty()) {
      throw section.wrong("targets", "at least one is needed");
    }
    for (String target : to) {
      if (!targets.contains(target)) {
        throw section.wrong("targets", "there is no target " + target + "; there is " + targets);
      }
    }
    return new Route(
        Set.copyOf(section.strings("kinds")),
        section.text("severity").map(it -> severity(section, it)).orElse(Severity.INFO),
        section.strings("hosts").stream().map(HostGlob::new).toList(),
        to);
  }

  private static Severity severity(Section section, String name) {
    return Stream.of(Severity.values())
        .filter(it -> it.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(() -> section.wrong("severity", "one of " + List.of(Severity.values())));
  }
}
