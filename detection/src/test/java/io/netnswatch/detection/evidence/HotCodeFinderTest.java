package io.netnswatch.detection.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.detection.TestEvents;
import io.netnswatch.detection.signature.Signatures;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.SymbolSamples;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HotCodeFinderTest {

  private static final String LIVELOCK = "netns-cleanup-livelock";

  private final TestEvents events = TestEvents.ofHost("node-1");
  private static final Set<String> CALLERS = EventRules.callers(Signatures.shipped());

  private final HotCodeFinder finder = new HotCodeFinder(Signatures.shipped());

  @Test
  void samplesBelowTheSymbolCountInclusively() {
    assertThat(livelock(events.hotPerf(12)))
        .singleElement()
        .satisfies(
            hot -> {
              assertThat(hot.symbol()).isEqualTo("inet_evict_bucket");
              assertThat(hot.samples()).isEqualTo(495);
              assertThat(hot.cpus()).isEqualTo(0.99);
            });
  }

  /** A sample more than the clock has room for: one task has one CPU. */
  @Test
  void oneTaskUsesOneCpuAtMost() {
    assertThat(
            livelock(
                events.perf(
                    12, TestEvents.symbol("inet_evict_bucket", 520, TestEvents.LIVELOCK_PATH))))
        .singleElement()
        .satisfies(hot -> assertThat(hot.cpus()).isEqualTo(1.0));
  }

  /** On a loaded host the worker gets a part of a CPU, and spends all of it in the loop. */
  @Test
  void whatTheWorkerDoesWithItsTimeDecidesNotHowMuchItGets() {
    assertThat(
            livelock(
                events.perf(
                    12, TestEvents.symbol("inet_evict_bucket", 60, TestEvents.LIVELOCK_PATH))))
        .singleElement()
        .satisfies(hot -> assertThat(hot.cpus()).isEqualTo(0.12));
  }

  @Test
  void withoutCallPathsALittleSaysNothing() {
    PerfSample sample =
        PerfSample.newBuilder(
                events.perf(12, TestEvents.symbol("inet_evict_bucket", 60, List.of())))
            .setCallPathsRecorded(false)
            .build();

    assertThat(livelock(sample)).isEmpty();
  }

  @Test
  void aCallerThatSpendsItsTimeElsewhereIsNotHotCode() {
    PerfSample progressing =
        events.perf(
            12,
            TestEvents.symbol("inet_evict_bucket", 80, TestEvents.LIVELOCK_PATH),
            TestEvents.symbol("synchronize_rcu", 400, List.of("synchronize_rcu", "cleanup_net")));

    assertThat(livelock(progressing)).isEmpty();
  }

  @Test
  void theSymbolOutsideTheCleanupIsNotHotCode() {
    assertThat(
            livelock(
                events.perf(
                    12,
                    TestEvents.symbol(
                        "inet_evict_bucket",
                        400,
                        List.of("inet_evict_bucket", "inet_frag_worker", "process_one_work")))))
        .isEmpty();
  }

  @Test
  void withoutCallPathsTheLeavesUnderOneWorkerAreAddedUp() {
    PerfSample sample =
        PerfSample.newBuilder(
                events.perf(
                    12,
                    TestEvents.symbol("_raw_spin_lock", 240, List.of()),
                    TestEvents.symbol("inet_evict_bucket", 160, List.of())))
            .setCallPathsRecorded(false)
            .build();

    assertThat(livelock(sample))
        .singleElement()
        .satisfies(hot -> assertThat(hot.samples()).isEqualTo(400));
  }

  @Test
  void aWorkersStackThroughTheSymbolIsFound() {
    assertThat(
            finder.in(
                TestEvents.spinningWorker(), TestEvents.LIVELOCK_PATH, TestEvents.ms(11), null))
        .filteredOn(hot -> hot.signatureId().equals(LIVELOCK))
        .singleElement()
        .satisfies(hot -> assertThat(hot.origin()).isEqualTo(HotCode.Origin.PROC));
  }

  /** Packets that are processed on top of the worker are not its loop; some of them always are. */
  @Test
  void whereMostSamplesAreOfInterruptsTheSymbolBelowIsNotHotCode() {
    List<String> interrupted = new ArrayList<>(List.of("net_rx_action", "__do_softirq"));
    interrupted.addAll(TestEvents.LIVELOCK_PATH);
    SymbolSamples own = TestEvents.symbol("inet_evict_bucket", 300, TestEvents.LIVELOCK_PATH);

    assertThat(livelock(events.perf(12, own, TestEvents.symbol("net_rx_action", 200, interrupted))))
        .singleElement()
        .satisfies(hot -> assertThat(hot.samples()).isEqualTo(500));
    assertThat(livelock(events.perf(12, own, TestEvents.symbol("net_rx_action", 310, interrupted))))
        .isEmpty();
    assertThat(finder.in(TestEvents.spinningWorker(), interrupted, TestEvents.ms(11), null))
        .noneMatch(hot -> hot.signatureId().equals(LIVELOCK));
  }

  private List<HotCode> livelock(PerfSample sample) {
    return finder
        .in(sample, SampledPath.through(new FunctionSet(CALLERS), sample), TestEvents.ms(12), null)
        .stream()
        .filter(hot -> hot.signatureId().equals(LIVELOCK))
        .toList();
  }
}
