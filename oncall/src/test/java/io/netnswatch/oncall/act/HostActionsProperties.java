package io.netnswatch.oncall.act;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.command.Backoff;
import io.netnswatch.command.HostPattern;
import io.netnswatch.oncall.TestIncidents;
import io.netnswatch.oncall.alert.OpenIncidents;
import io.netnswatch.schema.ActionPhase;
import io.netnswatch.schema.Confidence;
import io.netnswatch.schema.HostAction;
import io.netnswatch.schema.Incident;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/**
 * Whatever fails, crashes or is done by hand, in any order: no action is done twice for an
 * incident, none is forgotten, none is taken back that was not ours, never are more hosts out than
 * the limit says, and each incident was acted on or people were told why not.
 */
class HostActionsProperties {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final int LIMIT = 2;
  private static final ActionPolicy POLICY =
      new ActionPolicy(
          ActionMode.ACT,
          Set.of(TestIncidents.KIND),
          Set.of(ActionPolicy.ANY_CAUSE),
          Set.of(Confidence.CONFIRMED),
          List.of(new HostPattern("*")),
          true,
          Duration.ofSeconds(30),
          List.of(new ActionLimit(LIMIT, Duration.ofMinutes(1), List.of(), "2 hosts")));

  private enum Event {
    OPENS,
    ENDS,
    TIME_PASSES,
    CORDONED_BY_HAND,
    UNCORDONED_BY_HAND,
    DONE,
    DONE_UNHEARD,
    API_DOWN,
    CRASH_BEFORE_DURABLE,
    CRASH_BEFORE_DOING,
    CRASH_BEFORE_REMEMBERING,
    KILL_SWITCH,
    CRASH
  }

  private record Happening(Event event, int host) {}

  @Provide
  Arbitrary<List<Happening>> happenings() {
    return Combinators.combine(Arbitraries.of(Event.class), Arbitraries.integers().between(0, 4))
        .as(Happening::new)
        .list()
        .ofMinSize(5)
        .ofMaxSize(80);
  }

  @Property(tries = 3_000)
  void whateverHappens(@ForAll("happenings") List<Happening> happenings) {
    World world = new World();
    happenings.forEach(world::let);
    world.heal();
    world.assertNothingIsForgotten();
  }

  /** A bridge that crashes, what it has made durable, and hosts that people touch as well. */
  private static final class World {

    private final OpenIncidents incidents = new OpenIncidents();
    private final Map<Integer, Incident> open = new TreeMap<>();
    private final List<HostAction> durable = new ArrayList<>();

    /** By host: which incident's action cordoned it, or "hand". */
    private final Map<String, String> cordonedBy = new HashMap<>();

    private final Set<String> actedOn = new HashSet<>();
    private Instant now = START;
    private HostActions actions = restarted();

    private HostActions restarted() {
      Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));
      return new HostActions("nodes", "cordon", POLICY, backoff, durable);
    }

    void let(Happening it) {
      now = now.plusMillis(100);
      String host = "host-" + it.host();
      switch (it.event()) {
        case OPENS -> {
          if (!open.containsKey(it.host())) {
            Incident opened = TestIncidents.opened(host, now);
            open.put(it.host(), opened);
            incidents.apply(opened.getIncidentKey(), opened);
          }
        }
        case ENDS -> {
          if (open.containsKey(it.host())) {
            Incident last = TestIncidents.resolved(open.remove(it.host()), now);
            incidents.apply(last.getIncidentKey(), last);
          }
        }
        case TIME_PASSES -> now = now.plusSeconds(20);
        case CORDONED_BY_HAND -> cordonedBy.put(host, "hand");
        case UNCORDONED_BY_HAND -> cordonedBy.remove(host);
        case CRASH -> actions = restarted();
        case KILL_SWITCH -> {
          ActionPlan stopped = actions.plan(incidents, true, now);
          assertThat(stopped.due()).isEmpty();
          assertThat(stopped.notes()).isEmpty();
        }
        default -> turn(it.event());
      }
    }

    private boolean turn(Event event) {
      ActionPlan plan = actions.plan(incidents, false, now);
      if (!plan.notes().isEmpty()) {
        if (event == Event.CRASH_BEFORE_DURABLE) {
          actions = restarted();
          return true;
        }
        durable.addAll(plan.notes());
        actions.noted(plan.notes());
      }
      if (plan.due().isEmpty()) {
        return !plan.notes().isEmpty();
      }
      ActionStep step = plan.due().get(0);
      List<HostAction> before = actions.begin(step);
      if (event == Event.CRASH_BEFORE_DURABLE) {
        actions = restarted();
        return true;
      }
      durable.addAll(before);
      switch (event) {
        case DONE -> durable.addAll(actions.tried(step, perform(step), 0.5, now));
        case DONE_UNHEARD -> {
          perform(step);
          durable.addAll(
              actions.tried(step, new ActionOutcome.Later(Duration.ZERO, "lost"), 0.5, now));
        }
        case API_DOWN ->
            durable.addAll(
                actions.tried(step, new ActionOutcome.Later(Duration.ZERO, "down"), 0.5, now));
        case CRASH_BEFORE_REMEMBERING -> {
          perform(step);
          actions = restarted();
        }
        default -> actions = restarted();
      }
      return true;
    }

    /** As a node does it: what is set bears the name of the incident it was set for. */
    private ActionOutcome perform(ActionStep step) {
      String host = step.action().getHost();
      String key = step.action().getIncidentKey();
      @Nullable String by = cordonedBy.get(host);
      if (step.action().getPhase() == ActionPhase.APPLYING) {
        if (key.equals(by)) {
          return new ActionOutcome.Done(List.of("cordon"), null);
        }
        if (by != null) {
          return new ActionOutcome.NotOurs("by hand");
        }
        if (step.isWritten() && actedOn.contains(key)) {
          return new ActionOutcome.NotOurs("taken back by hand"); // the node remembers the incident
        }
        assertThat(actedOn.add(key)).as("once for %s", key).isTrue();
        cordonedBy.put(host, key);
        assertThat(cordonedBy.values().stream().filter(it -> !it.equals("hand")))
            .as("hosts out")
            .hasSizeLessThanOrEqualTo(LIMIT);
        return new ActionOutcome.Done(List.of("cordon"), null);
      }
      if (!key.equals(by)) {
        return new ActionOutcome.NotOurs("not as it was left");
      }
      cordonedBy.remove(host);
      return new ActionOutcome.Done(List.of(), null);
    }

    /** From now on nothing fails, until everything is done. */
    void heal() {
      for (int round = 0; round < 4; round++) {
        int turns = 0;
        while (turn(Event.DONE)) {
          assertThat(++turns).as("turns in a round").isLessThan(100);
        }
        now = now.plus(Duration.ofHours(1));
      }
    }

    void assertNothingIsForgotten() {
      Set<String> decided = new HashSet<>();
      durable.forEach(it -> decided.add(it.getIncidentKey()));
      for (Incident incident : open.values()) {
        boolean isOut =
            durable.stream()
                .filter(it -> it.getHost().equals(incident.getHost()))
                .reduce((a, b) -> b)
                .map(it -> it.getPhase() == ActionPhase.APPLIED)
                .orElse(false);
        assertThat(decided.contains(incident.getIncidentKey()) || isOut)
            .as("%s was decided on", incident.getIncidentKey())
            .isTrue();
      }
      cordonedBy.forEach(
          (host, by) ->
              assertThat(
                      by.equals("hand")
                          || open.values().stream().anyMatch(it -> it.getHost().equals(host)))
                  .as("%s is not left cordoned by %s", host, by)
                  .isTrue());
    }
  }
}
