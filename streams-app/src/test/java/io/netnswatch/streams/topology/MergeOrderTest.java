package io.netnswatch.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class MergeOrderTest {

  private static final long NOW = 1_795_363_000_000L;
  private static final long HOUR = 3_600_000;

  private final MergeOrder order = new MergeOrder();
  private long partitionTime = -1;

  @Test
  void recordsGoByTheirOwnTimeInWhateverOrderTheyCome() {
    for (int i = 0; i < 100; i++) {
      assertThat(extract(NOW + 100L * i)).isEqualTo(NOW + 100L * i);
      assertThat(extract(NOW - 2 * HOUR + i)).isEqualTo(NOW - 2 * HOUR + i);
    }
  }

  @Test
  void fastClockLeadsByNoMoreThanAMinute() {
    for (int second = 0; second < 1_000; second++) {
      extract(NOW + second * 1_000L);
      extract(NOW + second * 1_000L + 300);
      if (second > 20) {
        assertThat(extract(NOW + second * 1_000L + HOUR / 2))
            .isBetween(NOW + second * 1_000L + 40_000, NOW + second * 1_000L + 60_300);
      }
    }
  }

  @Test
  void presentIsFoundAgainAfterAGapOfAllHosts() {
    for (int i = 0; i < 50; i++) {
      extract(NOW + i);
    }
    for (int i = 0; i < 16; i++) {
      extract(NOW + HOUR + i);
    }

    assertThat(extract(NOW + HOUR + 17)).isEqualTo(NOW + HOUR + 17);
  }

  @Test
  void whatEarlierRunsKnewCountsFromTheFirstRecordOn() {
    partitionTime = NOW;

    assertThat(extract(NOW + HOUR)).isEqualTo(NOW + 60_000);
  }

  @Test
  void sendTimeComesBeforeEventTime() {
    assertThat(order.extract(record(NOW - HOUR, Long.toString(NOW)), -1)).isEqualTo(NOW);
    assertThat(order.extract(record(NOW - HOUR, "no time"), -1)).isEqualTo(NOW - HOUR);
  }

  private static ConsumerRecord<Object, Object> record(long timestamp, String sentAt) {
    ConsumerRecord<Object, Object> record = record(timestamp);
    record.headers().add("sent_at", sentAt.getBytes(UTF_8));
    return record;
  }

  private long extract(long timestamp) {
    long time = order.extract(record(timestamp), partitionTime);
    partitionTime = Math.max(partitionTime, time);
    return time;
  }

  private static ConsumerRecord<Object, Object> record(long timestamp) {
    return new ConsumerRecord<>(
        "proc",
        0,
        0,
        timestamp,
        TimestampType.CREATE_TIME,
        0,
        0,
        null,
        null,
        new RecordHeaders(),
        Optional.empty());
  }
}
