package io.netnswatch.command.records;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.schema.SendTime;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class MergeTimeTest {

  private static final long NOW = 1_800_000_000_000L;
  private static final long HOUR = 3_600_000;

  private final MergeTime mergeTime = new MergeTime(-1);

  @Test
  void firstRecordOfATopicHoldsItUpForNobody() {
    assertThat(mergeTime.of(sent("a", "future", NOW + HOUR))).isZero();
    assertThat(mergeTime.of(sent("b", "future-too", NOW + HOUR))).isZero();
    assertThat(mergeTime.of(sent("a", "host", NOW))).isEqualTo(nanos(NOW));

    MergeTime goesOn = new MergeTime(nanos(NOW));
    assertThat(goesOn.of(sent("a", "future", NOW + HOUR)))
        .isEqualTo(nanos(NOW + 1_200) + HOUR - 1_200);
  }

  @Test
  void whoDrainsASpoolAheadOfTheOthersStaysInOrder() {
    for (int host = 0; host < 20; host++) {
      mergeTime.of(sent("a", "host-" + host, NOW + host));
    }

    long latest = 0;
    for (int i = 0; i < 9; i++) {
      long next = mergeTime.of(sent(i % 2 == 0 ? "a" : "b", "host-7", NOW + 72 * HOUR + i));
      assertThat(next).isGreaterThan(i == 1 ? -1 : latest); // b's first
      latest = next;
    }
  }

  private static long nanos(long ms) {
    return TimeUnit.MILLISECONDS.toNanos(ms);
  }

  private static MergeTime.Stamp sent(String topic, String host, long timeMs) {
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>(topic, 0, 0, host.getBytes(StandardCharsets.UTF_8), new byte[0]);
    record.headers().add(SendTime.HEADER, Long.toString(timeMs).getBytes(StandardCharsets.UTF_8));
    return MergeTime.Stamp.of(record);
  }

  @Test
  void timeOfSendingCountsWhereItIsSaid() {
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>("t", 0, 0, "h".getBytes(StandardCharsets.UTF_8), new byte[0]);
    mergeTime.of(sent("t", "h", NOW));
    assertThat(mergeTime.of(MergeTime.Stamp.of(record)))
        .as("no timestamp is no negative time")
        .isZero();

    record.headers().add(SendTime.HEADER, Long.toString(NOW).getBytes(StandardCharsets.UTF_8));

    assertThat(mergeTime.of(MergeTime.Stamp.of(record))).isEqualTo(nanos(NOW));
  }
}
