package io.netnswatch.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.netnswatch.detection.Lifecycle.Folded;
import io.netnswatch.detection.evidence.BootEvidence;
import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.detection.evidence.Projection;
import io.netnswatch.detection.signature.Signatures;
import io.netnswatch.schema.EventAction;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.Resolution;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

class LifecycleTest {

  private static final Projection PROJECTION = new Projection(Signatures.shipped());

  private final TestEvents events = TestEvents.ofHost("node-1");
  private final Lifecycle lifecycle =
      new Lifecycle(Signatures.shipped(), new IncidentComposer("test", "runbooks/", null));
  private final List<Incident> incidents = new ArrayList<>();
  private BootState boot = BootState.fresh("boot-1");

  @Test
  void aHealthyWindowLeavesNothingBehind() throws InvalidEventException {
    see(15, events.coldPerf(12), events.succeeded(11, 11.1), events.snapshot(13));

    assertThat(boot.signatures()).isEmpty();
    assertThat(incidents).isEmpty();
  }

  @Test
  void anOpenIncidentIsUpdatedWhenItsAgeHasDoubledAndAtMostOnceAMinute()
      throws InvalidEventException {
    openLivelock();
    for (int second = 20; second <= 170; second += 10) {
      see(second, events.hotPerf(second - 2), events.hanging(6, second - 3));
    }

    assertThat(incidents)
        .extracting(Incident::getUpdatedAt)
        .containsExactly(at(15), at(80), at(160));
  }

  @Test
  void aRelapseLengthensTheHoldTime() throws InvalidEventException {
    openLivelock();
    see(25, events.coldPerf(22), events.succeeded(22, 22.1));
    see(40, events.hotPerf(37), events.hanging(30, 37));
    see(50, events.coldPerf(47), events.succeeded(47, 47.1));
    see(165, events.coldPerf(162));
    assertThat(incidents).extracting(Incident::getEventAction).doesNotContain(EventAction.RESOLVE);

    see(170, events.coldPerf(167));
    assertThat(incidents).extracting(Incident::getEventAction).contains(EventAction.RESOLVE);
  }

  @Test
  void anIncidentThatReturnsHasAKeyOfItsOwn() throws InvalidEventException {
    openLivelock();
    see(25, events.coldPerf(22), events.succeeded(22, 22.1));
    see(90, events.coldPerf(87));
    see(100, events.hotPerf(97), events.hanging(5, 97));

    assertThat(incidents)
        .filteredOn(it -> it.getEventAction() == EventAction.TRIGGER)
        .extracting(Incident::getIncidentKey)
        .hasSize(2)
        .doesNotHaveDuplicates();
  }

  @Test
  void theLivelockTakesTheBlockedCreationsPlace() throws InvalidEventException {
    for (int second = 15; second <= 45; second += 5) {
      see(second, events.hanging(6, second - 3), events.snapshot(second - 2));
    }
    assertThat(incidents).extracting(Incident::getKind).containsExactly("netns-creation-blocked");

    see(50, events.hotPerf(47), events.hanging(6, 47));

    assertThat(incidents)
        .extracting(Incident::getKind, Incident::getResolution)
        .containsExactly(
            tuple("netns-creation-blocked", null),
            tuple("netns-cleanup-livelock", null),
            tuple("netns-creation-blocked", Resolution.SUPERSEDED));
  }

  /**
   * Until perf looks the worker's stack is all there is; it shows a moment and no share of time.
   */
  @Test
  void perfThatShowsInterruptsOnTopOfTheWorkerEndsWhatItsStackBegan() throws InvalidEventException {
    List<String> packets = new ArrayList<>(List.of("net_rx_action", "__do_softirq"));
    packets.addAll(TestEvents.LIVELOCK_PATH);
    see(15, events.snapshot(12, TestEvents.spinningWorker()), events.hanging(5, 14));

    see(
        25,
        events.perf(22, TestEvents.symbol("net_rx_action", 480, packets)),
        events.snapshot(22, TestEvents.spinningWorker()),
        events.hanging(5, 24));

    assertThat(incidents)
        .extracting(Incident::getKind, Incident::getResolution)
        .containsExactly(
            tuple("netns-cleanup-livelock", null),
            tuple("netns-cleanup-livelock", Resolution.SUPERSEDED));
  }

  @Test
  void aRebootResolvesEveryOpenIncident() throws InvalidEventException {
    openLivelock();

    List<Incident> ended = lifecycle.end("node-1", boot, Ending.rebooted(TestEvents.ms(60)));

    assertThat(ended)
        .singleElement()
        .satisfies(it -> assertThat(it.getResolution()).isEqualTo(Resolution.REBOOTED));
  }

  @Test
  void silenceIsSaidOnce() throws InvalidEventException {
    openLivelock();

    Folded first = lifecycle.markSilent("node-1", boot, TestEvents.ms(140));
    Folded second = lifecycle.markSilent("node-1", first.boot(), TestEvents.ms(150));

    assertThat(first.incidents())
        .singleElement()
        .satisfies(it -> assertThat(it.getNoData()).isTrue());
    assertThat(second.incidents()).isEmpty();
    assertThat(second.boot()).isEqualTo(first.boot());
  }

