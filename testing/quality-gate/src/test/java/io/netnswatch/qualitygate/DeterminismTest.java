package io.netnswatch.qualitygate;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.detection.DetectionSettings;
import io.netnswatch.detection.HostState;
import io.netnswatch.detection.PartitionDetector.HostStates;
import io.netnswatch.scenarios.Scenario;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.streams.state.StateSerdes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;

/** Same events in, byte-identical incidents out, whatever order they arrive in within grace. */
class DeterminismTest {

  private static final int GRACE_MS = 5_000;

  /** Below the grace, less what the scenarios themselves delay by. */
  private static final int DELAY_MS = GRACE_MS - 2_100;

  private static final Map<String, List<TelemetryEvent>> TELEMETRY = new ConcurrentHashMap<>();
  private static final Map<String, List<Incident>> EXPECTED = new ConcurrentHashMap<>();

  /** All but those whose clocks are set: there order of arrival tells what is before the step. */
  @Provide
  Arbitrary<Scenario> scenarios() throws IOException {
    return Arbitraries.of(
        Scenario.all(ScenariosTest.HOME).stream().filter(DeterminismTest::isOfOneClock).toList());
  }

  @Provide
  Arbitrary<DetectionSettings> settings() {
    return Arbitraries.of(2_000L, 5_000L).map(windowMs -> DetectionSettings.of(windowMs, GRACE_MS));
  }

  @Property(tries = 50, seed = "42")
  void orderDuplicatesAndRestartsChangeNothing(
      @ForAll("scenarios") Scenario scenario,
      @ForAll("settings") DetectionSettings settings,
      @ForAll @LongRange(min = 0, max = Long.MAX_VALUE) long seed)
      throws Exception {
    Random random = new Random(seed);
    Outcome outcome = new Outcome(false, settings, new SerializedStates());

    for (TelemetryEvent event : Shuffled.within(DELAY_MS, telemetry(scenario), random)) {
      outcome.feed(event);
      if (random.nextInt(50) == 0) {
        outcome.restart();
      }
    }

    assertThat(sorted(outcome.incidents())).isEqualTo(expected(scenario, settings));
  }

  private static boolean isOfOneClock(Scenario scenario) {
    try {
      return !Expected.of(scenario).mayBeLate();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<TelemetryEvent> telemetry(Scenario scenario) {
    return TELEMETRY.computeIfAbsent(
        scenario.name(),
        name -> {
          try {
            return scenario.telemetry(Duration.ZERO);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private static List<Incident> expected(Scenario scenario, DetectionSettings settings)
      throws Exception {
    String name = scenario.name() + " " + settings;
    List<Incident> known = EXPECTED.get(name);
    if (known == null) {
      Outcome outcome = new Outcome(false, settings, HostStates.inMemory());
      outcome.feed(telemetry(scenario));
      known = sorted(outcome.incidents());
      EXPECTED.put(name, known);
    }
    return known;
  }

  private static List<Incident> sorted(List<Incident> incidents) {
    return incidents.stream().sorted(Comparator.comparing(Incident::getEventId)).toList();
  }

  /** States as the store keeps them: bytes. */
  private static final class SerializedStates implements HostStates {

    private final Serde<HostState> serde = StateSerdes.hostState();
    private final Map<String, byte[]> bytes = new HashMap<>();

    @Override
    public @Nullable HostState get(String host) {
      byte[] value = bytes.get(host);
      return value == null ? null : serde.deserializer().deserialize("hosts", value);
    }

    @Override
    public void put(String host, HostState state) {
      bytes.put(host, serde.serializer().serialize("hosts", state));
    }

    @Override
    public void remove(String host) {
      bytes.remove(host);
    }

    @Override
    public void forEach(BiConsumer<String, HostState> reader) {
      bytes.forEach(
          (host, value) -> reader.accept(host, serde.deserializer().deserialize("hosts", value)));
    }
  }
}
