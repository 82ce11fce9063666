package io.netnswatch.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.detection.PartitionDetector.HostStates;
import io.netnswatch.detection.PartitionDetector.HostStep;
import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.detection.evidence.Projection;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.detection.signature.Signatures;
import io.netnswatch.schema.Incident;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

class PartitionDetectorTest {

  private static final int HEARTBEAT_SECONDS = 30;
  private static final int WEEK = 7 * 24 * 3600;
  private static final int HALF_A_WEEK = 302_400;

  private final Projection projection = new Projection(Signatures.shipped());
  private final HostStates states = HostStates.inMemory();
  private PartitionDetector detector = goOn();

  @Test
  void hostSilentForAWeekIsForgottenUnlessItsIncidentIsOpen() throws InvalidEventException {
    TestEvents alive = TestEvents.ofHost("alive");
    TestEvents.ofHost("gone").healthy(0, 60).forEach(this::feed);
    TestEvents.ofHost("livelocked").livelock().forEach(this::feed);

    feedHeartbeats(alive, HEARTBEAT_SECONDS, WEEK);
    assertThat(hosts()).containsExactlyInAnyOrder("alive", "gone", "livelocked");

    detector = goOn();
    feedHeartbeats(alive, WEEK, WEEK + 1_800); // which it takes until the dead do not count
    assertThat(hosts()).containsExactlyInAnyOrder("alive", "livelocked");
  }

  @Test
  void hostThatReturnsWithinTheWeekIsRemembered() throws InvalidEventException {
    TestEvents alive = TestEvents.ofHost("alive");
    TestEvents back = TestEvents.ofHost("back");
    back.healthy(0, 60).forEach(this::feed);

    feedHeartbeats(alive, HEARTBEAT_SECONDS, HALF_A_WEEK);
    feed(back.snapshot(HALF_A_WEEK));
    feedHeartbeats(alive, HALF_A_WEEK, WEEK + 300);

    assertThat(hosts()).containsExactlyInAnyOrder("alive", "back");
  }

  @Test
  void aHostInTheFarFutureLeavesTheSilenceOfOthersToBeSeen() throws InvalidEventException {
    TestEvents alive = TestEvents.ofHost("alive");
    TestEvents.ofHost("livelocked").livelock().forEach(this::feed);
    feed(TestEvents.ofHost("future").snapshot(0));
    feed(TestEvents.ofHost("future").snapshot(10 * 365 * 24 * 3600));

    List<Incident> incidents = feedHeartbeats(alive, 30, 330);

    assertThat(incidents)
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.getHost()).isEqualTo("livelocked");
              assertThat(it.getNoData()).isTrue();
            });
  }

  /** Within an hour, which is what brokers take. */
  @Test
  void aHostOfTheNearFutureThatSpeaksFirstLeavesTheSilenceOfOthersToBeSeen()
      throws InvalidEventException {
    TestEvents alive = TestEvents.ofHost("alive");
    feed(TestEvents.ofHost("future").snapshot(50 * 60));
    TestEvents.ofHost("livelocked").livelock().forEach(this::feed);

    List<Incident> incidents = feedHeartbeats(alive, 30, 330);

    assertThat(incidents)
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.getHost()).isEqualTo("livelocked");
              assertThat(it.getNoData()).isTrue();
            });
  }

  /** Whoever may write can invent names, each with what would be a reboot for another. */
  @Test
  void inventedNamesTakeNoMoreThanTheirPlace() throws InvalidEventException {
    // Given
    int max = 40;
    detector = goOn(max);
    TestEvents alive = TestEvents.ofHost("alive");
    TestEvents.ofHost("livelocked").livelock().forEach(this::feed);

    // When: few at a time, so that there are always some that have fallen silent
    for (int second = 0; second < 3_600; second += 10) {
      feed(alive.snapshot(second));
      feed(TestEvents.ofHost("invented-" + second).snapshot(second));
    }

    // Then
    assertThat(hosts()).hasSize(max).contains("alive", "livelocked");

    // When: many at once
    int refused = 0;
    for (int i = 0; i < 3 * max; i++) {
      try {
        feed(TestEvents.ofHost("at-once-" + i).snapshot(3_600));
      } catch (TooManyHostsException e) {
        refused++;
      }
    }

    // Then
    assertThat(refused).isGreaterThan(2 * max);
    assertThat(hosts()).hasSize(max).contains("alive", "livelocked");

    // And a detector that goes on from the same states counts the same
    detector = goOn(max);
    feed(alive.snapshot(3_600));
    assertThat(hosts()).hasSizeLessThanOrEqualTo(max).contains("alive", "livelocked");
  }

  @Test
  void aRetiredHostIsResolvedAndForgotten() throws InvalidEventException {
    TestEvents.ofHost("livelocked").livelock().forEach(this::feed);

    List<HostStep> steps = detector.retire("livelocked", "taken out of service");

    assertThat(steps)
        .singleElement()
        .satisfies(
            it ->
                assertThat(it.step().incidents())
                    .singleElement()
                    .satisfies(
                        incident ->
                            assertThat(incident.getResolutionReason())
                                .isEqualTo("taken out of service")));
    assertThat(hosts()).isEmpty();
    assertThat(detector.retire("livelocked", "again")).isEmpty();
  }

  @Test
  void anIncidentOfARemovedSignatureIsResolvedWithTheNextEventOfAnyHost()
      throws InvalidEventException {
    TestEvents.ofHost("livelocked").livelock().forEach(this::feed);
    detector =
        goOn(
            Signatures.shipped().stream()
                .filter(it -> !it.id().equals("netns-cleanup-livelock"))
                .toList());

    List<Incident> incidents = feed(TestEvents.ofHost("other").snapshot(40));

    assertThat(incidents)
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.getHost()).isEqualTo("livelocked");
              assertThat(it.getResolutionReason()).isNotNull();
            });
  }

  private List<Incident> feedHeartbeats(TestEvents host, int fromSecond, int toSecond) {
    List<Incident> incidents = new ArrayList<>();
    for (int second = fromSecond; second <= toSecond; second += HEARTBEAT_SECONDS) {
      incidents.addAll(feed(host.snapshot(second)));
    }
    return incidents;
  }

  private List<Incident> feed(SpecificRecord event) {
    String host = (String) event.get(event.getSchema().getField("host").pos());
    try {
      List<HostStep> steps = detector.accept(host, projection.of(event, null));
      assertThat(steps).noneMatch(step -> step.step().late());
      return steps.stream().flatMap(step -> step.step().incidents().stream()).toList();
    } catch (InvalidEventException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private PartitionDetector goOn() {
    return goOn(Signatures.shipped());
  }

  private PartitionDetector goOn(List<Signature> signatures) {
    return goOn(signatures, PartitionDetector.MAX_HOSTS);
  }

  private PartitionDetector goOn(int maxHosts) {
    return goOn(Signatures.shipped(), maxHosts);
  }

  private PartitionDetector goOn(List<Signature> signatures, int maxHosts) {
    return new PartitionDetector(
        new HostDetector(
            signatures, DetectionSettings.DEFAULT, new IncidentComposer("test", "runbooks/", null)),
        DetectionSettings.DEFAULT,
        states,
        maxHosts);
  }

  private List<String> hosts() {
    List<String> hosts = new ArrayList<>();
    states.forEach((host, state) -> hosts.add(host));
    return hosts;
  }
}
