package io.netnswatch.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.detection.signature.Signatures;
import org.junit.jupiter.api.Test;

class OpenIncidentTest {

  private static final long NOW = 1_795_363_000_000L;

  private final OpenIncident opened =
      OpenIncident.beginning(
              SignatureLabels.of(Signatures.shipped().get(0)),
              NOW - 9_000,
              NOW,
              ConditionState.NONE,
              null)
          .withStep(Reported.NOTHING, NOW);

  @Test
  void isUpdatedOnceAMinuteAndAskedForNewsEveryTenSeconds() {
    assertThat(opened.updateFromMs()).isEqualTo(NOW + 60_000);

    assertThat(opened.withoutNews(NOW + 62_000).updateFromMs()).isEqualTo(NOW + 72_000);
    assertThat(opened.withStep(Reported.NOTHING, NOW + 72_000).updateFromMs())
        .isEqualTo(NOW + 132_000);
  }

  @Test
  void clockThatIsSetBackDoesNotSilenceIt() {
    assertThat(opened.inTimeOf(NOW - 3_600_000).updateFromMs()).isEqualTo(NOW - 3_540_000);
    assertThat(opened.inTimeOf(NOW + 3_600_000).updateFromMs()).isEqualTo(NOW + 60_000);
  }

  @Test
  void theMoreOftenItCameBackTheLongerHealthMustLast() {
    assertThat(opened.holdMs(1_000)).isEqualTo(1_000);
    assertThat(opened.clear(NOW).holding(ConditionState.NONE).holdMs(1_000)).isEqualTo(2_000);
  }
}