  @Test
  void anIncidentOfARemovedSignatureIsResolvedAndSaysWhy() throws InvalidEventException {
    openLivelock();
    Lifecycle without =
        new Lifecycle(
            Signatures.shipped().stream()
                .filter(it -> !it.id().equals("netns-cleanup-livelock"))
                .toList(),
            new IncidentComposer("test", "runbooks/", null));
    assertThat(without.hasRemoved(boot)).isTrue();

    Folded after = without.endRemoved("node-1", boot, TestEvents.ms(60));

    assertThat(after.incidents())
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.getEventAction()).isEqualTo(EventAction.RESOLVE);
              assertThat(it.getIncidentKey()).isEqualTo(incidents.get(0).getIncidentKey());
              assertThat(it.getSeverity()).isEqualTo(incidents.get(0).getSeverity());
              assertThat(it.getResolution()).isNull();
              assertThat(it.getResolutionReason()).contains("netns-cleanup-livelock");
            });
    assertThat(without.hasRemoved(after.boot())).isFalse();
  }

  @Test
  void anIncidentClosedByHandSaysWhyAndOpensAgainOnlyOnNewEvidence() throws InvalidEventException {
    openLivelock();
    String key = incidents.get(0).getIncidentKey();

    Folded after = lifecycle.close("node-1", boot, key, TestEvents.ms(30), "rebooted by hand");

    assertThat(after.incidents())
        .singleElement()
        .satisfies(it -> assertThat(it.getResolutionReason()).isEqualTo("rebooted by hand"));
    boot = after.boot();
    see(40, events.snapshot(37));
    assertThat(incidents).hasSize(1);
    see(50, events.hotPerf(47), events.hanging(6, 47));
    assertThat(incidents).hasSize(2);
    assertThat(incidents.get(1).getIncidentKey()).isNotEqualTo(key);
  }

  /** A kubelet kills what hangs and tries anew: each attempt is young. */
  @Test
  void ofCreationsThatAreTriedAnewItIsSaidForHowLongNoneHasFinished() throws InvalidEventException {
    openLivelock();
    for (int second = 20; second <= 170; second += 10) {
      see(second, events.hotPerf(second - 2), events.hanging(second - 9, second - 3));
    }

    assertThat(incidents)
        .extracting(Incident::getUpdatedAt)
        .containsExactly(at(15), at(80), at(160));
    Incident last = incidents.get(2);
    assertThat(last.getTitle()).endsWith("creation blocked, none finished for 151.0 s");
    assertThat(last.getDescription())
        .contains("none was seen to finish for 151.0 s", "has hung for 6.0 s");
    assertThat(incidents.get(0).getTitle()).endsWith("creation blocked for 6.0 s");
  }

  /** It is not known what became of others in between. */
  @Test
  void whereOneHasFinishedSinceTheLatestAttemptIsToldAlone() throws InvalidEventException {
    openLivelock();
    see(25, events.coldPerf(22), events.succeeded(22, 22.1));
    for (int second = 60; second <= 90; second += 10) {
      see(second, events.hotPerf(second - 2), events.hanging(second - 9, second - 3));
    }

    assertThat(incidents)
        .extracting(Incident::getTitle)
        .isNotEmpty()
        .noneMatch(title -> title.contains("none finished"));
  }

  /** A probe's record may tell no more than the time, and a snapshot show the task. */
  @Test
  void theStackOfACreationMayBeSeenByAnotherSource() throws InvalidEventException {
    NetnsLatency bare =
        NetnsLatency.newBuilder(events.hanging(6, 12)).setBlockedAt(null).setPid(2681).build();
    String missing = "neither stack nor wchan of the hanging creation could be read";

    see(15, events.hotPerf(12), bare, events.snapshot(12));
    assertThat(incidents.get(0).getMissing()).contains(missing);

    boot = BootState.fresh("boot-1");
    see(15, events.hotPerf(12), bare, events.snapshot(12, TestEvents.blockedTask(5000)));
    assertThat(incidents.get(1).getMissing()).doesNotContain(missing);
  }

  private void openLivelock() throws InvalidEventException {
    see(15, events.hotPerf(12), events.hanging(6, 12), events.snapshot(13));
    assertThat(incidents).extracting(Incident::getKind).containsExactly("netns-cleanup-livelock");
  }

  private static Instant at(double second) {
    return Instant.ofEpochMilli(TestEvents.ms(second));
  }

  private void see(double windowEnd, SpecificRecord... window) throws InvalidEventException {
    BootEvidence evidence = TestEvents.window(PROJECTION, window);
    Folded folded = lifecycle.fold("node-1", boot, evidence, TestEvents.ms(windowEnd));
    boot = folded.boot();
    incidents.addAll(folded.incidents());
  }
}
