package io.netnswatch.command.records;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.schema.SendTime;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class PartitionPresentTest {

  private static final long NOW = 1_800_000_000_000L;
  private static final long HOUR = 3_600_000;

  private final PartitionPresent present = new PartitionPresent(-1);

  @Test
  void hostOfTheFutureIsAtMostSecondsAheadAndStaysInOrder() {
    for (int host = 0; host < 10; host++) {
      assertThat(present.limit(host, NOW + host)).isEqualTo(NOW + host);
    }

    long first = present.limit(99, NOW + HOUR);
    long second = present.limit(99, NOW + 2 * HOUR);

    assertThat(first).isBetween(NOW, NOW + 4_010);
    assertThat(second).isBetween(first, NOW + 4_010);
    assertThat(present.limit(1, NOW + 1_000)).as("of another").isEqualTo(NOW + 1_000);
  }

  @Test
  void whoIsAloneIsTheMeasure() {
    assertThat(present.limit(1, NOW)).isEqualTo(NOW);
    assertThat(present.limit(1, NOW + HOUR)).isEqualTo(NOW + HOUR);
  }

  @Test
  void timeOfSendingCountsWhereItIsSaid() {
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>("t", 0, 0, "h".getBytes(StandardCharsets.UTF_8), new byte[0]);
    assertThat(present.mergeTime(record)).as("no timestamp is no negative time").isZero();

    record.headers().add(SendTime.HEADER, Long.toString(NOW).getBytes(StandardCharsets.UTF_8));

    assertThat(present.mergeTime(record)).isEqualTo(NOW);
  }
}
