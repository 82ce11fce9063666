package io.netnswatch.streams.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class LullsTest {

  private static final TopicPartition A = new TopicPartition("a", 0);
  private static final TopicPartition B = new TopicPartition("b", 0);

  private final AtomicLong nanos = new AtomicLong(-5_000_000_000L);
  private final Lulls lulls = new Lulls(nanos::get);

  @Test
  void topicsAreAwaitedForASecondAfterALull() {
    lulls.fetched(A);
    lulls.fetched(B);
    pass(Duration.ofSeconds(2));
    assertThat(lulls.isAwaited(B)).as("nothing has come yet").isFalse();

    lulls.fetched(A);

    assertThat(lulls.isAwaited(A)).isFalse();
    assertThat(lulls.isAwaited(B)).isTrue();
    assertThat(lulls.isAwaited(new TopicPartition("b", 1))).as("another partition").isFalse();
    pass(Duration.ofMillis(900));
    lulls.fetched(A);
    assertThat(lulls.isAwaited(B)).isTrue();
    pass(Duration.ofMillis(200));
    assertThat(lulls.isAwaited(B)).as("it had its time").isFalse();
  }

  @Test
  void topicThatHasComeIsNotAwaited() {
    lulls.fetched(A);
    assertThat(lulls.isAwaited(B)).isTrue();

    lulls.fetched(B);

    assertThat(lulls.isAwaited(B)).isFalse();
  }

  @Test
  void whereSomethingAlwaysComesNothingIsAwaited() {
    for (int i = 0; i < 10; i++) {
      lulls.fetched(A);
      pass(Duration.ofMillis(800));
    }

    lulls.fetched(A);

    assertThat(lulls.isAwaited(B)).isFalse();
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }
}
