package io.netnswatch.qualitygate;

import io.netnswatch.scenarios.Scenario;
import io.netnswatch.schema.TelemetryEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

/** Duplicates, and disorder beyond grace: what the topology makes of it is what the engine does. */
class TopologyPropertyTest {

  private static final int DELAY_MS = 9_000;

  @Provide
  Arbitrary<Scenario> scenarios() throws IOException {
    return Arbitraries.of(Scenario.all(ScenariosTest.HOME));
  }

  @Property(tries = 12, seed = "42")
  void topologyAndEngineAgreeOnAnyOrder(
      @ForAll("scenarios") Scenario scenario,
      @ForAll @LongRange(min = 0, max = Long.MAX_VALUE) long seed)
      throws Exception {
    List<TelemetryEvent> shuffled =
        Shuffled.within(DELAY_MS, DeterminismTest.telemetry(scenario), new Random(seed));

    TopologyRun.assertAgreesWithEngine(Path.of("target", "topology-state"), shuffled);
  }
}
