package io.netnswatch.oncall.act;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.command.Backoff;
import io.netnswatch.command.HostPattern;
import io.netnswatch.oncall.TestIncidents;
import io.netnswatch.oncall.alert.Alert;
import io.netnswatch.oncall.alert.OpenIncidents;
import io.netnswatch.schema.ActionPhase;
import io.netnswatch.schema.Confidence;
import io.netnswatch.schema.HostAction;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.IncidentStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostActionsTest {

  private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");
  private static final ActionLimit FIVE_AN_HOUR =
      new ActionLimit(5, Duration.ofHours(1), List.of(), "5 hosts within 1h");

  private final OpenIncidents incidents = new OpenIncidents();
  private final List<HostAction> durable = new ArrayList<>();

  @Test
  void fiveOfFiftyAreTakenOutAndPeopleAreToldOfTheOthersOnce() {
    HostActions cordon = actions(ActionMode.ACT, FIVE_AN_HOUR);
    for (int i = 0; i < 50; i++) {
      open("host-%02d".formatted(i), T0.plusMillis(i));
    }

    // When
    List<HostAction> steps = doAll(cordon, T0.plusSeconds(10));

    // Then: the oldest five, each written down before and after
    assertThat(hosts(steps, ActionPhase.APPLYING))
        .containsExactly("host-00", "host-01", "host-02", "host-03", "host-04");
    assertThat(hosts(steps, ActionPhase.APPLIED)).hasSize(5);
    assertThat(hosts(steps, ActionPhase.HELD_BACK)).hasSize(45);
    Alert page = onlyAlert(cordon, T0.plusSeconds(11));
    assertThat(page.title())
        .startsWith(
            "45 hosts not acted on (cordon by nodes): the limit of 5 hosts within 1h is reached;"
                + " 5 out already");
    assertThat(page.note()).contains("Held back: host-05, host-06", "Out: host-00, host-01");
    assertThat(page.incidents()).hasSize(45);

    // And nothing more is done to them when there is room again: they are people's now
    assertThat(doAll(cordon, T0.plus(Duration.ofHours(5)))).isEmpty();
    assertThat(onlyAlert(cordon, T0.plus(Duration.ofHours(5))).key()).isEqualTo(page.key());

    // And the page is over when they are
    incidents.all().forEach(it -> end(it, T0.plus(Duration.ofHours(6))));
    assertThat(plan(cordon, T0.plus(Duration.ofHours(6))).alerts()).isEmpty();
  }

  @Test
  void hostsThatAreOutCountHoweverLongAgoTheyWereTakenOut() {
    HostActions cordon =
        actions(ActionMode.ACT, new ActionLimit(1, Duration.ofMinutes(1), List.of(), "1 host"));
    Incident first = open("a", T0);
    doAll(cordon, T0);
    open("b", T0.plusSeconds(3600));
    assertThat(hosts(doAll(cordon, T0.plusSeconds(3600)), ActionPhase.HELD_BACK))
        .containsExactly("b");
    end(first, T0.plusSeconds(7200));
    assertThat(doAll(cordon, T0.plusSeconds(7201))).isEmpty();
    assertThat(hosts(doAll(cordon, T0.plusSeconds(7300)), ActionPhase.REVERTED))
        .containsExactly("a");
    open("c", T0.plusSeconds(7300));
    assertThat(hosts(doAll(cordon, T0.plusSeconds(7301)), ActionPhase.APPLIED))
        .containsExactly("c");
  }

  @Test
  void aLimitOfAGroupIsForItsHostsAlone() {
    HostActions cordon =
        actions(
            ActionMode.ACT,
            FIVE_AN_HOUR,
            new ActionLimit(
                1, Duration.ofHours(1), List.of(new HostPattern("rack-a-*")), "10 % of 10 hosts"));
    open("rack-a-1", T0);
    open("rack-a-2", T0.plusMillis(1));
    open("rack-b-1", T0.plusMillis(2));
    List<HostAction> steps = doAll(cordon, T0);
    assertThat(hosts(steps, ActionPhase.APPLIED)).containsExactly("rack-a-1", "rack-b-1");
    assertThat(hosts(steps, ActionPhase.HELD_BACK)).containsExactly("rack-a-2");
  }

  @Test
  void aDryRunWritesDownWhatItWouldDoAndDoesNothing() {
    HostActions dry = actions(ActionMode.DRY_RUN, FIVE_AN_HOUR);
    for (int i = 0; i < 7; i++) {
      open("host-" + i, T0.plusMillis(i));
    }
    List<HostAction> steps = doAll(dry, T0);
    assertThat(hosts(steps, ActionPhase.WOULD_APPLY)).hasSize(5);
    assertThat(hosts(steps, ActionPhase.HELD_BACK)).hasSize(2);
    assertThat(steps).hasSize(7);
    assertThat(doAll(dry, T0.plusSeconds(1))).isEmpty();
  }

  @Test
  void theKillSwitchStopsEverythingAndWhatIsLeftIsDoneAfterwards() {
    HostActions cordon = actions(ActionMode.ACT, FIVE_AN_HOUR);
    Incident a = open("a", T0);
    doAll(cordon, T0);
    end(a, T0.plusSeconds(1));
    open("b", T0.plusSeconds(2));
    ActionPlan stopped = cordon.plan(incidents, true, T0.plusSeconds(600));
    assertThat(stopped.due()).isEmpty();
    assertThat(stopped.notes()).isEmpty();
    assertThat(stopped.out()).isEqualTo(1);
    doAll(cordon, T0.plusSeconds(601));
    assertThat(hosts(doAll(cordon, T0.plusSeconds(700)), ActionPhase.REVERTED))
        .containsExactly("a");
    assertThat(hosts(durable, ActionPhase.APPLIED)).containsExactly("a", "b");
  }

  @Test
  void whatItsIncidentIsReplacedByKeepsAHostOut() {
    HostActions cordon = actions(ActionMode.ACT, FIVE_AN_HOUR);
    Incident stuck = open("a", T0);
    doAll(cordon, T0);
    end(stuck, T0.plusSeconds(30));
    Incident next = open("a", T0.plusSeconds(31));
    assertThat(doAll(cordon, T0.plusSeconds(3600))).isEmpty();
    end(next, T0.plusSeconds(3601));
    doAll(cordon, T0.plusSeconds(3602));
    assertThat(hosts(doAll(cordon, T0.plusSeconds(3700)), ActionPhase.REVERTED))
        .containsExactly("a");
  }

  @Test
  void anUnreadableRecordTakesNothingBack() {
    HostActions cordon = actions(ActionMode.ACT, FIVE_AN_HOUR);
    Incident incident = open("a", T0);
    doAll(cordon, T0);
    OpenIncidents unread = new OpenIncidents();
    unread.unreadable(incident.getIncidentKey());
    HostActions restarted = actions(ActionMode.ACT, FIVE_AN_HOUR);
    assertThat(restarted.plan(unread, false, T0.plusSeconds(3600)).due()).isEmpty();
    assertThat(restarted.plan(unread, false, T0.plusSeconds(7200)).due()).isEmpty();
  }

  @Test
  void whatIsRefusedIsNotTriedAgainForThisIncident() {
    HostActions cordon = actions(ActionMode.ACT, FIVE_AN_HOUR);
    open("a", T0);
    ActionStep step = plan(cordon, T0).due().get(0);
    cordon.begin(step);
    List<HostAction> after =
        cordon.tried(step, new ActionOutcome.Refused("there is no node a"), 0.5, T0);
    assertThat(after).extracting(HostAction::getPhase).containsExactly(ActionPhase.REFUSED);
    assertThat(doAll(cordon, T0.plusSeconds(600))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "CONFIRMED, OPEN, false, true",
    "PROBABLE, OPEN, false, false",
    "CONFIRMED, RECOVERING, false, false",
    "CONFIRMED, OPEN, true, false"
  })
  void onlyWhatIsNamedAndSureIsAReason(
      Confidence confidence, IncidentStatus status, boolean noData, boolean isReason) {
    HostActions cordon = actions(ActionMode.ACT, FIVE_AN_HOUR);
    apply(
        Incident.newBuilder(TestIncidents.opened("a", T0))
            .setConfidence(confidence)
            .setStatus(status)
            .setNoData(noData)
            .build());
    assertThat(plan(cordon, T0).due()).hasSize(isReason ? 1 : 0);
  }

  @Test
  void aCauseThatIsNotNamedIsNoReason() {
    ActionPolicy policy =
        new ActionPolicy(
            ActionMode.ACT,
            Set.of(TestIncidents.KIND),
            Set.of("conntrack-fragment-references"),
            Set.of(Confidence.CONFIRMED),
            List.of(new HostPattern("*")),
            true,
            Duration.ZERO,
            List.of(FIVE_AN_HOUR));
    HostActions cordon = new HostActions("nodes", "cordon", policy, Backoff.STANDARD, List.of());
    open("none", T0);
    apply(TestIncidents.caused(TestIncidents.opened("other", T0), "sit-tunnels"));
    Incident named =
        TestIncidents.caused(TestIncidents.opened("named", T0), "conntrack-fragment-references");
    apply(named);
    assertThat(plan(cordon, T0).due())
        .extracting(step -> step.action().getHost(), step -> step.action().getCauseId())
        .containsExactly(
            org.assertj.core.api.Assertions.tuple("named", "conntrack-fragment-references"));
  }

  private HostActions actions(ActionMode mode, ActionLimit... limits) {
    ActionPolicy policy =
        new ActionPolicy(
            mode,
            Set.of(TestIncidents.KIND),
            Set.of(ActionPolicy.ANY_CAUSE),
            Set.of(Confidence.CONFIRMED),
            List.of(new HostPattern("*")),
            true,
            Duration.ofMinutes(1),
            List.of(limits));
    return new HostActions("nodes", "cordon", policy, Backoff.STANDARD, durable);
  }

  private ActionPlan plan(HostActions actions, Instant now) {
    return actions.plan(incidents, false, now);
  }

  private Alert onlyAlert(HostActions actions, Instant now) {
    List<Alert> alerts = plan(actions, now).alerts();
    assertThat(alerts).hasSize(1);
    return alerts.get(0);
  }

  private Incident open(String host, Instant at) {
    return apply(TestIncidents.opened(host, at));
  }

  private void end(Incident incident, Instant at) {
    apply(TestIncidents.resolved(incident, at));
  }

  private Incident apply(Incident step) {
    incidents.apply(step.getIncidentKey(), step);
    return step;
  }

  /** Does what is due, one by one, on hosts where everything works; returns what was written. */
  private List<HostAction> doAll(HostActions actions, Instant now) {
    List<HostAction> written = new ArrayList<>();
    for (ActionPlan plan = plan(actions, now);
        !plan.due().isEmpty() || !plan.notes().isEmpty();
        plan = plan(actions, now)) {
      written.addAll(plan.notes());
      actions.noted(plan.notes());
      if (!plan.due().isEmpty()) {
        ActionStep step = plan.due().get(0);
        written.addAll(actions.begin(step));
        written.addAll(
            actions.tried(step, new ActionOutcome.Done(List.of("cordon"), null), 0.5, now));
      }
    }
    durable.addAll(written);
    return written;
  }

  private static List<String> hosts(List<HostAction> steps, ActionPhase phase) {
    return steps.stream().filter(it -> it.getPhase() == phase).map(HostAction::getHost).toList();
  }
}
