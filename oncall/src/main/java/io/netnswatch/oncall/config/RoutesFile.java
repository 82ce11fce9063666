package io.netnswatch.oncall.config;

import static io.netnswatch.oncall.config.InvalidSettingException.check;

import io.netnswatch.detection.signature.Signature;
import io.netnswatch.detection.signature.Signatures;
import io.netnswatch.oncall.act.ActionPolicy;
import io.netnswatch.oncall.actors.Actor;
import io.netnswatch.oncall.alert.Grouping;
import io.netnswatch.oncall.alert.NotificationPolicy;
import io.netnswatch.oncall.alert.Route;
import io.netnswatch.oncall.targets.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * The file of {@code --routes}: who is told, and of what.
 *
 * @param targets by name
 * @param routes which incidents go to which of them
 * @param actions what is done to hosts, by name; empty unless somebody wants it
 * @param killSwitch a file: while it is there nothing is done to any host; null for none
 */
public record RoutesFile(
    Map<String, NamedTarget> targets,
    List<Route> routes,
    Map<String, NamedAction> actions,
    @Nullable Path killSwitch) {

  /** It becomes a part of keys and of metrics. */
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_.-]{0,62}");

  /**
   * A target and how it is told.
   *
   * @param target its words
   * @param policy when it is told
   */
  public record NamedTarget(Target target, NotificationPolicy policy) {}

  /**
   * An action and when it is done.
   *
   * @param actor who does it
   * @param policy when it is done
   * @param page targets that are told what was held back
   */
  public record NamedAction(Actor actor, ActionPolicy policy, List<String> page) {

    public NamedAction {
      page = List.copyOf(page);
    }
  }

  /**
   * The file as it is written.
   *
   * @param ownKinds kinds of signatures of one's own, which a route may name besides the shipped
   */
  record Written(
      @Nullable GroupingConfig grouping,
      Map<String, TargetConfig> targets,
      List<RouteConfig> routes,
      @Nullable List<String> ownKinds,
      @Nullable Map<String, ActionConfig> actions,
      @Nullable Path killSwitch) {

    Written {
      check(targets != null && !targets.isEmpty(), "targets", "at least one is needed");
      check(routes != null && !routes.isEmpty(), "routes", "at least one is needed");
      ownKinds = ownKinds == null ? List.of() : List.copyOf(ownKinds);
      actions = actions == null ? Map.of() : actions;
    }

    Set<String> kinds() {
      Set<String> kinds = new TreeSet<>(ownKinds == null ? List.of() : ownKinds);
      Signatures.shipped().stream().map(Signature::id).forEach(kinds::add);
      return kinds;
    }
  }

  public RoutesFile {
    targets = Map.copyOf(targets);
    routes = List.copyOf(routes);
    actions = Map.copyOf(actions);
  }

  /** The routes that lead to a target. */
  public List<Route> routesTo(String target) {
    return routes.stream().filter(route -> route.targets().contains(target)).toList();
  }

  /** Reads and checks the file, with the system's clock. */
  public static RoutesFile read(Path file) throws IOException {
    return read(file, InstantSource.system());
  }

  /**
   * Reads and checks the file, and puts in the secrets its values refer to.
   *
   * @param clock for what is done to hosts
   * @throws IOException if it can't be read
   * @throws ConfigException if something is wrong in it; names file, line and key, never a value
   *     that may be secret
   */
  public static RoutesFile read(Path file, InstantSource clock) throws IOException {
    YamlFile yaml = YamlFile.read(file);
    Written written = yaml.bind(Written.class);
    Grouping grouping =
        written.grouping() == null ? Grouping.STANDARD : written.grouping().or(Grouping.STANDARD);
    Map<String, NamedTarget> targets = new TreeMap<>();
    written
        .targets()
        .forEach(
            (name, target) -> {
              checkName(yaml, List.of("targets", name), name);
              if (target == null) {
                throw yaml.wrong(List.of("targets", name), "keys with values are wanted here");
              }
              targets.put(name, new NamedTarget(target.target(), target.policy(grouping)));
            });
    checkRoutes(yaml, written);
    return new RoutesFile(
        targets,
        written.routes().stream().map(RouteConfig::route).toList(),
        actions(yaml, written, clock),
        written.killSwitch());
  }

  private static Map<String, NamedAction> actions(
      YamlFile yaml, Written written, InstantSource clock) {
    Map<String, NamedAction> actions = new TreeMap<>();
    Map<String, ActionConfig> all = written.actions() == null ? Map.of() : written.actions();
    all.forEach(
        (name, action) -> {
          checkName(yaml, List.of("actions", name), name);
          if (action == null) {
            throw yaml.wrong(List.of("actions", name), "keys with values are wanted here");
          }
          ActionPolicy policy = action.when().policy();
          List<String> page = Objects.requireNonNull(action.when().page());
          checkAllKnown(
              yaml, List.of("actions", name, "when", "page"), page, written.targets().keySet());
          checkAllKnown(
              yaml,
              List.of("actions", name, "when", "kinds"),
              List.copyOf(policy.kinds()),
              written.kinds());
          try {
            actions.put(name, new NamedAction(action.actor(clock), policy, page));
          } catch (InvalidSettingException e) {
            throw yaml.wrong(List.of("actions", name, e.key()), String.valueOf(e.getMessage()));
          }
        });
    return actions;
  }

  private static void checkName(YamlFile yaml, List<Object> path, String name) {
    if (!NAME.matcher(name).matches()) {
      throw yaml.wrong(path, "a name like this is wanted here: " + NAME);
    }
  }

  private static void checkRoutes(YamlFile yaml, Written written) {
    for (int i = 0; i < written.routes().size(); i++) {
      RouteConfig route = written.routes().get(i);
      checkAllKnown(
          yaml, List.of("routes", i, "targets"), route.targets(), written.targets().keySet());
      checkAllKnown(
          yaml, List.of("routes", i, "kinds"), List.copyOf(route.route().kinds()), written.kinds());
    }
  }

  private static void checkAllKnown(
      YamlFile yaml, List<Object> path, List<String> names, Set<String> known) {
    for (String name : names) {
      if (!known.contains(name)) {
        String hint =
            path.contains("kinds") ? "; a kind of a signature of your own goes into own-kinds" : "";
        throw yaml.wrong(
            path, name + " is not known" + YamlFile.nearest(name, known.stream()) + hint);
      }
    }
  }
}
