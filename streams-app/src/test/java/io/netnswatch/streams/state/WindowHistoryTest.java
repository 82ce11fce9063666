package io.netnswatch.streams.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.detection.HostWindow;
import io.netnswatch.detection.TestEvents;
import io.netnswatch.detection.evidence.BootEvidence;
import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.detection.evidence.Projection;
import io.netnswatch.detection.signature.Kernel;
import io.netnswatch.detection.signature.Signatures;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WindowHistoryTest {

  private static final long WINDOW_MS = 5_000;
  private static final int HOUR = 720;
  private static final String HOST = "node-1";

  @TempDir private Path stateDir;
  private KeyValueStore<String, List<HostWindow>> store;
  private WindowHistory history;
  private BootEvidence evidence;

  @BeforeEach
  void open() throws InvalidEventException {
    store =
        WriteBehindStore.builder("windows", StateSerdes.hostWindows(), 100, 0)
            .withLoggingDisabled()
            .build();
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
    store.init(
        new MockProcessorContext<>(settings, new TaskId(0, 0), stateDir.toFile())
            .getStateStoreContext(),
        store);
    history = new WindowHistory(store, WINDOW_MS);
    evidence = evidence(TestEvents.ofHost(HOST));
  }

  private static BootEvidence evidence(TestEvents boot) throws InvalidEventException {
    return BootEvidence.of(new Projection(Signatures.shipped()).of(boot.snapshot(0), null));
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void keepsTheLastHourInAValueForHalfAMinute() {
    for (int number = 0; number < 3 * HOUR; number++) {
      history.put(HOST, new HostWindow(number * WINDOW_MS, evidence));
    }

    assertThat(starts(0, 3 * HOUR)).contains((2 * HOUR) * WINDOW_MS, (3 * HOUR - 1) * WINDOW_MS);
    assertThat(starts(2 * HOUR, 3 * HOUR)).hasSize(HOUR);
    assertThat(store.all()).toIterable().hasSizeLessThan(124);
  }

  @Test
  void twoBootsOfOneWindowStandTogetherAndTheSameOneOnce() throws InvalidEventException {
    HostWindow window = new HostWindow(0, evidence);
    history.put(HOST, window);
    history.put(HOST, window);
    history.put(HOST, new HostWindow(0, evidence(TestEvents.ofHost(HOST).rebooted())));

    assertThat(
            WindowHistory.ofHost(store, HOST, Instant.EPOCH, Instant.ofEpochMilli(WINDOW_MS))
                .values())
        .singleElement()
        .satisfies(found -> assertThat(found.boots()).hasSize(2));
  }

  /** Six windows of five seconds, or fifteen of two; a longer one is a value of its own. */
  @ParameterizedTest
  @ValueSource(longs = {100, 2_000, 5_000, 45_000})
  void aValueHoldsHalfAMinuteHoweverLongWindowsAre(long windowMs) {
    history = new WindowHistory(store, windowMs);
    int windows = 120;
    for (int number = 0; number < windows; number++) {
      history.put(HOST, new HostWindow(number * windowMs, evidence));
    }

    long inValue = Math.max(1, Math.min(60, 30_000 / windowMs));
    long kept = Math.min(windows, Duration.ofHours(1).toMillis() / windowMs);
    assertThat(
            WindowHistory.ofHost(store, HOST, Instant.EPOCH, Instant.ofEpochMilli(Long.MAX_VALUE)))
        .hasSizeGreaterThanOrEqualTo((int) kept);
    assertThat(store.all())
        .toIterable()
        .hasSizeGreaterThanOrEqualTo((int) (kept / inValue))
        .allSatisfy(entry -> assertThat(entry.value).hasSizeLessThanOrEqualTo((int) inValue));
  }

  @Test
  void largeOnesStandApartAndOfTwoBootsTogether() {
    history.put(HOST, new HostWindow(0, evidence));
    history.put(HOST, new HostWindow(WINDOW_MS, large("a")));
    history.put(HOST, new HostWindow(2 * WINDOW_MS, large("a")));
    history.put(HOST, new HostWindow(2 * WINDOW_MS, large("b")));

    assertThat(starts(0, 12)).containsExactly(0L, WINDOW_MS, 2 * WINDOW_MS);
    assertThat(store.all()).toIterable().extracting(entry -> entry.value.size()).contains(1, 1, 2);
  }

  private BootEvidence large(String boot) {
    Kernel kernel = new Kernel("6.8", "x".repeat(100_000));
    return new BootEvidence(
        boot,
        evidence.firstEventMs(),
        kernel,
        false,
        false,
        false,
        List.of(),
        null,
        null,
        null,
        List.of(),
        null,
        List.of(),
        null,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }

  @Test
  void aHostIsForgotten() {
    history.put(HOST, new HostWindow(0, evidence));
    history.put(HOST, new HostWindow(WINDOW_MS, large("a")));
    history.put("node-10", new HostWindow(0, evidence));

    history.forget(HOST);

    assertThat(store.all()).toIterable().hasSize(1);
  }

  private Set<Long> starts(long from, long until) {
    return WindowHistory.ofHost(
            store,
            HOST,
            Instant.ofEpochMilli(from * WINDOW_MS),
            Instant.ofEpochMilli(until * WINDOW_MS))
        .keySet();
  }
}
