package io.netnswatch.qualitygate;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.detection.cause.Cause;
import io.netnswatch.detection.cause.Causes;
import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.simulator.Fleet;
import io.netnswatch.simulator.Mix;
import io.netnswatch.simulator.Trouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/**
 * Simulated host-hours with look-alikes: every livelock found, nothing made up. Two thousand in
 * each build; ten thousand, whose tables are shown, with {@code -Dnetnswatch.gate=whole}.
 */
class QualityGateTest {

  private static final boolean WHOLE = "whole".equals(System.getProperty("netnswatch.gate"));
  private static final int HOSTS = WHOLE ? 1_000 : 200;
  private static final int HOURS = 10;
  private static final long DELAY_BAR_MS = 10_000;
  private static final long LONGEST_BAR_MS = 15_000;
  private static final Path PAGE = Path.of("..", "..", "detection", "README.md");

  /** Each cause in the frames of the eras it has been seen in, on hosts that see all or less. */
  @Test
  void everyCauseIsNamedAndNoOtherIsPutInItsPlace() throws InvalidEventException, IOException {
    CauseGate gate = new CauseGate();

    gate.run(Trouble.all());

    System.out.println(gate.table());
    assertThat(gate.causes())
        .as("causes in the simulator's troubles.tsv, of which each shipped one needs a row")
        .containsExactlyInAnyOrderElementsOf(Causes.shipped().stream().map(Cause::id).toList());
    assertThat(gate.madeUp()).isEmpty();
    assertThat(gate.wrong()).isEmpty();
    assertThat(gate.notNamed()).isEmpty();
    assertOnPage(gate.table());
  }

  @Test
  void everyLivelockIsFoundAndNothingElseIsCalledOne() throws IOException {
    Fleet fleet =
        Fleet.random(
            20_261_122, Instant.parse("2026-11-22T00:00:00Z"), HOSTS, HOURS, Mix.QUALITY_GATE);
    QualityGate gate = new QualityGate();

    gate.run(fleet);

    System.out.println(gate.table());
    assertThat(gate.livelocks()).isGreaterThan(HOSTS);
    assertThat(gate.missed()).isEmpty();
    assertThat(gate.madeUp()).as("said of a condition that QualityGate.SAYABLE has not").isEmpty();
    assertThat(gate.delayMs(0.95)).isLessThanOrEqualTo(DELAY_BAR_MS);
    assertThat(gate.longestOfNamedMs()).isLessThanOrEqualTo(LONGEST_BAR_MS);
    if (WHOLE) {
      assertOnPage(gate.table());
    }
  }

  /** {@code -Dnetnswatch.rewrite=true} writes the tables, each known by its first line. */
  private static void assertOnPage(String tables) throws IOException {
    String page = Files.readString(PAGE);
    for (String table : tables.strip().split("\n\n", -1)) {
      int from = page.indexOf(table.lines().findFirst().orElseThrow() + "\n");
      int below = page.indexOf("\n\n", from);
      page = page.substring(0, from) + table + (below < 0 ? "\n" : page.substring(below));
    }
    if (Boolean.getBoolean("netnswatch.rewrite")) {
      Files.writeString(PAGE, page);
    }

    assertThat(PAGE)
        .as("the tables of detection/README.md; -Dnetnswatch.rewrite=true writes them")
        .hasContent(page);
  }
}
