package io.netnswatch.detection.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.netnswatch.detection.TestEvents;
import io.netnswatch.detection.evidence.Evidence.Profile;
import io.netnswatch.detection.evidence.Evidence.Snapshot;
import io.netnswatch.detection.signature.Signatures;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.SymbolSamples;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProjectionTest {

  private final TestEvents events = TestEvents.ofHost("node-1");
  private final Projection projection = new Projection(Signatures.shipped());

  @Test
  void countsEverySampleWithTheSymbolOnItsCallPath() throws InvalidEventException {
    HotCode hot = onlyHotCode(events.hotPerf(10));

    assertThat(hot.cpus()).isCloseTo(495 / 500.0, within(1e-9));
    assertThat(hot.samples()).isEqualTo(495);
    assertThat(hot.symbol()).isEqualTo("inet_evict_bucket");
  }

  @Test
  void comparesSymbolsWithoutCompilerSuffixes() throws InvalidEventException {
    HotCode hot =
        onlyHotCode(
            events.perf(
                10,
                TestEvents.symbol(
                    "inet_evict_bucket.isra.8",
                    300,
                    List.of(
                        "inet_evict_bucket.isra.8",
                        "inet_frags_exit_net",
                        "cleanup_net.part.3.cold"))));

    assertThat(hot.symbol()).isEqualTo("inet_evict_bucket");
    assertThat(hot.cpus()).isEqualTo(0.6);
  }

  /** Look-alike 11: reassembly of a fragment flood evicts too, but not under cleanup_net. */
  @Test
  void sameSymbolUnderAnotherCallerIsNotHot() throws InvalidEventException {
    assertThat(
            profile(
                    events.perf(
                        10,
                        TestEvents.symbol(
                            "inet_evict_bucket",
                            450,
                            List.of("inet_evict_bucket", "inet_frag_worker", "process_one_work"))))
                .hotCode())
        .isEmpty();
  }

  @Test
  void withoutCallPathsAddsUpTheLeavesOfTheWorker() throws InvalidEventException {
    PerfSample sample =
        PerfSample.newBuilder(
                events.perf(
                    10,
                    TestEvents.symbol("_raw_spin_lock", 240, List.of()),
                    TestEvents.symbol("inet_evict_bucket", 160, List.of()),
                    TestEvents.symbol("inet_frags_exit_net", 90, List.of())))
            .setCallPathsRecorded(false)
            .build();

    HotCode hot = onlyHotCode(sample);

    assertThat(hot.cpus()).isEqualTo(0.98);
    assertThat(hot.callPath()).isEmpty();
  }

  @Test
  void withoutCallPathsAFewSamplesDoNotMakeABusyWorkerHot() throws InvalidEventException {
    PerfSample sample =
        PerfSample.newBuilder(
                events.perf(
                    10,
                    TestEvents.symbol("crypto_aes", 400, List.of()),
                    TestEvents.symbol("inet_evict_bucket", 10, List.of())))
            .setCallPathsRecorded(false)
            .build();

    assertThat(profile(sample).hotCode()).isEmpty();
  }

  @Test
  void keepsTheTaskLongestInsideCreation() throws InvalidEventException {
    Snapshot snapshot =
        (Snapshot)
            projection
                .of(
                    events.snapshot(
                        20,
                        TestEvents.blockedTask(2_000),
                        TestEvents.blockedTask(12_000),
                        TestEvents.spinningWorker()),
                    null)
                .observation();

    assertThat(snapshot.creation()).satisfies(c -> assertThat(c.ageMs()).isEqualTo(12_000));
    assertThat(snapshot.workers()).singleElement().matches(CleanupWorker::inCleanup);
  }

  @Test
  void refusesTheImpossible() {
    assertThatThrownBy(
            () ->
                projection.of(
                    PerfSample.newBuilder(events.hotPerf(10)).setDurationMs(0).build(), null))
        .isInstanceOf(InvalidEventException.class)
        .hasMessage("duration_ms must be above 0");
    assertThatThrownBy(() -> projection.of(events.succeeded(10, 9), null))
        .isInstanceOf(InvalidEventException.class)
        .hasMessage("started_at must not be after observed_at");
    assertThatThrownBy(
            () ->
                projection.of(
                    PerfSample.newBuilder(events.hotPerf(10)).setStartedAt(Instant.EPOCH).build(),
                    null))
        .isInstanceOf(InvalidEventException.class)
        .hasMessage("started_at must be after 1970");
  }

  /** What kernel symbols it would have shown is not known: no sign of health. */
  @Test
  void sliceWithoutKernelSymbolsProvesNothing() throws InvalidEventException {
    assertThat(
            profile(events.perf(10, TestEvents.symbol("[unknown]", 400, List.of()))).conclusive())
        .isFalse();
  }

  @Test
  void programsWithoutSymbolsHideNothingOfTheKernel() throws InvalidEventException {
    SymbolSamples ofProgram =
        SymbolSamples.newBuilder(TestEvents.symbol("[unknown]", 400, List.of()))
            .setModule("/usr/bin/qemu-system-x86_64")
            .build();

    assertThat(profile(events.perf(10, ofProgram)).conclusive()).isTrue();
  }

  private Profile profile(PerfSample sample) throws InvalidEventException {
    return (Profile) projection.of(sample, null).observation();
  }

  private HotCode onlyHotCode(PerfSample sample) throws InvalidEventException {
    return profile(sample).hotCode().stream()
        .filter(hot -> hot.signatureId().equals("netns-cleanup-livelock"))
        .findFirst()
        .orElseThrow();
  }
}
