package io.netnswatch.scenarios;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.netnswatch.collector.bundle.EvidenceBundle;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.simulator.Fleet;
import io.netnswatch.simulator.FleetFile;
import io.netnswatch.simulator.Simulation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A folder of {@code scenarios/cases}: what happens to some hosts, simulated ({@code fleet.yaml})
 * or recorded ({@code recording.yaml}, which names a bundle of {@code testing/recordings}).
 *
 * @param folder where it is
 */
public record Scenario(Path folder) {

  private static final ObjectReader RECORDING = new YAMLMapper().readerFor(Recording.class);

  /** A bundle, and the host it is played as. */
  private record Recording(
      @JsonProperty(required = true) String bundle, @JsonProperty(required = true) String host) {}

  /**
   * All scenarios, by name.
   *
   * @param home the project's folder
   * @throws IOException if it can't be read
   */
  public static List<Scenario> all(Path home) throws IOException {
    try (Stream<Path> folders = Files.list(home.resolve("testing/scenarios/cases"))) {
      return folders.filter(Files::isDirectory).sorted().map(Scenario::new).toList();
    }
  }

  /** The folder's name. */
  public String name() {
    return String.valueOf(folder.getFileName());
  }

  /**
   * What it is, in a line.
   *
   * @throws IOException if its README can't be read
   */
  public String summary() throws IOException {
    return Files.readString(folder.resolve("README.md")).strip();
  }

  /**
   * What its collectors published, in the order in which it arrived.
   *
   * @param shift added to every time
   * @throws IOException if it can't be read or is malformed
   */
  public List<TelemetryEvent> telemetry(Duration shift) throws IOException {
    return read().apply(shift);
  }

  /**
   * The same for any shift, of what is read once.
   *
   * @throws IOException if it can't be read or is malformed
   */
  public Function<Duration, List<TelemetryEvent>> read() throws IOException {
    Optional<Recording> recording = recording();
    if (recording.isEmpty()) {
      Fleet fleet = FleetFile.read(folder.resolve("fleet.yaml"));
      return shift -> new Simulation(startingLater(fleet, shift)).events().toList();
    }
    Recording entry = recording.get();
    Path bundles = folder.resolve("../../../recordings");
    EvidenceBundle bundle = EvidenceBundle.read(bundles.resolve(entry.bundle()));
    return shift -> bundle.telemetry(entry.host(), shift);
  }

  /**
   * The bundle that is played, by its name; empty if hosts are simulated.
   *
   * @throws IOException if it can't be read or is malformed
   */
  public Optional<String> bundle() throws IOException {
    return recording().map(Recording::bundle);
  }

  private Optional<Recording> recording() throws IOException {
    Path file = folder.resolve("recording.yaml");
    return Files.exists(file) ? Optional.of(RECORDING.readValue(file.toFile())) : Optional.empty();
  }

  private static Fleet startingLater(Fleet fleet, Duration shift) {
    return new Fleet(
        fleet.seed(),
        fleet.start().plus(shift),
        fleet.length(),
        fleet.disorderMs(),
        fleet.duplicates(),
        fleet.hosts());
  }
}
