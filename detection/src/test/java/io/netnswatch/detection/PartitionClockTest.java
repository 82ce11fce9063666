package io.netnswatch.detection;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.detection.evidence.Evidence;
import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.detection.evidence.Projection;
import io.netnswatch.detection.signature.Signatures;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PartitionClockTest {

  private static final long START_MS = TestEvents.EPOCH_MS;
  private static final Projection PROJECTION = new Projection(Signatures.shipped());
  private static final long GRACE_MS = 5_000;
  private static final long TEN_YEARS_MS = 10L * 365 * 24 * 3600 * 1000;

  private final PartitionPresent present = PartitionClock.START.present(GRACE_MS);
  private PartitionClock clock = new PartitionClock(1_000, START_MS);
  private final BootTrack boot = boot(START_MS);

  @Test
  void timePassesWithTheProgressOfAHost() {
    says("a", START_MS + 7_400);

    assertThat(clock.elapsedMs()).isEqualTo(8_400);
  }

  @Test
  void anEarlierEventChangesNothing() {
    says("a", START_MS - 60_000);

    assertThat(clock.elapsedMs()).isEqualTo(1_000);
  }

  @Test
  void asMuchTimePassesInWhateverOrderEventsComeWithinGrace() {
    for (long seed = 0; seed < 3; seed++) {
      assertThat(elapsedMs(hour(), 5_000, seed)).isBetween(3_599_200L - 5_000, 3_599_200L);
    }
  }

  @Test
  void whoDeliversAnHourThatHeKeptMovesNothing() {
    says("a", START_MS + 1_000);
    BootTrack back = boot(START_MS - 3_600_000);

    for (int second = 0; second < 3_500; second += 5) {
      says("back", back.latestEventMs() + 5_000);
      back = heard(back, back.latestEventMs() + 5_000, clock);
    }

    assertThat(clock.elapsedMs()).isEqualTo(2_000);
    assertThat(back.heardMs()).isEqualTo(2_000);
  }

  @Test
  void whatBootsRememberIsTheClockAgain() {
    BootTrack future = boot(START_MS + TEN_YEARS_MS);
    BootTrack other = boot(START_MS + 300);

    PartitionClock again = PartitionClock.of(List.of(future, boot, other));

    assertThat(again.elapsedMs()).isEqualTo(1_000);
    assertThat(again.timeOfDayMs()).isEqualTo(START_MS + 300);
    assertThat(PartitionClock.of(List.of())).isEqualTo(PartitionClock.START);
  }

  @Test
  void anOutageOfAllHostsIsAShortStep() {
    says("a", START_MS);
    says("a", START_MS + 3_600_000);

    assertThat(clock.elapsedMs()).isEqualTo(31_000);
  }

  @Test
  void aHostOfTheFutureNeitherStopsNorHurriesTheTimeOfOthers() {
    clock = new PartitionClock(1_000);
    for (int second = 0; second < 600; second += 5) {
      says("future", START_MS + TEN_YEARS_MS + second * 100_000L);
      says("a", START_MS + second * 1_000L);
      says("b", START_MS + second * 1_000L + 300);
    }

    assertThat(clock.elapsedMs()).isBetween(595_000L, 595_000 + 3 * GRACE_MS);
  }

  /** Each a little ahead of what the one before has made the time. */
  @Test
  void inventedHostsDoNotHurryIt() {
    for (int second = 0; second < 600; second += 5) {
      for (int host = 0; host < 31; host++) {
        says("host-" + host, START_MS + second * 1_000L);
      }
      for (int invented = 0; invented < 5; invented++) {
        says("invented-" + second + invented, requireNonNull(clock.timeOfDayMs()) + 4_000);
      }
    }

    assertThat(clock.elapsedMs()).isBetween(596_000L, 596_000 + 3 * GRACE_MS);
  }

  /** Its clock has lost its battery, and the others of its partition have died. */
  @Test
  void aHostThatIsLeftFarInThePastMovesTime() {
    says("a", START_MS);
    for (int second = 0; second < 600; second += 5) {
      says("past", START_MS - TEN_YEARS_MS + second * 1_000L);
    }

    assertThat(clock.elapsedMs()).isGreaterThan(60_000);
  }

  private void says(String host, long timeMs) {
    clock = clock.after(present.limit(host.hashCode(), timeMs), present, GRACE_MS);
  }

  /** Events of ten hosts, each every 5 s, one of which begins anew every minute. */
  private static List<Said> hour() {
    List<Said> events = new ArrayList<>();
    for (int second = 0; second < 3_600; second++) {
      int host = second % 5;
      events.add(new Said("host-" + host, "", second * 1_000L));
      events.add(new Said("reborn-" + host, "-" + second / 60, second * 1_000L + 200));
    }
    return events;
  }

  private record Said(String host, String boot, long atMs) {}

  /** What passes while events are heard of in an order that time puts up to so much out of. */
  private static long elapsedMs(List<Said> events, long disorderMs, long seed) {
    Random random = new Random(seed);
    Map<Said, Long> arrivals = new HashMap<>();
    events.forEach(it -> arrivals.put(it, it.atMs() + (long) (random.nextDouble() * disorderMs)));
    PartitionPresent present = PartitionClock.START.present(GRACE_MS);
    PartitionClock now = PartitionClock.START;
    Map<String, BootTrack> boots = new HashMap<>();
    for (Said it : events.stream().sorted(Comparator.comparing(arrivals::get)).toList()) {
      long timeMs = START_MS + it.atMs();
      BootTrack known = boots.get(it.host() + it.boot());
      now = now.after(present.limit(it.host().hashCode(), timeMs), present, GRACE_MS);
      boots.put(
          it.host() + it.boot(), known == null ? boot(timeMs, now) : heard(known, timeMs, now));
    }
    return now.elapsedMs();
  }

  private BootTrack boot(long timeMs) {
    return boot(timeMs, clock);
  }

  private static BootTrack boot(long timeMs, PartitionClock now) {
    return BootTrack.first(snapshot(timeMs), 0, now);
  }

  private static BootTrack heard(BootTrack boot, long timeMs, PartitionClock now) {
    return boot.with(snapshot(timeMs), timeMs, now, GRACE_MS).withOpenWindows(List.of());
  }

  private static Evidence snapshot(long timeMs) {
    try {
      return PROJECTION.of(
          TestEvents.ofHost("node-1").snapshot((timeMs - START_MS) / 1000.0), null);
    } catch (InvalidEventException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
