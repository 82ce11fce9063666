package io.netnswatch.simulator;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.netnswatch.simulator.TimelineStep.ClockStep;
import io.netnswatch.simulator.TimelineStep.CollectorRestart;
import io.netnswatch.simulator.TimelineStep.ConditionBegins;
import io.netnswatch.simulator.TimelineStep.Reboot;
import io.netnswatch.simulator.TimelineStep.Silence;
import io.netnswatch.simulator.TimelineStep.SourcesLost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a fleet from YAML, strictly: an unknown, doubled or missing key is an error. The keys and
 * their defaults are in the module's README.
 */
public final class FleetFile {

  private static final ObjectReader READER =
      YAMLMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build()
          .readerFor(FleetEntry.class);

  private FleetFile() {}

  /**
   * Reads a file.
   *
   * @throws IOException if it can't be read
   * @throws IllegalArgumentException naming the file, the place and what is wrong
   */
  public static Fleet read(Path file) throws IOException {
    return parse(file.toString(), Files.readString(file));
  }

  /**
   * Reads a text.
   *
   * @param name where it comes from, for the error message
   * @throws IllegalArgumentException naming the place and what is wrong
   */
  public static Fleet parse(String name, String yaml) {
    try {
      FleetEntry entry = READER.readValue(yaml);
      if (entry == null) {
        throw new IllegalArgumentException("is empty");
      }
      return entry.toFleet();
    } catch (UnrecognizedPropertyException e) {
      throw new IllegalArgumentException(
          "%s: %s: unknown key; known are %s".formatted(name, place(e), e.getKnownPropertyIds()),
          e);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "%s: %s: %s".formatted(name, place(e), e.getOriginalMessage()), e);
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    }
  }

  /** The key; where the text is no YAML at all, the line. */
  private static String place(JsonProcessingException e) {
    if (e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
      return mapping.getPath().stream()
          .map(
              step ->
                  step.getFieldName() == null
                      ? "[" + step.getIndex() + "]"
                      : "." + step.getFieldName())
          .collect(Collectors.joining())
          .substring(1);
    }
    JsonLocation location = e.getLocation();
    return location == null ? "the text" : "line " + location.getLineNr();
  }

  private record FleetEntry(
      @JsonProperty(required = true) long seed,
      @JsonProperty(required = true) @Nullable String start,
      @JsonProperty(required = true) double lengthS,
      @Nullable Integer disorderMs,
      @Nullable Double duplicates,
      @JsonProperty(required = true) @Nullable List<HostEntry> hosts) {

    Fleet toFleet() {
      return new Fleet(
          seed,
          Instant.parse(required("start", start)),
          Duration.ofMillis(ms(lengthS)),
          or(disorderMs, 0),
          or(duplicates, 0.0),
          required("hosts", hosts).stream().map(HostEntry::toHost).toList());
    }
  }

  private record HostEntry(
      @JsonProperty(required = true) @Nullable String name,
      @Nullable Integer cpus,
      @Nullable String kernel,
      @Nullable String kernelVersion,
      @Nullable Set<TelemetrySource> sources,
      @Nullable Boolean callPaths,
      @Nullable Boolean kernelSymbols,
      @Nullable Boolean stacks,
      @Nullable Boolean wchan,
      @Nullable Boolean compilerSuffixes,
      @Nullable Boolean othersCreate,
      @Nullable Long clockOffsetMs,
      @Nullable Integer snapshotEveryMs,
      @Nullable Integer perfEveryMs,
      @Nullable Integer perfSliceMs,
      @Nullable Integer perfFrequencyHz,
      @Nullable Integer probeEveryMs,
      @Nullable Integer probeLimitMs,
      @Nullable List<StepEntry> timeline) {

    HostSpec toHost() {
      HostSpec usual = HostSpec.of(required("name", name));
      Visibility full = usual.visibility();
      Cadence cadence = usual.cadence();
      return new HostSpec(
          usual.name(),
          or(cpus, usual.cpus()),
          kernelOr(kernel, kernelVersion, usual.kernel()),
          or(sources, usual.sources()),
          new Visibility(
              or(callPaths, full.callPaths()),
              or(kernelSymbols, full.kernelSymbols()),
              or(stacks, full.stacks()),
              or(wchan, full.wchan()),
              or(compilerSuffixes, full.compilerSuffixes())),
          new Cadence(
              or(snapshotEveryMs, cadence.snapshotEveryMs()),
              or(perfEveryMs, cadence.perfEveryMs()),
              or(perfSliceMs, cadence.perfSliceMs()),
              or(perfFrequencyHz, cadence.perfFrequencyHz()),
              or(probeEveryMs, cadence.probeEveryMs()),
              or(probeLimitMs, cadence.probeLimitMs())),
          or(othersCreate, usual.othersCreate()),
          or(clockOffsetMs, usual.clockOffsetMs()),
          or(timeline, List.<StepEntry>of()).stream()
              .map(step -> step.toStep(usual.name()))
              .toList());
    }
  }

  private record StepEntry(
      @JsonProperty(required = true) double atS,
      @Nullable Condition condition,
      @Nullable Double rebootS,
      @Nullable String kernel,
      @Nullable String kernelVersion,
      @Nullable Double silentS,
      @Nullable Boolean collectorRestart,
      @Nullable Long clockStepMs,
      @Nullable Set<TelemetrySource> sourcesLost) {

    TimelineStep toStep(String host) {
      long atMs = ms(atS);
      List<TimelineStep> steps = new ArrayList<>(1);
      if (condition != null) {
        steps.add(new ConditionBegins(atMs, condition));
      }
      if (rebootS != null) {
        SimulatedKernel booted =
            kernel == null ? null : kernelOr(kernel, kernelVersion, SimulatedKernel.RECORDED);
        steps.add(new Reboot(atMs, ms(rebootS), booted));
      }
      if (silentS != null) {
        steps.add(new Silence(atMs, ms(silentS)));
      }
      if (Boolean.TRUE.equals(collectorRestart)) {
        steps.add(new CollectorRestart(atMs));
      }
      if (clockStepMs != null) {
        steps.add(new ClockStep(atMs, clockStepMs));
      }
      if (sourcesLost != null) {
        steps.add(new SourcesLost(atMs, sourcesLost));
      }
      boolean strayKernel =
          Stream.of(kernel, kernelVersion).anyMatch(Objects::nonNull) && rebootS == null;
      if (steps.size() != 1 || strayKernel) {
        throw new IllegalArgumentException(
            "host "
                + host
                + ", at_s "
                + atS
                + ": a step has one of condition, reboot_s (and kernel, kernel_version),"
                + " silent_s, collector_restart: true, clock_step_ms, sources_lost");
      }
      return steps.get(0);
    }
  }

  private static SimulatedKernel kernelOr(
      @Nullable String release, @Nullable String version, SimulatedKernel otherwise) {
    SimulatedKernel kernel = release == null ? otherwise : SimulatedKernel.of(release);
    return version == null ? kernel : new SimulatedKernel(kernel.release(), version);
  }

  private static <T> T required(String key, @Nullable T value) {
    if (value == null) {
      throw new IllegalArgumentException(key + " must not be empty");
    }
    return value;
  }

  private static <T> T or(@Nullable T value, T otherwise) {
    return value == null ? otherwise : value;
  }

  private static long ms(double seconds) {
    return Math.round(seconds * 1_000);
  }
}
