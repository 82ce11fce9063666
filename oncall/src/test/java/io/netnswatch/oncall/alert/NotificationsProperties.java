package io.netnswatch.oncall.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.command.Backoff;
import io.netnswatch.oncall.TestIncidents;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Whatever fails, crashes or gets lost, in any order: no resolve comes before its trigger or is
 * lost, nothing is told of an alert after its end, and in the end the target knows exactly what is
 * open.
 */
class NotificationsProperties {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration MUCH = Duration.ofHours(1);
  private static final List<Route> ALL =
      List.of(new Route(Set.of(), Severity.INFO, List.of(), List.of("target")));

  private static final Grouping GROUPED =
      new Grouping(true, Grouping.By.KERNEL, Duration.ofSeconds(5), Duration.ofHours(1));
  private static final Grouping PAGED_AGAIN =
      new Grouping(true, Grouping.By.KERNEL, Duration.ofSeconds(5), Duration.ofSeconds(30));

  private enum Event {
    OPENS,
    RECOVERS,
    ENDS,
    TIME_PASSES,
    ACCEPTED,
    ACCEPTED_UNHEARD,
    UNANSWERED,
    TURNED_AWAY,
    CRASH,
    CRASH_BEFORE_DURABLE,
    CRASH_BEFORE_SENDING,
    CRASH_BEFORE_REMEMBERING
  }

  private record Happening(Event event, int host) {}

  @Provide
  Arbitrary<List<Happening>> happenings() {
    return Combinators.combine(Arbitraries.of(Event.class), Arbitraries.integers().between(0, 3))
        .as(Happening::new)
        .list()
        .ofMinSize(5)
        .ofMaxSize(60);
  }

  @Property(tries = 1_000)
  void eachIncidentAlone(@ForAll("happenings") List<Happening> happenings) {
    check(happenings, Grouping.OFF, Duration.ZERO, Duration.ZERO, 1);
  }

  @Property(tries = 1_000)
  void grouped(@ForAll("happenings") List<Happening> happenings) {
    check(happenings, GROUPED, Duration.ZERO, Duration.ZERO, 1);
  }

  @Property(tries = 1_000)
  void groupedAndPagedAgain(@ForAll("happenings") List<Happening> happenings) {
    check(happenings, PAGED_AGAIN, Duration.ZERO, Duration.ZERO, 1);
  }

  @Property(tries = 1_000)
  void repeatedInBatches(@ForAll("happenings") List<Happening> happenings) {
    check(happenings, GROUPED, Duration.ofMinutes(1), Duration.ofMinutes(15), 8);
  }

