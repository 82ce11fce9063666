package io.netnswatch.collector.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.detection.DetectionSettings;
import io.netnswatch.detection.HostDetector;
import io.netnswatch.detection.IncidentComposer;
import io.netnswatch.detection.PartitionDetector;
import io.netnswatch.detection.PartitionDetector.HostStates;
import io.netnswatch.detection.PartitionDetector.HostStep;
import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.detection.evidence.Projection;
import io.netnswatch.detection.signature.Signatures;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.Confidence;
import io.netnswatch.schema.EventAction;
import io.netnswatch.schema.FragmentCounter;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.IncidentStatus;
import io.netnswatch.schema.KernelVerdict;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TelemetryEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The recordings of the real bug and of its look-alikes, read and judged. */
class RecordingsTest {

  private static final Path RECORDINGS = Path.of("..", "testing", "recordings");
  private static final Instant LIVELOCK_ONSET = Instant.ofEpochMilli(1_795_363_134_416L);

  @Test
  void livelockIsReadAsItsCollectorWouldHavePublishedIt() throws IOException {
    List<TelemetryEvent> events = telemetry("livelock");

    assertThat(of(ProcSnapshot.class, events)).hasSize(233);
    assertThat(of(PerfSample.class, events)).hasSize(8);
    assertThat(events).isSortedAccordingTo((a, b) -> a.eventTime().compareTo(b.eventTime()));
    List<NetnsLatency> creations =
        of(NetnsLatency.class, events).stream()
            .filter(latency -> latency.getCommand() == NetnsCommand.ADD)
            .filter(latency -> latency.getOutcome() != CommandOutcome.STILL_RUNNING)
            .toList();
    assertThat(creations)
        .filteredOn(latency -> latency.getStartedAt().isBefore(LIVELOCK_ONSET))
        .hasSize(25)
        .allMatch(latency -> latency.getOutcome() == CommandOutcome.SUCCEEDED);
    assertThat(creations)
        .filteredOn(latency -> latency.getStartedAt().isAfter(LIVELOCK_ONSET))
        .allMatch(latency -> latency.getOutcome() == CommandOutcome.TIMED_OUT)
        .allSatisfy(
            latency ->
                assertThat(latency.getBlockedAt())
                    .satisfies(at -> assertThat(at.getWchan()).isEqualTo("copy_net_ns")));
    PerfSample hot = of(PerfSample.class, events).get(1);
    assertThat(hot.getSampleCount()).isEqualTo(1008);
    assertThat(hot.getCpuCount()).isEqualTo(2);
    assertThat(hot.getSymbols().get(0))
        .satisfies(
            top -> {
              assertThat(top.getComm()).isEqualTo("kworker/u4:0");
              assertThat(top.getPid()).isEqualTo(5);
              assertThat(top.getSymbol()).isEqualTo("_raw_spin_lock");
              assertThat(top.getCallPaths().get(0).getFrames()).contains("cleanup_net");
            });
    assertThat(of(ProcSnapshot.class, events))
        .flatExtracting(ProcSnapshot::getTasksOfInterest)
        .anySatisfy(
            task -> {
              assertThat(task.getPid()).isEqualTo(5);
              assertThat(task.getCpuUse()).isGreaterThan(0.8);
              assertThat(task.getStack()).contains("inet_frags_exit_net", "cleanup_net");
            })
        .anySatisfy(
            task -> {
              assertThat(task.getPid()).isEqualTo(2526);
              assertThat(task.getNetnsArguments()).isEqualTo("netns add c26");
              assertThat(task.getWchan()).isEqualTo("copy_net_ns");
            });
  }

