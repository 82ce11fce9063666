package io.netnswatch.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.detection.PartitionDetector.HostStates;
import io.netnswatch.detection.PartitionDetector.HostStep;
import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.detection.evidence.Projection;
import io.netnswatch.detection.signature.Signatures;
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
    feedHeartbeats(alive, WEEK, WEEK + 300);
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

  private void feedHeartbeats(TestEvents host, int fromSecond, int toSecond) {
    for (int second = fromSecond; second <= toSecond; second += HEARTBEAT_SECONDS) {
      feed(host.snapshot(second));
    }
  }

  private void feed(SpecificRecord event) {
    String host = (String) event.get(event.getSchema().getField("host").pos());
    try {
      List<HostStep> steps = detector.accept(host, projection.of(event, null));
      assertThat(steps).noneMatch(step -> step.step().late());
    } catch (InvalidEventException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private PartitionDetector goOn() {
    return new PartitionDetector(
        new HostDetector(
            Signatures.shipped(),
            DetectionSettings.DEFAULT,
            new IncidentComposer("test", "runbooks/", null)),
        DetectionSettings.DEFAULT,
        states);
  }

  private List<String> hosts() {
    List<String> hosts = new ArrayList<>();
    states.forEach((host, state) -> hosts.add(host));
    return hosts;
  }
}
