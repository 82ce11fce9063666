package io.netnswatch.qualitygate;

import io.netnswatch.scenarios.Scenario;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Topology and engine agree to the byte on every scenario, source offsets included. */
class TopologyAgreementTest {

  @TempDir private Path stateDir;

  @TestFactory
  Stream<DynamicTest> agree() throws IOException {
    return Scenario.all(ScenariosTest.HOME).stream()
        .map(
            scenario ->
                DynamicTest.dynamicTest(
                    scenario.name(),
                    () ->
                        TopologyRun.assertAgreesWithEngine(
                            stateDir, DeterminismTest.telemetry(scenario))));
  }
}
