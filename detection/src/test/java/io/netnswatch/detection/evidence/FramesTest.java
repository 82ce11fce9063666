package io.netnswatch.detection.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.detection.TestEvents;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class FramesTest {

  @Test
  void anOrdinaryStackIsKeptWhole() {
    assertThat(Frames.kept(TestEvents.LIVELOCK_PATH)).isEqualTo(TestEvents.LIVELOCK_PATH);
  }

  @Test
  void ofAnEndlessOneTheInnermostFramesAreKept() {
    List<String> frames = Collections.nCopies(128, "f".repeat(511));

    assertThat(Frames.kept(frames)).hasSize(4);
  }
}