  private static void check(
      List<Happening> happenings,
      Grouping grouping,
      Duration repeat,
      Duration repeatResolved,
      int batch) {
    World world =
        new World(
            new NotificationPolicy(
                grouping,
                new RepeatPolicy(repeat, repeatResolved),
                new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30)),
                null,
                batch));
    happenings.forEach(world::let);
    world.heal();
    assertThat(world.receiver.firing()).isEqualTo(world.openKeys());
  }

  /** A bridge that crashes, what it has made durable, and a target that is told by it. */
  private static final class World {

    private final NotificationPolicy policy;
    private final OpenIncidents openIncidents = new OpenIncidents();
    private final Map<Integer, Incident> open = new TreeMap<>();
    private final Map<String, DeliveryState> durable = new HashMap<>();
    private final Receiver receiver = new Receiver();
    private Instant now = START;
    private Notifications notifications;

    World(NotificationPolicy policy) {
      this.policy = policy;
      this.notifications = new Notifications(policy, durable, now);
    }

    void let(Happening it) {
      now = now.plusMillis(100);
      switch (it.event()) {
        case OPENS -> {
          if (!open.containsKey(it.host())) {
            publish(it.host(), TestIncidents.opened("host-" + it.host(), now));
          }
        }
        case RECOVERS -> {
          if (open.containsKey(it.host())) {
            publish(it.host(), TestIncidents.recovering(open.get(it.host()), now));
          }
        }
        case ENDS -> {
          if (open.containsKey(it.host())) {
            Incident last = TestIncidents.resolved(open.remove(it.host()), now);
            openIncidents.apply(last.getIncidentKey(), last);
          }
        }
        case TIME_PASSES -> now = now.plusSeconds(20);
        default -> tell(it.event());
      }
    }

    private void publish(int host, Incident step) {
      open.put(host, step);
      openIncidents.apply(step.getIncidentKey(), step);
    }

    private boolean tell(Event event) {
      Plan plan = notifications.plan(openIncidents, ALL, now);
      remember(notifications.forget(plan.forget()));
      if (event == Event.CRASH) {
        crash();
        return true;
      }
      if (plan.due().isEmpty()) {
        return false;
      }
      List<Step> steps = plan.due().subList(0, Math.min(policy.batch(), plan.due().size()));
      List<Change> begun = notifications.begin(steps, alert -> Map.of(), now);
      if (event == Event.CRASH_BEFORE_DURABLE) {
        keepAlive();
        crash();
        return true;
      }
      remember(begun);
      switch (event) {
        case ACCEPTED -> {
          receiver.receive(steps);
          remember(notifications.accepted(steps, now));
        }
        case ACCEPTED_UNHEARD -> {
          receiver.receive(steps);
          remember(notifications.failed(steps, true, Duration.ZERO, 0.5, now));
        }
        case UNANSWERED -> remember(notifications.failed(steps, true, Duration.ZERO, 0.5, now));
        case TURNED_AWAY ->
            remember(notifications.failed(steps, false, Duration.ofSeconds(3), 0.5, now));
        case CRASH_BEFORE_REMEMBERING -> {
          receiver.receive(steps);
          crash();
        }
        default -> crash();
      }
      return true;
    }

    private void remember(List<Change> changes) {
      if (!changes.isEmpty()) {
        keepAlive();
      }
      for (Change change : changes) {
        if (change.told() == null) {
          durable.remove(change.key());
        } else {
          durable.put(change.key(), change.told());
        }
      }
    }

    /** What happens while a change waits to be durable. */
    private void keepAlive() {
      List<Step> steps = notifications.keepAlive(openIncidents, ALL, List.of(), now);
      if (!steps.isEmpty()) {
        assertThat(notifications.begin(steps, alert -> Map.of(), now)).isEmpty();
        receiver.receive(steps);
        assertThat(notifications.accepted(steps, now)).isEmpty();
      }
    }

    private void crash() {
      notifications = new Notifications(policy, durable, now);
    }

    /** From now on nothing fails, until everything has been said. */
    void heal() {
      for (int round = 0; round < 3; round++) {
        now = now.plus(MUCH);
        int requests = 0;
        while (tell(Event.ACCEPTED)) {
          assertThat(++requests).as("requests in a round").isLessThan(200);
        }
      }
    }

    Set<String> openKeys() {
      Set<String> keys = new TreeSet<>();
      open.values().forEach(incident -> keys.add(incident.getIncidentKey()));
      return keys;
    }
  }

  /** Insists on the order. */
  private static final class Receiver {

    private final Map<String, Alert> known = new HashMap<>();
    private final Set<String> ended = new HashSet<>();

    void receive(List<Step> steps) {
      for (Step step : steps) {
        Alert alert = step.alert();
        if (alert.firing()) {
          assertThat(ended).as("told of after its end").doesNotContain(alert.key());
          if (step.action() != Action.TRIGGER) {
            assertThat(known).as("%s before its trigger", step.action()).containsKey(alert.key());
          }
          known.put(alert.key(), alert);
        } else {
          assertThat(known).as("resolved before its trigger").containsKey(alert.key());
          ended.add(alert.key());
        }
      }
    }

    /** Keys of the incidents that it takes for open. */
    Set<String> firing() {
      Set<String> firing = new TreeSet<>();
      known.forEach(
          (key, alert) -> {
            if (!ended.contains(key)) {
              alert.incidents().forEach(incident -> firing.add(incident.getIncidentKey()));
            }
          });
      return firing;
    }
  }
}
