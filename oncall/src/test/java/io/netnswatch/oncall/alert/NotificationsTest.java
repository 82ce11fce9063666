package io.netnswatch.oncall.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.netnswatch.command.Backoff;
import io.netnswatch.oncall.TestIncidents;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NotificationsTest {

  private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");
  private static final List<Route> ALL =
      List.of(new Route(Set.of(), Severity.INFO, List.of(), List.of("target")));
  private static final RepeatPolicy PAGER = RepeatPolicy.NEVER;
  private static final RepeatPolicy ALERTMANAGER =
      new RepeatPolicy(Duration.ofMinutes(1), Duration.ofMinutes(15));
  private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(2));
  private static final Grouping GROUPED =
      new Grouping(true, Grouping.By.KERNEL, Duration.ofSeconds(10), Duration.ofHours(1));

  private final OpenIncidents openIncidents = new OpenIncidents();
  private final Map<String, DeliveryState> durable = new HashMap<>();

  @Test
  void fiftyHostsAreOnePageThatListsThemAndFollowsThem() {
    Notifications pager = notifications(GROUPED, PAGER, null);
    List<Incident> fifty = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      fifty.add(open("host-%02d".formatted(i), T0.plusMillis(i)));
    }

    // The first page waits for more hosts, then names them all
    assertThat(pager.plan(openIncidents, ALL, T0).due()).isEmpty();
    assertThat(pager.plan(openIncidents, ALL, T0).wakeAt()).isEqualTo(T0.plusSeconds(10));
    List<Step> page = tellAll(pager, T0.plusSeconds(10));
    assertThat(page).extracting(Step::action).containsExactly(Action.TRIGGER);
    assertThat(page.get(0).alert().incidents()).hasSize(50);
    assertThat(page.get(0).alert().title())
        .startsWith("50 hosts, e.g. Namespace cleanup on host-00");

    // One joins, most leave: one update, not before the window has passed
    open("host-late", T0.plusSeconds(11));
    fifty.subList(1, 50).forEach(incident -> end(incident, T0.plusSeconds(12)));
    assertThat(tellAll(pager, T0.plusSeconds(13))).isEmpty();
    List<Step> update = tellAll(pager, T0.plusSeconds(20));
    assertThat(update).extracting(Step::action).containsExactly(Action.UPDATE);
    assertThat(update.get(0).alert().key()).isEqualTo(page.get(0).alert().key());
    assertThat(update.get(0).alert().incidents())
        .extracting(Incident::getHost)
        .containsExactly("host-00", "host-late");

    // The last one ends: so does the page
    openIncidents.open(ALL).forEach(incident -> end(incident, T0.plusSeconds(30)));
    List<Step> resolve = tellAll(pager, T0.plusSeconds(31));
    assertThat(resolve).extracting(Step::action).containsExactly(Action.RESOLVE);
    assertThat(resolve.get(0).alert().endedAt()).isEqualTo(T0.plusSeconds(30));
    assertThat(durable).isEmpty();

    // Another outage of the group is another page
    open("host-00", T0.plusSeconds(60));
    assertThat(tellAll(pager, T0.plusSeconds(61))).isEmpty();
    List<Step> again = tellAll(pager, T0.plusSeconds(80));
    assertThat(again).extracting(Step::action).containsExactly(Action.TRIGGER);
    assertThat(again.get(0).alert().key()).isNotEqualTo(page.get(0).alert().key());
  }

  /** Somebody has acknowledged the old page, and sleeps: an update of it would wake nobody. */
  @Test
  void aHostThatJoinsAPageThatIsOldIsAPageOfItsOwn() {
    // Given
    Notifications pager = notifications(GROUPED, PAGER, null);
    open("first", T0);
    pager.plan(openIncidents, ALL, T0);
    List<Step> page = tellAll(pager, T0.plusSeconds(10));
    assertThat(page).extracting(Step::action).containsExactly(Action.TRIGGER);
    Instant paged = T0.plusSeconds(10);

    // When: one joins just before the page is too old, and one after
    open("in-time", paged.plus(GROUPED.repageAfter()).minusSeconds(2));
    List<Step> joined = tellAll(pager, paged.plus(GROUPED.repageAfter()).minusSeconds(1));
    Instant late = paged.plus(GROUPED.repageAfter()).plusSeconds(1);
    open("too-late", late);
    pager.plan(openIncidents, ALL, late);
    List<Step> again = tellAll(pager, late.plus(GROUPED.window()));

    // Then
    assertThat(joined).extracting(Step::action).containsExactly(Action.UPDATE);
    assertThat(again).extracting(Step::action).containsExactly(Action.TRIGGER);
    assertThat(again.get(0).alert().key()).isNotEqualTo(page.get(0).alert().key());
    assertThat(again.get(0).alert().incidents())
        .extracting(Incident::getHost)
        .containsExactly("too-late");
  }

  @Test
  void whatNobodyWasToldOfNobodyIsPagedForOnceItIsOver() {
    // Given: the target turns the trigger away
    Notifications pager = notifications(Grouping.OFF, PAGER, null);
    Incident incident = open("a", T0);
    List<Step> steps = pager.plan(openIncidents, ALL, T0).due();
    remember(pager.begin(steps, alert -> Map.of(), T0));
    assertThat(durable.values()).extracting(DeliveryState::phase).containsExactly(Phase.TRIGGERING);
    remember(pager.failed(steps, false, Duration.ZERO, 1, T0));

    // When: it is over before the target comes back
    end(incident, T0.plusSeconds(30));

    // Then
    assertThat(pager.plan(openIncidents, ALL, T0.plusSeconds(60)).due()).isEmpty();
    assertThat(durable).isEmpty();
  }

  @Test
  void whatIsKeptAliveMeanwhileChangesNothing() {
    // Given: one is known and due again, another one's trigger waits to be durable
    Notifications alertmanager = notifications(Grouping.OFF, ALERTMANAGER, null);
    open("known", T0);
    tellAll(alertmanager, T0);
    Instant later = T0.plusSeconds(61);
    Incident unknown = open("new", later);
    List<Step> trigger =
        alertmanager.plan(openIncidents, ALL, later).due().stream()
            .filter(step -> step.action() == Action.TRIGGER)
            .toList();
    List<Change> begun = alertmanager.begin(trigger, alert -> Map.of(), later);
    assertThat(begun).hasSize(1);

    // When: the known one is kept alive
    List<Step> meanwhile = alertmanager.keepAlive(openIncidents, ALL, List.of(), later);
    assertThat(meanwhile).extracting(Step::action).containsExactly(Action.REPEAT);
    assertThat(meanwhile.get(0).alert().key()).isNotEqualTo(unknown.getIncidentKey());
    assertThat(alertmanager.begin(meanwhile, alert -> Map.of(), later)).isEmpty();
    assertThat(alertmanager.accepted(meanwhile, later)).isEmpty();
    assertThat(alertmanager.keepAlive(openIncidents, ALL, List.of(), later)).isEmpty();

    // Then: the new one is nobody's page if it is turned away and ends
    remember(begun);
    remember(alertmanager.failed(trigger, false, Duration.ZERO, 1, later));
    end(unknown, later);
    assertThat(durable).doesNotContainKey(unknown.getIncidentKey());
    assertThat(alertmanager.plan(openIncidents, ALL, later.plusSeconds(30)).due()).isEmpty();
  }

  @Test
  void anAlertIsKeptAliveWhileItsUpdateWaitsToBeDurable() {
    Notifications alertmanager = notifications(GROUPED, ALERTMANAGER, null);
    open("a", T0);
    alertmanager.plan(openIncidents, ALL, T0);
    tellAll(alertmanager, T0.plusSeconds(10));
    open("b", T0.plusSeconds(30));
    List<Step> update = alertmanager.plan(openIncidents, ALL, T0.plusSeconds(31)).due();
    assertThat(update).extracting(Step::action).containsExactly(Action.UPDATE);
    assertThat(alertmanager.begin(update, alert -> Map.of(), T0.plusSeconds(31))).hasSize(1);

    assertThat(alertmanager.keepAlive(openIncidents, ALL, List.of(), T0.plusSeconds(32))).isEmpty();
    assertThat(alertmanager.keepAlive(openIncidents, ALL, List.of(), T0.plusSeconds(71)))
        .extracting(Step::action)
        .containsExactly(Action.REPEAT);
  }

  @Test
  void anUncertainTriggerIsRepeatedBeforeItsResolve() {
    Notifications pager = notifications(Grouping.OFF, PAGER, null);
    Incident incident = open("a", T0);
    List<Step> steps = pager.plan(openIncidents, ALL, T0).due();
    remember(pager.begin(steps, alert -> Map.of(), T0));

    // When: it crashes in the request, and the incident ends meanwhile
    end(incident, T0.plusSeconds(30));
    Notifications restarted = notifications(Grouping.OFF, PAGER, null);

    // Then
    assertThat(tellAll(restarted, T0.plusSeconds(60)))
        .extracting(Step::action, step -> step.alert().title())
        .containsExactly(
            tuple(Action.TRIGGER, incident.getTitle()), tuple(Action.RESOLVE, incident.getTitle()));
  }

  /** Who is paged reads who it is and which bug, before opening anything. */
  @Test
  void theTitleNamesTheCause() {
    Notifications pager = notifications(Grouping.OFF, PAGER, null);
    Incident incident = apply(TestIncidents.caused(TestIncidents.opened("a", T0), "rtnl-held"));

    assertThat(tellAll(pager, T0))
        .extracting(step -> step.alert().title())
        .containsExactly(incident.getTitle() + " (rtnl-held)");
  }

  @Test
  void firingAndResolvedAlertsAreToldAgain() {
    Notifications alertmanager = notifications(Grouping.OFF, ALERTMANAGER, null);
    Incident incident = open("a", T0);
    assertThat(tellAll(alertmanager, T0)).extracting(Step::action).containsExactly(Action.TRIGGER);

    assertThat(alertmanager.plan(openIncidents, ALL, T0).wakeAt()).isEqualTo(T0.plusSeconds(60));
    assertThat(tellAll(alertmanager, T0.plusSeconds(60)))
        .extracting(Step::action, step -> step.alert().firing())
        .containsExactly(tuple(Action.REPEAT, true));

    // After a restart it may have been forgotten: it is told at once
    Notifications restarted = notifications(Grouping.OFF, ALERTMANAGER, null);
    assertThat(tellAll(restarted, T0.plusSeconds(61)))
        .extracting(Step::action)
        .containsExactly(Action.REPEAT);

    end(incident, T0.plusSeconds(62));
    assertThat(tellAll(restarted, T0.plusSeconds(62)))
        .extracting(Step::action)
        .containsExactly(Action.RESOLVE);
    assertThat(tellAll(restarted, T0.plusSeconds(200)))
        .extracting(Step::action, step -> step.alert().firing())
        .containsExactly(tuple(Action.REPEAT, false));
    assertThat(tellAll(restarted, T0.plusSeconds(62 + 15 * 60))).isEmpty();
    assertThat(durable).isEmpty();
  }

  @Test
  void failuresBackOffAndObeyTheTarget() {
    Notifications pager = notifications(Grouping.OFF, PAGER, null);
    open("a", T0);
    assertThat(failOnce(pager, Duration.ZERO, T0)).isEqualTo(T0.plusSeconds(1));
    assertThat(failOnce(pager, Duration.ZERO, T0.plusSeconds(1))).isEqualTo(T0.plusSeconds(3));
    assertThat(failOnce(pager, Duration.ofSeconds(30), T0.plusSeconds(3)))
        .isEqualTo(T0.plusSeconds(33));
    assertThat(tellAll(pager, T0.plusSeconds(33))).hasSize(1);
  }

  /** And returns when it may be tried again. */
  private Instant failOnce(Notifications notifications, Duration atLeast, Instant now) {
    List<Step> steps = notifications.plan(openIncidents, ALL, now).due();
    remember(notifications.begin(steps, alert -> Map.of(), now));
    remember(notifications.failed(steps, true, atLeast, 1, now));
    return notifications.plan(openIncidents, ALL, now).wakeAt();
  }

  @Test
  void oneThatAlwaysFailsDoesNotHoldUpTheOthers() {
    Notifications pager = notifications(Grouping.OFF, PAGER, null);
    open("a", T0);
    open("b", T0);
    Instant retry = failFirst(pager, T0);
    assertThat(pager.plan(openIncidents, ALL, retry).due())
        .extracting(step -> step.alert().incidents().get(0).getHost())
        .containsExactly("b", "a");
  }

  private Instant failFirst(Notifications notifications, Instant now) {
    List<Step> first = notifications.plan(openIncidents, ALL, now).due().subList(0, 1);
    remember(notifications.begin(first, alert -> Map.of(), now));
    remember(notifications.failed(first, true, Duration.ZERO, 1, now));
    return notifications.plan(openIncidents, ALL, now).wakeAt();
  }

  @Test
  void whatIsRefusedIsNotTriedAgainUnlessItChanges() {
    Notifications pager = notifications(Grouping.OFF, PAGER, null);
    Incident incident = open("a", T0);
    List<Step> steps = pager.plan(openIncidents, ALL, T0).due();
    remember(pager.begin(steps, alert -> Map.of(), T0));
    remember(pager.refused(steps));

    assertThat(durable).isEmpty();
    assertThat(pager.plan(openIncidents, ALL, T0.plusSeconds(3600)).due()).isEmpty();
    apply(TestIncidents.recovering(incident, T0.plusSeconds(60)));
    assertThat(pager.plan(openIncidents, ALL, T0.plusSeconds(3600)).due())
        .extracting(Step::action)
        .containsExactly(Action.TRIGGER);
  }

  @Test
  void aRateLimitLetsTriggersGoFirst() {
    Notifications pager = notifications(Grouping.OFF, PAGER, new RateLimit(60, 2));
    Incident first = open("a", T0);
    assertThat(tellAll(pager, T0)).hasSize(1);
    end(first, T0.plusMillis(1));
    open("b", T0.plusMillis(1));

    // One token is left: for the trigger. The resolve waits for the next one
    assertThat(tellAll(pager, T0.plusMillis(1)))
        .extracting(Step::action)
        .containsExactly(Action.TRIGGER);
    Plan waiting = pager.plan(openIncidents, ALL, T0.plusMillis(2));
    assertThat(waiting.due()).isEmpty();
    assertThat(waiting.waiting()).isEqualTo(1);
    assertThat(waiting.wakeAt()).isBetween(T0.plusMillis(900), T0.plusMillis(1100));
    assertThat(tellAll(pager, waiting.wakeAt()))
        .extracting(Step::action)
        .containsExactly(Action.RESOLVE);
  }

  @Test
  void anUnreadableRecordResolvesNothing() {
    Notifications alertmanager = notifications(Grouping.OFF, ALERTMANAGER, null);
    Incident incident = open("a", T0);
    tellAll(alertmanager, T0);

    // When: a bridge starts that can't read the incident's latest record
    OpenIncidents unread = new OpenIncidents();
    unread.unreadable(incident.getIncidentKey());
    Notifications restarted = notifications(Grouping.OFF, ALERTMANAGER, null);

    // Then
    assertThat(restarted.plan(unread, ALL, T0.plusSeconds(5)).due())
        .extracting(Step::action, step -> step.alert().firing(), step -> step.alert().title())
        .containsExactly(tuple(Action.REPEAT, true, incident.getTitle()));
  }

  @Test
  void whatIsNotRoutedToATargetAnyMoreIsResolvedThere() {
    Notifications pager = notifications(Grouping.OFF, PAGER, null);
    open("a", T0);
    tellAll(pager, T0);
    assertThat(pager.plan(openIncidents, List.of(), T0.plusSeconds(1)).due())
        .extracting(Step::action)
        .containsExactly(Action.RESOLVE);
  }

  private Notifications notifications(
      Grouping grouping, RepeatPolicy repeat, @Nullable RateLimit rateLimit) {
    return new Notifications(
        new NotificationPolicy(grouping, repeat, BACKOFF, rateLimit, 1), durable, T0);
  }

  private Incident open(String host, Instant at) {
    return apply(TestIncidents.opened(host, at));
  }

  private void end(Incident incident, Instant at) {
    apply(TestIncidents.resolved(incident, at));
  }

  private Incident apply(Incident step) {
    assertThat(openIncidents.apply(step.getIncidentKey(), step))
        .isEqualTo(OpenIncidents.Reading.TAKEN);
    return step;
  }

  /** Tells what is due, one by one, to a target that takes everything. */
  private List<Step> tellAll(Notifications notifications, Instant now) {
    List<Step> told = new ArrayList<>();
    while (true) {
      Plan plan = notifications.plan(openIncidents, ALL, now);
      remember(notifications.forget(plan.forget()));
      if (plan.due().isEmpty()) {
        return told;
      }
      List<Step> steps = plan.due().subList(0, 1);
      remember(notifications.begin(steps, alert -> Map.of(), now));
      remember(notifications.accepted(steps, now));
      told.addAll(steps);
    }
  }

  private void remember(List<Change> changes) {
    for (Change change : changes) {
      if (change.told() == null) {
        durable.remove(change.key());
      } else {
        durable.put(change.key(), change.told());
      }
    }
  }
}
