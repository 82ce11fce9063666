package io.netnswatch.collector.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimedCommandTest {

  @Test
  void killsACommandThatIgnoresTermAtItsTimeLimitAndReportsProgressBefore() throws Exception {
    // Given
    List<Double> progress = new ArrayList<>();
    TimedCommand timed = new TimedCommand(Duration.ofMillis(700), Duration.ofMillis(200));

    // When
    TimedCommand.Ended ended =
        timed.run(
            List.of("/bin/sh", "-c", "trap '' TERM; while :; do read line < /dev/zero; done"),
            (started, elapsedMs) -> progress.add(elapsedMs));

    // Then
    assertThat(ended.killed()).isTrue();
    assertThat(ended.exitStatus()).isEqualTo(128 + 9);
    assertThat(ended.latencyMs()).isGreaterThanOrEqualTo(700);
    assertThat(progress)
        .isNotEmpty()
        .isSorted()
        .first()
        .satisfies(ms -> assertThat(ms).isGreaterThanOrEqualTo(200));
    assertThat(ProcessHandle.of(ended.started().pid())).isEmpty();
  }

  @Test
  void saysOnceThatACommandTakesLong() throws Exception {
    // Given
    List<String> said = new ArrayList<>();
    TimedCommand timed = new TimedCommand(Duration.ofMillis(2_500), Duration.ofMillis(2_000));

    // When
    timed.run(
        List.of("/bin/sh", "-c", "while :; do read line < /dev/zero; done"),
        new TimedCommand.Listener() {
          @Override
          public void slow() {
            said.add("slow");
          }

          @Override
          public void progress(TimedCommand.Started started, double elapsedMs) {
            said.add("progress");
          }
        });

    // Then
    assertThat(said).containsExactly("slow", "progress");
  }

  @Test
  void capsWhatACommandWritesToStderrAndNeverBlocksItOnThat() throws Exception {
    // Given
    TimedCommand timed = new TimedCommand(Duration.ofSeconds(30), Duration.ofSeconds(30));

    // When
    TimedCommand.Ended ended =
        timed.run(
            List.of("/bin/sh", "-c", "head -c 300000 /dev/zero | tr '\\0' x >&2; exit 3"),
            (started, elapsedMs) -> {});

    // Then
    assertThat(ended.killed()).isFalse();
    assertThat(ended.exitStatus()).isEqualTo(3);
    assertThat(ended.stderr()).hasSize(1024);
  }
}
