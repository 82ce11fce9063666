package io.netnswatch.firedrills;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.localcluster.LocalCluster;
import io.netnswatch.schema.DeadLetterReason;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The drills that fit into a build, with little load; {@code benchmarks/fire-drills} runs all. */
class FireDrillsIT {

  private static final Load LOAD = Load.of(30, 8, Duration.ofSeconds(18));

  @TempDir private static Path directory;
  private static LocalCluster servers;

  @BeforeAll
  static void startServers() throws Exception {
    servers = LocalCluster.start(directory);
  }

  @AfterAll
  static void stopServers() {
    servers.close();
  }

  /** Every incident is published, once, with every field as in a run that nothing disturbed. */
  @ParameterizedTest
  @ValueSource(strings = {"kill", "state-corrupt", "poison", "twins", "slow-http"})
  void incidentsAreThoseOfAnUndisturbedRun(String name) throws Exception {
    Drill drill =
        Drills.all(Duration.ofSeconds(15)).stream()
            .filter(it -> it.name().equals(name))
            .findFirst()
            .orElseThrow();
    try (Scene scene = Scene.open(name, servers, directory.resolve(name), 4)) {
      drill.course().take(scene, LOAD);

      Verdict verdict = scene.verdict();

      assertThat(verdict)
          .as(verdict + "\n" + String.join("\n", verdict.faults()))
          .matches(Verdict::isFlawless);
      if (name.equals("poison")) {
        assertThat(verdict.deadLetters())
            .containsEntry("UNDECODABLE", 20)
            .containsEntry("UNKNOWN_SCHEMA", 10)
            .containsKey("INVALID"); // a megabyte of zeros is refused unread, as huge events are
      } else {
        // On a busy machine a topic may fall behind by more than the grace period: here it is two
        // seconds of the clock.
        assertThat(verdict.deadLetters().keySet()).isSubsetOf(DeadLetterReason.LATE.name());
      }
    }
  }
}
