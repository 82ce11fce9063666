package io.netnswatch.qualitygate;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netnswatch.detection.DetectionSettings;
import io.netnswatch.detection.HostDetector;
import io.netnswatch.detection.HostState;
import io.netnswatch.detection.PartitionDetector;
import io.netnswatch.detection.PartitionDetector.HostStates;
import io.netnswatch.detection.evidence.Evidence;
import io.netnswatch.detection.evidence.Projection;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.detection.signature.Signatures;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.simulator.Fleet;
import io.netnswatch.simulator.HostSpec;
import io.netnswatch.simulator.Simulation;
import io.netnswatch.streams.state.StateSerdes;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an event of healthy hosts costs, in counts that are the same on every machine. The limits
 * are what was counted when they were set and a tenth more: what makes an event dearer has to say
 * so here.
 */
class CostPerEventTest {

  private static final List<Signature> SIGNATURES = Signatures.shipped();
  private static final List<TelemetryEvent> EVENTS = events();

  @TempDir private Path stateDir;

  private static List<TelemetryEvent> events() {
    List<HostSpec> hosts = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      hosts.add(HostSpec.of("compute-" + i + ".example.org"));
    }
    Fleet fleet =
        new Fleet(5, Instant.parse("2026-11-01T00:00:00Z"), Duration.ofMinutes(20), 0, 0, hosts);
    return new Simulation(fleet).events().toList();
  }

  /** One look at the host's state and one write; where nothing is over, no more. */
  @Test
  void readsAndWritesAStateOnce() throws Exception {
    CountedStates states = new CountedStates();

    detect(states);

    assertThat(states.reads).isEqualTo(EVENTS.size());
    assertThat(states.writes).isEqualTo(EVENTS.size());
    assertThat(states.bytes / EVENTS.size()).as("bytes of a state").isLessThan(340);
  }

  /**
   * Where each event is committed alone, a record of the host for each, and for each window one of
   * its half minute, which holds half of six on average.
   */
  @Test
  void writesLittleToChangelogs() {
    Map<String, TopologyRun.Volume> changelogs = TopologyRun.changelogs(stateDir, EVENTS);

    TopologyRun.Volume hosts = requireNonNull(changelogs.get("hosts"));
    TopologyRun.Volume windows = requireNonNull(changelogs.get("windows"));
    assertThat(changelogs).containsOnlyKeys("hosts", "windows");
    assertThat(hosts.records()).isEqualTo(EVENTS.size());
    assertThat((double) windows.records() / EVENTS.size()).isLessThan(0.37);
    assertThat(hosts.bytes() / hosts.records()).as("bytes of a host").isLessThan(340);
    assertThat(windows.bytes() / windows.records()).as("bytes of half a minute").isLessThan(330);
  }

  /** From the event to the new state's bytes; how much exactly depends on what is compiled. */
  @Test
  void allocatesLittle() throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    detect(new CountedStates());
    long before = threads.getCurrentThreadAllocatedBytes();

    detect(new CountedStates());

    long each = (threads.getCurrentThreadAllocatedBytes() - before) / EVENTS.size();
    assertThat(each).as("bytes allocated").isLessThan(5_000);
  }

  private static void detect(HostStates states) throws Exception {
    Projection projection = new Projection(SIGNATURES);
    PartitionDetector detector =
        new PartitionDetector(
            new HostDetector(SIGNATURES, DetectionSettings.DEFAULT, Outcome.COMPOSER),
            DetectionSettings.DEFAULT,
            states);
    for (TelemetryEvent event : EVENTS) {
      Evidence evidence = projection.of(event.value(), null);
      detector.accept(event.host(), evidence);
    }
  }

  /** Decoded states in memory; each is written out too, as the store would. */
  private static final class CountedStates implements HostStates {
    private final Serde<HostState> serde = StateSerdes.hostState();
    private final Map<String, HostState> states = new HashMap<>();
    private long reads;
    private long writes;
    private long bytes;

    @Override
    public @Nullable HostState get(String host) {
      reads++;
      return states.get(host);
    }

    @Override
    public void put(String host, HostState state) {
      writes++;
      bytes += serde.serializer().serialize("", state).length;
      states.put(host, state);
    }

    @Override
    public void remove(String host) {
      states.remove(host);
    }

    @Override
    public void forEach(BiConsumer<String, HostState> reader) {
      states.forEach(reader);
    }
  }
}
