package io.netnswatch.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.detection.evidence.Projection;
import io.netnswatch.detection.signature.Signatures;
import io.netnswatch.schema.CallPath;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.Confidence;
import io.netnswatch.schema.EventAction;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.IncidentStatus;
import io.netnswatch.schema.KernelVerdict;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.Resolution;
import io.netnswatch.schema.SymbolSamples;
import io.netnswatch.schema.TaskOfInterest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostDetectorTest {

  private static final int GRACE_MS = (int) DetectionSettings.DEFAULT.graceMs();

  private final TestEvents events = TestEvents.ofHost("node-1");
  private final Detection detection = new Detection();

  @Test
  void opensWhenHotCodeCoincidesWithBlockedCreation() throws InvalidEventException {
    List<Incident> incidents =
        detection.feed(
            events.snapshot(11, TestEvents.spinningWorker()),
            events.hotPerf(11.8),
            events.hanging(6, 11.5),
            events.snapshot(26));

    assertThat(incidents).hasSize(1);
    Incident incident = incidents.get(0);
    assertThat(incident.getEventAction()).isEqualTo(EventAction.TRIGGER);
    assertThat(incident.getKind()).isEqualTo("netns-cleanup-livelock");
    assertThat(incident.getHost()).isEqualTo("node-1");
    assertThat(incident.getConfidence()).isEqualTo(Confidence.CONFIRMED);
    assertThat(incident.getMissing()).isEmpty();
    assertThat(incident.getStartedAt()).isEqualTo(Instant.ofEpochMilli(TestEvents.ms(6)));
    assertThat(incident.getIncidentKey())
        .isEqualTo("netns-cleanup-livelock/node-1/" + incident.getStartedAt());
    assertThat(incident.getDetectedAt()).isEqualTo(Instant.ofEpochMilli(TestEvents.ms(12)));
    assertThat(incident.getKernelRelease()).isEqualTo("4.15.1-netns");
    assertThat(incident.getKernelVerdict()).isEqualTo(KernelVerdict.AFFECTED);
    assertThat(incident.getRunbookUrl()).isEqualTo("runbooks/netns-cleanup-livelock.md");
    assertThat(incident.getHotSymbol())
        .satisfies(
            hot -> {
              assertThat(hot.getSymbol()).isEqualTo("inet_evict_bucket");
              assertThat(hot.getCpus()).isEqualTo(0.99);
              assertThat(hot.getComm()).isEqualTo("kworker/u4:0");
              assertThat(hot.getCallPath()).contains("cleanup_net");
            });
    assertThat(incident.getWorker()).satisfies(w -> assertThat(w.getPid()).isEqualTo(5));
    assertThat(incident.getBlockedCreation())
        .satisfies(
            blocked -> {
              assertThat(blocked.getAgeMs()).isEqualTo(5500);
              assertThat(blocked.getWchan()).isEqualTo("copy_net_ns");
              assertThat(blocked.getStack()).isEqualTo(TestEvents.CREATION_STACK);
            });
    assertThat(incident.getEvidence()).hasSize(3);
  }

  @Test
  void opensOnAnotherProgramsTaskInsideTheKernel() throws InvalidEventException {
    List<Incident> incidents =
        detection.feed(
            events.hotPerf(12),
            events.snapshot(14, TestEvents.blockedTask(6000)),
            events.snapshot(26));

    assertThat(incidents).hasSize(1);
    assertThat(incidents.get(0).getBlockedCreation())
        .satisfies(blocked -> assertThat(blocked.getOrigin()).isEqualTo("PROC"));
    assertThat(incidents.get(0).getConfidence()).isEqualTo(Confidence.PROBABLE);
    assertThat(incidents.get(0).getMissing())
        .containsExactly("no snapshot of /proc shows the kernel worker");
  }

  @Test
  void whatProcShowsIsSaidAtOnceAndThatPerfConfirmsItAMinuteLater() throws InvalidEventException {
    List<Incident> incidents =
        detection.feed(
            events.snapshot(11, TestEvents.spinningWorker()),
            events.hanging(6, 11.5),
            events.hotPerf(13),
            events.snapshot(26, TestEvents.spinningWorker()),
            events.hanging(6, 71),
            events.snapshot(80));

    assertThat(incidents)
        .extracting(Incident::getEventAction, Incident::getConfidence, Incident::getUpdatedAt)
        .containsExactly(
            tuple(EventAction.TRIGGER, Confidence.PROBABLE, TestEvents.at(12)),
            tuple(EventAction.UPDATE, Confidence.CONFIRMED, TestEvents.at(72)));
  }

  @ParameterizedTest
  @ValueSource(ints = {225, 150, 60})
  void livelockOfALoadedHostIsALivelock(int samplesOf500) throws InvalidEventException {
    List<Incident> incidents =
        detection.feed(
            events.snapshot(11, TestEvents.spinningWorker()),
            events.perf(
                11.8,
                TestEvents.symbol("inet_evict_bucket", samplesOf500, TestEvents.LIVELOCK_PATH)),
            events.hanging(6, 11.5),
            events.snapshot(40));

    assertThat(incidents)
        .extracting(Incident::getKind, Incident::getConfidence)
        .containsExactly(tuple("netns-cleanup-livelock", Confidence.CONFIRMED));
  }

  @Test
  void blockedCreationIsNotConfirmedWhileAWorkerRunsInTheCleanup() throws InvalidEventException {
    List<SpecificRecord> stream = new ArrayList<>();
    for (int second = 12; second < 60; second += 5) {
      stream.add(events.coldPerf(second));
      stream.add(events.snapshot(second, runningInCleanup()));
      stream.add(events.hanging(6, second));
    }

    assertThat(detection.feed(stream))
        .isNotEmpty()
        .allSatisfy(
            it -> {
              assertThat(it.getKind()).isEqualTo("netns-creation-blocked");
              assertThat(it.getConfidence()).isNotEqualTo(Confidence.CONFIRMED);
              assertThat(it.getMissing()).anyMatch(why -> why.contains("livelock is not excluded"));
            });
  }

  @Test
  void aSliceWithoutSamplesDoesNotDenyALivelock() throws InvalidEventException {
    PerfSample nothing =
        PerfSample.newBuilder(events.perf(22)).setSampleCount(0).setIdleCount(0).build();
    PerfSample tooFew =
        PerfSample.newBuilder(events.perf(27)).setSampleCount(9).setIdleCount(0).build();

    assertThat(
            detection.feed(
                events.hotPerf(12), nothing, tooFew, events.hanging(20, 26), events.snapshot(50)))
        .extracting(Incident::getKind)
        .containsExactly("netns-cleanup-livelock");
  }

  private static TaskOfInterest runningInCleanup() {
    return TaskOfInterest.newBuilder(TestEvents.spinningWorker())
        .setStack(List.of("some_exit_net", "ops_exit_list", "cleanup_net", "process_one_work"))
        .build();
  }

  @Test
  void hotCodeAloneIsSilent() throws InvalidEventException {
    assertThat(
            detection.feed(
                events.hotPerf(12),
                events.succeeded(13, 13.1),
                events.hotPerf(22),
                events.snapshot(40)))
        .isEmpty();
  }

  @Test
  void blockedCreationAloneIsSilent() throws InvalidEventException {
    assertThat(
            detection.feed(
                events.hanging(6, 11.5),
                events.coldPerf(12),
                events.hanging(6, 16.5),
                events.snapshot(40)))
        .isEmpty();
  }

  /** Heavy churn: one creation takes 6.3 s while others finish. */
  @Test
  void slowCreationWhileOthersFinishIsNotBlocked() throws InvalidEventException {
    assertThat(
            detection.feed(
                events.hotPerf(12),
                events.succeeded(10, 10.5),
                events.hanging(6, 11.5),
                events.succeeded(6, 12.3),
                events.snapshot(40)))
        .isEmpty();
  }

  @Test
  void evidenceFurtherApartThanThirtySecondsDoesNotCoincide() throws InvalidEventException {
    assertThat(detection.feed(events.hotPerf(12), events.hanging(60, 66), events.snapshot(90)))
        .isEmpty();
  }

  @Test
  void missingSourceDoesNotResolve() throws InvalidEventException {
    List<SpecificRecord> stream = new ArrayList<>(events.livelock());
    for (int second = 30; second < 600; second += 5) {
      stream.add(events.snapshot(second));
    }

    assertThat(detection.feed(stream))
        .extracting(Incident::getEventAction)
        .containsExactly(EventAction.TRIGGER, EventAction.UPDATE);
  }

  @Test
  void resolvesAfterHealthHasHeld() throws InvalidEventException {
    List<SpecificRecord> stream = new ArrayList<>(events.livelock());
    stream.addAll(events.healthy(40, 140));

    List<Incident> incidents = detection.feed(stream);

    assertThat(incidents)
        .extracting(Incident::getEventAction)
        .containsExactly(EventAction.TRIGGER, EventAction.UPDATE, EventAction.RESOLVE);
    assertThat(incidents.get(1).getStatus()).isEqualTo(IncidentStatus.RECOVERING);
    Incident resolved = incidents.get(2);
    assertThat(resolved.getResolution()).isEqualTo(Resolution.RECOVERED);
    assertThat(resolved.getIncidentKey()).isEqualTo(incidents.get(0).getIncidentKey());
    assertThat(resolved.getEventId()).isNotEqualTo(incidents.get(0).getEventId());
    assertThat(resolved.getEndedAt()).isEqualTo(Instant.ofEpochMilli(TestEvents.ms(42)));
    assertThat(resolved.getUpdatedAt()).isEqualTo(Instant.ofEpochMilli(TestEvents.ms(102)));
  }

  @Test
  void livelockThatReturnsWithinTheHoldTimeStaysOneIncident() throws InvalidEventException {
    List<SpecificRecord> stream = new ArrayList<>(events.livelock());
    stream.add(events.coldPerf(40));
    stream.add(events.succeeded(40, 40.1));
    stream.add(events.hanging(50, 56));
    stream.add(events.hotPerf(57));
    for (int second = 60; second < 200; second += 5) {
      stream.add(events.snapshot(second));
    }

    assertThat(detection.feed(stream)).hasSize(1);
  }

  @Test
  void rebootResolvesAndStragglersOfTheOldBootAreHarmless() throws InvalidEventException {
    TestEvents after = events.rebooted();
    List<SpecificRecord> stream = new ArrayList<>(events.livelock());
    stream.add(after.snapshot(100));
    stream.add(events.hanging(90, 98));
    stream.add(events.hotPerf(99));
    stream.addAll(after.healthy(101, 181));
    stream.add(events.hanging(90, 97));

    List<Incident> incidents = detection.feed(stream);

    assertThat(incidents)
        .extracting(Incident::getEventAction)
        .containsExactly(EventAction.TRIGGER, EventAction.UPDATE, EventAction.RESOLVE);
    assertThat(detection.late()).isEqualTo(1);
    Incident resolved = incidents.get(2);
    assertThat(resolved.getResolution()).isEqualTo(Resolution.REBOOTED);
    assertThat(resolved.getBootId()).isEqualTo("boot-1");
    assertThat(resolved.getEndedAt()).isEqualTo(Instant.ofEpochMilli(TestEvents.ms(100)));
  }

  /** As far ahead as a long grace allows, so that its silence looks long, too. */
  @Test
  void aBootIsNotEndedByAStragglerOfTheOneBeforeWhileOthersAreAhead() throws InvalidEventException {
    // Given
    Projection projection = new Projection(Signatures.shipped());
    HostDetector detector =
        new HostDetector(
            Signatures.shipped(),
            DetectionSettings.of(5_000, 90_000),
            new IncidentComposer("test", "runbooks/", null));
    TestEvents after = events.rebooted();
    HostState state = null;
    for (int second = 0; second <= 100; second += 5) {
      var snapshot = projection.of(events.snapshot(second), null);
      state = detector.accept("node-1", state, snapshot, clock(second)).state();
    }

    // When
    for (int second : new int[] {120, 122}) {
      var snapshot = projection.of(after.snapshot(second), null);
      state = detector.accept("node-1", state, snapshot, clock(205)).state();
    }
    var straggler = projection.of(events.snapshot(104), null);
    state = detector.accept("node-1", state, straggler, clock(205)).state();
    var next = projection.of(after.snapshot(125), null);

    // Then
    assertThat(detector.accept("node-1", state, next, clock(210)).late()).isFalse();
  }

  private static PartitionClock clock(int second) {
    return new PartitionClock(second * 1_000L, TestEvents.ms(second));
  }

  /** RTC in local time, then NTP: the new boot begins hours before the old one ended. */
  @Test
  void aBootWhoseClockIsBehindIsNotDeaf() throws InvalidEventException {
    TestEvents after = events.rebooted();
    List<SpecificRecord> stream = new ArrayList<>();
    events.healthy(7200, 7260).forEach(stream::add);
    stream.addAll(after.livelock());

    assertThat(detection.feed(stream))
        .extracting(Incident::getKind)
        .containsExactly("netns-cleanup-livelock");
    assertThat(detection.late()).isZero();
  }

  /** Workers of an unbound queue are replaced, and newer kernels show what they work on. */
  @Test
  void aWorkerThatIsAnotherNowIsTheSameLivelock() throws InvalidEventException {
    List<SpecificRecord> stream = new ArrayList<>(events.livelock());
    for (int second = 30; second < 120; second += 10) {
      int pid = 100 + second;
      String comm = "kworker/u4:" + second + "+netns";
      stream.add(
          events.snapshot(
              second,
              TaskOfInterest.newBuilder(TestEvents.spinningWorker())
                  .setPid(pid)
                  .setComm(comm)
                  .build()));
      PerfSample slice = events.hotPerf(second + 5);
      stream.add(
          PerfSample.newBuilder(slice)
              .setSymbols(
                  slice.getSymbols().stream()
                      .map(it -> SymbolSamples.newBuilder(it).setPid(pid).setComm(comm).build())
                      .toList())
              .build());
      stream.add(events.hanging(6, second + 6));
    }

    assertThat(detection.feed(stream))
        .allMatch(it -> it.getKind().equals("netns-cleanup-livelock"))
        .allMatch(it -> it.getConfidence() == Confidence.CONFIRMED)
        .extracting(Incident::getEventAction)
        .startsWith(EventAction.TRIGGER)
        .doesNotContain(EventAction.RESOLVE)
        .containsOnlyOnce(EventAction.TRIGGER);
  }

  /** The kernel lowers the rate where sampling takes too long: a quarter of the samples is left. */
  @Test
  void samplesThatWereThrottledStillShowTheLivelock() throws InvalidEventException {
    List<SpecificRecord> stream = new ArrayList<>();
    for (SpecificRecord event : events.livelock()) {
      stream.add(event instanceof PerfSample slice ? throttled(slice) : event);
    }

    assertThat(detection.feed(stream))
        .singleElement()
        .extracting(Incident::getKind)
        .isEqualTo("netns-cleanup-livelock");
  }

  private static PerfSample throttled(PerfSample slice) {
    return PerfSample.newBuilder(slice)
        .setSampleCount(slice.getSampleCount() / 4)
        .setIdleCount(100L)
        .setSymbols(slice.getSymbols().stream().map(HostDetectorTest::throttled).toList())
        .build();
  }

  private static SymbolSamples throttled(SymbolSamples symbol) {
    return SymbolSamples.newBuilder(symbol)
        .setSamples(symbol.getSamples() / 4)
        .setCallPaths(
            symbol.getCallPaths().stream()
                .map(it -> CallPath.newBuilder(it).setSamples(it.getSamples() / 4).build())
                .toList())
        .build();
  }

  /** Of those that are left too few to say anything, nothing is concluded, nor from none. */
  @Test
  void samplesThatAreNearlyAllLostEndNothing() throws InvalidEventException {
    List<SpecificRecord> stream = new ArrayList<>(events.livelock());
    for (int second = 30; second < 600; second += 10) {
      stream.add(
          PerfSample.newBuilder(events.coldPerf(second))
              .setSampleCount(second % 20 == 0 ? 0 : 5)
              .setSymbols(List.of())
              .build());
    }

    assertThat(detection.feed(stream))
        .extracting(Incident::getEventAction)
        .doesNotContain(EventAction.RESOLVE);
  }

  @Test
  void twoHostsOfOneNameDoNotHideALivelock() throws InvalidEventException {
    TestEvents twin = events.rebooted();
    List<SpecificRecord> stream = new ArrayList<>();
    stream.addAll(twin.healthy(0, 10));
    stream.addAll(events.livelock().subList(0, 3));
    stream.addAll(twin.healthy(10, 20));
    stream.addAll(events.livelock().subList(3, 7));
    stream.addAll(twin.healthy(20, 30));
    stream.addAll(events.livelock().subList(7, events.livelock().size()));
    for (int second = 30; second < 300; second += 10) {
      stream.addAll(twin.healthy(second, second + 10));
      stream.add(events.snapshot(second + 5, TestEvents.spinningWorker()));
    }

    assertThat(detection.feed(stream))
        .extracting(Incident::getEventAction)
        .containsExactly(EventAction.TRIGGER, EventAction.UPDATE);
    assertThat(detection.late()).isZero();
    assertThat(detection.state("node-1").isInterleaved()).isTrue();
  }

  @Test
  void inventedBootsCloseNoIncidentOfAHostThatIsHeardOf() throws InvalidEventException {
    List<SpecificRecord> stream = new ArrayList<>(events.livelock());
    for (int second = 30; second < 300; second++) {
      stream.addAll(new TestEvents("node-1", "invented-" + second).healthy(second, second + 1));
      if (second % 5 == 0) {
        stream.add(events.snapshot(second, TestEvents.spinningWorker()));
      }
    }

    assertThat(detection.feed(stream))
        .extracting(Incident::getEventAction)
        .doesNotContain(EventAction.RESOLVE);
    assertThat(detection.state("node-1").boots()).hasSizeLessThanOrEqualTo(HostState.MAX_BOOTS);
  }

  @Test
  void anInterleavedBootThatFallsSilentEndsAtLast() throws InvalidEventException {
    TestEvents twin = events.rebooted();
    List<SpecificRecord> stream = new ArrayList<>(twin.healthy(0, 10));
    stream.addAll(events.livelock());
    stream.addAll(twin.healthy(10, 20));
    stream.addAll(twin.healthy(20, 60));
    stream.add(events.hotPerf(60));
    stream.addAll(twin.healthy(60, 700));

    List<Incident> incidents = detection.feed(stream);

    Incident last = incidents.get(incidents.size() - 1);
    assertThat(last.getEventAction()).isEqualTo(EventAction.RESOLVE);
    assertThat(last.getResolution()).isNull();
    assertThat(last.getResolutionReason()).contains("two hosts have one name");
    assertThat(incidents).anyMatch(Incident::getNoData);
  }

  @Test
  void aClockSetBackAtTheVeryStartOfARunMakesNobodyDeaf() throws InvalidEventException {
    List<SpecificRecord> stream = new ArrayList<>();
    stream.add(numbered(events.snapshot(7200), 0));
    stream.add(numbered(events.snapshot(7205), 1));
    int sequence = 2;
    for (SpecificRecord event : events.livelock()) {
      stream.add(numbered(event, sequence++));
    }

    assertThat(detection.feed(stream))
        .extracting(Incident::getKind)
        .containsExactly("netns-cleanup-livelock");
    assertThat(detection.late()).isZero();
  }

  @Test
  void aClockSetBackBetweenTwoRunsIsToldByTheUptime() throws InvalidEventException {
    List<SpecificRecord> stream = new ArrayList<>();
    for (int second = 7200; second < 7240; second += 5) {
      stream.add(
          ProcSnapshot.newBuilder(events.snapshot(second))
              .setCollectorStartedAt(Instant.ofEpochMilli(TestEvents.ms(7190)))
              .setUptimeMs((second - 7000) * 1000L)
              .build());
    }
    stream.add(ProcSnapshot.newBuilder(events.snapshot(0)).setUptimeMs(300_000L).build());
    stream.addAll(events.livelock());

    assertThat(detection.feed(stream))
        .extracting(Incident::getKind)
        .containsExactly("netns-cleanup-livelock");
    assertThat(detection.late()).isZero();
  }

  private static SpecificRecord numbered(SpecificRecord event, long sequence) {
    event.put(event.getSchema().getField("sequence").pos(), sequence);
    return event;
  }

  @Test
  void evidenceOfAClosedWindowIsLate() throws InvalidEventException {
    assertThat(
            detection.feed(
                events.snapshot(11),
                events.snapshot(30),
                events.hotPerf(12),
                events.hanging(6, 11.5),
                events.snapshot(60)))
        .isEmpty();
    assertThat(detection.late()).isEqualTo(2);
  }

  @Test
  void failedCreationIsNoSignOfHealth() throws InvalidEventException {
    assertThat(
            detection.feed(
                events.hotPerf(12),
                events.hanging(6, 11.5),
                events.creation(11.6, 11.7, CommandOutcome.FAILED),
                events.snapshot(26)))
        .hasSize(1);
  }

  @Property(tries = 200)
  void arrivalOrderWithinGraceAndDuplicatesChangeNothing(
      @ForAll @LongRange(min = 0, max = Long.MAX_VALUE) long seed) throws InvalidEventException {
    List<SpecificRecord> ordered = new ArrayList<>(events.livelock());
    ordered.addAll(events.healthy(40, 140));
    List<Incident> expected = new Detection().feed(ordered);

    List<Incident> actual =
        new Detection().feed(Disorder.within(GRACE_MS - 100, ordered, new Random(seed)));

    assertThat(actual).isEqualTo(expected);
  }
}
