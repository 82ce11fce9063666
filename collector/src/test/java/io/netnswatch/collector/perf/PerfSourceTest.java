package io.netnswatch.collector.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.awaitility.Durations.ONE_MINUTE;

import io.netnswatch.collector.Alertness;
import io.netnswatch.collector.Emitter;
import io.netnswatch.collector.Envelope;
import io.netnswatch.schema.InterestReason;
import io.netnswatch.schema.NetnsCounts;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TaskCounts;
import io.netnswatch.schema.TaskOfInterest;
import io.netnswatch.schema.TelemetryEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PerfSourceTest {

  private final List<TelemetryEvent> events = new CopyOnWriteArrayList<>();
  private final Envelope envelope = new Envelope("node-1", "boot", "4.15.1", Instant.EPOCH);
  private final Emitter emitter = new Emitter(envelope, events::add);

  @TempDir private Path directory;

  @Test
  void withAnOlderPerfAQuietHostWaitsUntilProcShowsSomething() throws Exception {
    // Given
    Alertness alertness = new Alertness();
    alertness.tookSnapshot(snapshot(List.of()));
    PerfSource source = new PerfSource(olderPerf(), 2, alertness);
    assertThat(source.unavailable()).isEmpty();
    source.turn(emitter);
    assertThat(events).hasSize(1);

    // When
    CompletableFuture<Void> second = CompletableFuture.runAsync(() -> turn(source));
    await().atMost(ONE_MINUTE).during(Duration.ofMillis(1_500)).until(() -> events.size() == 1);
    alertness.tookSnapshot(snapshot(List.of(InterestReason.HOT_KERNEL_THREAD)));

    // Then
    second.get(5, TimeUnit.SECONDS);
    assertThat(events).hasSize(2);
    source.turn(emitter);
    assertThat(events).hasSize(3);
  }

  @Test
  void noPerfIdlesWhileTheHostIsQuiet() throws Exception {
    // Given
    Alertness alertness = new Alertness();
    alertness.tookSnapshot(snapshot(List.of()));
    PerfSource source = new PerfSource(pausablePerf(), 2, alertness);
    assertThat(source.unavailable()).isEmpty();

    // When, Then: quiet, one slice, and none is left behind
    source.turn(emitter);
    assertThat(events).hasSize(1);
    assertThat(perfChildren()).isEmpty();

    // When, Then: while something is suspicious one perf records slice after slice
    alertness.tookSnapshot(snapshot(List.of(InterestReason.HOT_KERNEL_THREAD)));
    source.turn(emitter);
    List<ProcessHandle> kept = perfChildren();
    source.turn(emitter);
    assertThat(events).hasSize(3);
    assertThat(kept).hasSize(1).isEqualTo(perfChildren());
    source.stop();
    assertThat(perfChildren()).isEmpty();
  }

  @Test
  void whileSomethingIsSuspiciousSlicesAreShortAndFollowEachOther() throws Exception {
    // Given: slices of an hour, and a host that is quiet
    Alertness alertness = new Alertness();
    alertness.tookSnapshot(snapshot(List.of()));
    PerfSettings hours =
        new PerfSettings(pausablePerf().perf(), Duration.ofHours(1), 99, directory);
    PerfSource source = new PerfSource(hours, 2, alertness);
    assertThat(source.unavailable()).isEmpty();
    assertThat(source.wantedWithin()).isEmpty();
    CompletableFuture<Void> slice = CompletableFuture.runAsync(() -> turn(source));

    // When: a slice is under way
    await().atMost(ONE_MINUTE).until(() -> !perfChildren().isEmpty());
    alertness.tookSnapshot(snapshot(List.of(InterestReason.HOT_KERNEL_THREAD)));

    // Then: it ends, and the next is wanted at once
    slice.get(10, TimeUnit.SECONDS);
    assertThat(((PerfSample) events.get(0).value()).getDurationMs()).isBetween(2_000, 9_000);
    assertThat(source.wantedWithin()).hasValue(Duration.ZERO);
    alertness.tookSnapshot(snapshot(List.of()));
    assertThat(source.wantedWithin()).isEmpty();
    source.stop();
  }

  @Test
  void aPerfThatMustBeStartedForEachSliceKeepsItsCadence() throws Exception {
    // Given
    Alertness alertness = new Alertness();
    alertness.tookSnapshot(snapshot(List.of(InterestReason.HOT_KERNEL_THREAD)));
    PerfSource source = new PerfSource(olderPerf(), 2, alertness);

    // When
    assertThat(source.unavailable()).isEmpty();
    source.turn(emitter);

    // Then
    assertThat(source.wantedWithin()).isEmpty();
  }

  private List<ProcessHandle> perfChildren() {
    return ProcessHandle.current()
        .children()
        .filter(child -> child.info().commandLine().orElse("").contains(directory.toString()))
        .toList();
  }

  private void turn(PerfSource source) {
    try {
      source.turn(emitter);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private PerfSettings olderPerf() throws IOException {
    return perf("case \"$*\" in *--control*) exit 129;; esac\ncat %s/data\n".formatted(directory));
  }

  private PerfSettings pausablePerf() throws IOException {
    return perf(
        "cat %s/data; while read -r word; do printf 'ack\\n\\0' >&2; done\n".formatted(directory));
  }

  private PerfSettings perf(String script) throws IOException {
    Files.write(directory.resolve("data"), PerfStream.spinningWorker(3));
    Files.writeString(directory.resolve("kallsyms"), PerfStream.KALLSYMS);
    Path program = directory.resolve("perf");
    Files.writeString(program, "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    return new PerfSettings(program.toString(), Duration.ofMillis(100), 99, directory);
  }

  private ProcSnapshot snapshot(List<InterestReason> reasons) {
    TaskOfInterest task =
        TaskOfInterest.newBuilder()
            .setPid(5)
            .setComm("kworker/u4:0")
            .setKernelThread(true)
            .setState("R")
            .setReasons(reasons)
            .build();
    TelemetryEvent event =
        envelope.seal(
            ProcSnapshot.newBuilder()
                .setCollectedAt(Instant.EPOCH)
                .setKernelVersion("Linux version 4.15.1")
                .setCpuCount(2)
                .setNetnsCounts(new NetnsCounts(null, null, null))
                .setTaskCounts(new TaskCounts(1, 1, 0, 0, 0, 0))
                .setTasksOfInterest(List.of(task)));
    return (ProcSnapshot) event.value();
  }
}
