package io.netnswatch.detection.cause;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NamePatternsTest {

  @Test
  void aStarStandsForAnyRest() {
    NamePatterns patterns = new NamePatterns(List.of("msleep", "msleep_*", "rwsem_*"));

    assertThat(patterns.has("msleep")).isTrue();
    assertThat(patterns.has("msleep_interruptible")).isTrue();
    assertThat(patterns.has("rwsem_")).isTrue();
    assertThat(patterns.has("msleeps")).isFalse();
    assertThat(patterns.has("rwsem")).isFalse();
    assertThat(patterns.has("")).isFalse();
  }

  /** Between a begin and a name that begins so stand only others that begin so. */
  @Test
  void oneThatBeginsWithAnotherDoesNotHideIt() {
    NamePatterns patterns = new NamePatterns(List.of("down_*", "down_read*", "down_read_k*"));

    assertThat(patterns.has("down_trylock")).isTrue();
    assertThat(patterns.has("down_read_non_owner")).isTrue();
    assertThat(patterns.has("down_write")).isTrue();
  }

  @Test
  void tellsWhereTheFirstAndTheLastStand() {
    NamePatterns patterns = new NamePatterns(List.of("schedule*", "mutex_lock"));

    List<String> stack = List.of("schedule", "schedule_timeout", "mutex_lock", "copy_net_ns");

    assertThat(patterns.firstIn(stack)).isZero();
    assertThat(patterns.lastIn(stack)).isEqualTo(2);
    assertThat(patterns.firstIn(List.of("copy_net_ns"))).isEqualTo(-1);
  }
}
