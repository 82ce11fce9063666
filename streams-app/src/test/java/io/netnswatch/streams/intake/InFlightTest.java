package io.netnswatch.streams.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class InFlightTest {

  private static final TopicPartition A = new TopicPartition("t", 0);
  private static final TopicPartition B = new TopicPartition("t", 1);
  private static final int LARGE = 500_000;

  private final AtomicLong nanos = new AtomicLong();
  private final InFlight inFlight = new InFlight(nanos::get);

  @Test
  void smallRecordsAreNeverTooMany() {
    for (int i = 0; i < 10_000; i++) {
      inFlight.fetched(A, i, 10_000);
    }

    assertThat(inFlight.full()).isEmpty();
  }

  @Test
  void partitionWithEnoughLargeOnesIsFullUntilTheyAreTaken() {
    fetch(A, 0, 9);
    fetch(B, 0, 1);
    assertThat(inFlight.full()).containsExactly(A);

    inFlight.taken(A, 4);

    assertThat(inFlight.full()).isEmpty();
  }

  @Test
  void allPartitionsTogetherAreBoundedToo() {
    for (int partition = 0; partition < 10; partition++) {
      fetch(new TopicPartition("t", partition), 0, 8);
    }

    assertThat(inFlight.full()).hasSize(10);
  }

  @Test
  void recordsThatAreFetchedAgainCountOnce() {
    fetch(A, 0, 9);
    fetch(A, 0, 1);

    assertThat(inFlight.full()).isEmpty();
  }

  @Test
  void whatNobodyTakesWasDroppedWithItsTask() {
    fetch(A, 0, 9);
    nanos.addAndGet(Duration.ofSeconds(11).toNanos());

    assertThat(inFlight.full()).isEmpty();
  }

  private void fetch(TopicPartition partition, long from, int count) {
    for (long offset = from; offset < from + count; offset++) {
      inFlight.fetched(partition, offset, LARGE);
    }
  }
}
