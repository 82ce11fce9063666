package io.netnswatch.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.detection.evidence.BootEvidence;
import io.netnswatch.detection.evidence.HotCode;
import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.detection.evidence.Projection;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.detection.signature.Signatures;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

class ConditionsTest {

  private static final Projection PROJECTION = new Projection(Signatures.shipped());

  private final TestEvents events = TestEvents.ofHost("node-1");
  private final Signature livelock = signature("netns-cleanup-livelock");
  private BootState boot = BootState.fresh("boot-1");
  private ConditionState conditions = ConditionState.NONE;

  @Test
  void hotCodeStaysUntilASliceWithoutItIsSeen() throws InvalidEventException {
    see(15, events.hotPerf(12));
    see(20, events.snapshot(17));
    assertThat(conditions.hot()).isNotNull();

    see(25, events.coldPerf(22));
    assertThat(conditions.hot()).isNull();
  }

  @Test
  void perfIsBelievedBeforeTheStackOfAWorker() throws InvalidEventException {
    see(15, events.coldPerf(12));
    see(20, events.snapshot(17, TestEvents.spinningWorker()));

    assertThat(conditions.hot()).isNull();
  }

  @Test
  void withoutPerfTheStackOfABusyWorkerCounts() throws InvalidEventException {
    see(15, events.snapshot(12, TestEvents.spinningWorker()));

    assertThat(conditions.hot())
        .satisfies(hot -> assertThat(hot.origin()).isEqualTo(HotCode.Origin.PROC));
  }

  @Test
  void aCreationIsBlockedFromTheThresholdOn() throws InvalidEventException {
    see(10, events.hanging(5, 9.9));
    assertThat(conditions.creation()).isNull();

    see(15, events.hanging(5, 10));
    assertThat(conditions.creation()).isNotNull();
  }

  @Test
  void aCreationThatFinishedMeanwhileClearsTheBlockedOne() throws InvalidEventException {
    see(15, events.hanging(5, 11));
    see(20, events.succeeded(15, 16));

    assertThat(conditions.creation()).isNull();
  }

  @Test
  void bothMustCoincide() throws InvalidEventException {
    see(15, events.hotPerf(12));
    see(50, events.hanging(35, 43));

    assertThat(Conditions.complete(livelock, conditions, boot)).isFalse();

    see(60, events.hotPerf(52));
    assertThat(Conditions.complete(livelock, conditions, boot)).isTrue();
  }

  @Test
  void anIncidentHoldsUntilACreationHasSucceededAndTheCodeIsCold() throws InvalidEventException {
    see(15, events.hotPerf(12), events.hanging(5, 11));
    see(25, events.succeeded(22, 22.1));
    assertThat(Conditions.hold(livelock, conditions, boot)).isFalse();

    see(35, events.hotPerf(32));
    assertThat(Conditions.hold(livelock, conditions, boot)).isTrue();
  }

  /** Whoever adds a signature with a threshold of its own changes nothing about the others. */
  @Test
  void whatIsSlowToAnotherSignatureMayBePromptToThisOne() throws InvalidEventException {
    Signature backlog = signature("netns-cleanup-backlog");
    Signature own =
        Signatures.parse(
            "own.yaml",
            """
            {id: own, version: "1", severity: INFO, component: c, incident_class: c, headline: h,
            summary: s, action: a, slow: {after_ms: 1500, count: 3, within_ms: 180000},
            resolve_after_ms: 1000, runbook: own.md}
            """);
    Projection all = new Projection(List.of(backlog, own));
    BootEvidence slow = TestEvents.window(all, events.succeeded(10, 17));
    BootEvidence lessSlow = TestEvents.window(all, events.succeeded(20, 22));

    ConditionState ofBacklog = after(backlog, slow, lessSlow);
    ConditionState ofOwn = after(own, slow, lessSlow);

    assertThat(ofBacklog.slow()).isEmpty();
    assertThat(ofOwn.slow()).hasSize(2);
  }

  private static ConditionState after(Signature signature, BootEvidence... windows) {
    BootState boot = BootState.fresh("boot-1");
    ConditionState conditions = ConditionState.NONE;
    for (int i = 0; i < windows.length; i++) {
      long endMs = TestEvents.ms(20 + 10 * i);
      boot = BootFacts.after(boot, windows[i], endMs);
      conditions = Conditions.after(signature, conditions, boot, windows[i], windows[i], endMs);
    }
    return conditions;
  }

  private static Signature signature(String id) {
    return Signatures.shipped().stream().filter(it -> it.id().equals(id)).findFirst().orElseThrow();
  }

  private void see(double windowEnd, SpecificRecord... window) throws InvalidEventException {
    BootEvidence evidence = TestEvents.window(PROJECTION, window);

    boot = BootFacts.after(boot, evidence, TestEvents.ms(windowEnd));
    conditions =
        Conditions.after(livelock, conditions, boot, evidence, evidence, TestEvents.ms(windowEnd));
  }
}