  @Test
  void precursorIsReadFromTheNamespaces() throws IOException {
    List<FragmentCounter> counters =
        of(ProcSnapshot.class, telemetry("livelock-ip6reasm")).stream()
            .flatMap(snapshot -> snapshot.getFragmentCounters().stream())
            .filter(counter -> counter.getNetnsName() != null)
            .toList();

    assertThat(counters).extracting(FragmentCounter::getMemoryBytes).contains(-18_432L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"livelock", "livelock-ip6reasm"})
  void livelockIsFoundOnceAndConfirmed(String recording) throws Exception {
    List<Incident> incidents = livelocks(recording);

    assertThat(incidents.get(0).getEventAction()).isEqualTo(EventAction.TRIGGER);
    assertThat(incidents.subList(1, incidents.size()))
        .allMatch(step -> step.getEventAction() == EventAction.UPDATE);
    Incident incident = incidents.get(incidents.size() - 1);
    assertThat(incident.getStatus()).isEqualTo(IncidentStatus.OPEN);
    assertThat(incident.getConfidence()).isEqualTo(Confidence.CONFIRMED);
    assertThat(incident.getKernelVerdict()).isEqualTo(KernelVerdict.AFFECTED);
    assertThat(incident.getHotSymbol())
        .satisfies(
            hot -> {
              assertThat(hot.getSymbol()).isEqualTo("inet_evict_bucket");
              assertThat(hot.getCpus()).isBetween(0.7, 1.1);
              assertThat(hot.getCallPath()).contains("cleanup_net");
            });
    assertThat(incident.getWorker()).satisfies(worker -> assertThat(worker.getPid()).isEqualTo(5));
  }

  @Test
  void livelockIsFoundSoonAfterItsFirstPerfSlice() throws Exception {
    Incident incident = livelocks("livelock").get(0);

    // The first creation to hang began at 135.6; the first slice after the onset ends at 151.530.
    assertThat(incident.getStartedAt()).isBetween(LIVELOCK_ONSET, LIVELOCK_ONSET.plusSeconds(2));
    assertThat(incident.getDetectedAt()).isEqualTo(Instant.ofEpochMilli(1_795_363_152_000L));
    assertThat(incident.getConfidence()).isEqualTo(Confidence.CONFIRMED);
  }

  @Test
  void precursorNamesTheNamespacesBeforeTheLivelock() throws Exception {
    List<Incident> incidents = detect("livelock-ip6reasm");

    Incident precursor = incidents.get(0);
    assertThat(precursor.getKind()).isEqualTo("netns-fragment-imbalance");
    assertThat(precursor.getConfidence()).isEqualTo(Confidence.CONFIRMED);
    assertThat(precursor.getFragmentImbalance())
        .satisfies(
            imbalance -> {
              assertThat(imbalance.getNetnsName()).startsWith("c");
              assertThat(imbalance.getMemoryBytes()).isNegative();
            });
    assertThat(precursor.getStartedAt())
        .isBefore(livelocks("livelock-ip6reasm").get(0).getStartedAt());
  }

  @ParameterizedTest
  @ValueSource(strings = {"healthy", "lookalike-heavy-churn", "lookalike-frag-flood"})
  void othersAreSilent(String recording) throws Exception {
    assertThat(detect(recording)).isEmpty();
  }

  private static List<TelemetryEvent> telemetry(String recording) throws IOException {
    return EvidenceBundle.read(RECORDINGS.resolve(recording + ".tar.gz"))
        .telemetry("vm415", Duration.ZERO);
  }

  private static <T extends SpecificRecord> List<T> of(Class<T> type, List<TelemetryEvent> events) {
    return events.stream()
        .map(TelemetryEvent::value)
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  private static List<Incident> livelocks(String recording) throws Exception {
    return detect(recording).stream()
        .filter(incident -> incident.getKind().equals("netns-cleanup-livelock"))
        .toList();
  }

  private static List<Incident> detect(String recording) throws IOException, InvalidEventException {
    Projection projection = new Projection(Signatures.shipped());
    PartitionDetector detector =
        new PartitionDetector(
            new HostDetector(
                Signatures.shipped(),
                DetectionSettings.DEFAULT,
                new IncidentComposer("test", "runbooks/", null)),
            DetectionSettings.DEFAULT,
            HostStates.inMemory());
    List<Incident> incidents = new ArrayList<>();
    for (TelemetryEvent event : telemetry(recording)) {
      for (HostStep step : detector.accept("vm415", projection.of(event.value(), null))) {
        assertThat(step.step().late()).isFalse();
        incidents.addAll(step.step().incidents());
      }
    }
    return incidents;
  }
}
