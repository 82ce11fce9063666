package io.netnswatch.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MergeOrderTest {

  private static final long NOW = 1_795_363_000_000L;
  private static final long HOUR = 3_600_000;

  private final MergeOrder order = new MergeOrder();
  private long partitionTime = -1;

  /** The first record of a topic goes first, whatever its time. */
  @BeforeEach
  void begin() {
    assertThat(extract("first", NOW - 3 * HOUR)).isZero();
  }

  @Test
  void recordsGoByTheirOwnTimeInWhateverOrderTheyCome() {
    for (int i = 0; i < 100; i++) {
      assertThat(extract(NOW + 100L * i)).isEqualTo(NOW + 100L * i);
      assertThat(extract(NOW - 2 * HOUR + i)).isEqualTo(NOW - 2 * HOUR + i);
    }
  }

  @Test
  void fastClockLeadsByNoMoreThanSeconds() {
    for (int second = 0; second < 1_000; second++) {
      extract("a", NOW + second * 1_000L);
      extract("b", NOW + second * 1_000L + 300);
      if (second > 20) {
        assertThat(extract("fast", NOW + second * 1_000L + HOUR / 2))
            .isBetween(NOW + second * 1_000L + 1_200, NOW + second * 1_000L + 1_900);
      }
    }
  }

  @Test
  void whoSaysMuchDoesNotMoveThePresent() {
    extract("a", NOW);
    extract("b", NOW + 300);
    for (int i = 0; i < 90; i++) {
      assertThat(nanos("loud", NOW + 3 * HOUR + i))
          .isEqualTo(TimeUnit.MILLISECONDS.toNanos(NOW + 1_500) + 3 * HOUR + i - 1_500);
    }

    assertThat(extract("a", NOW + 1_000)).isEqualTo(NOW + 1_000);
  }

  @Test
  void whoHasGoneNoLongerCounts() {
    extract("gone", NOW - HOUR);
    extract("gone-too", NOW - HOUR);
    for (int i = 0; i < 1_000; i++) {
      extract("a", NOW + i);
    }

    assertThat(extract("a", NOW + HOUR)).isEqualTo(NOW + HOUR);
  }

  @Test
  void whoIsLeftStaysInOrderWhileTheOthersAreNotForgotten() {
    for (String host : new String[] {"dead", "dead-too", "alive"}) {
      extract(host, NOW);
    }
    long before = TimeUnit.MILLISECONDS.toNanos(NOW);
    for (int second = 5; second < 150; second += 5) {
      long nanos = nanos("alive", NOW + second * 1_000L);
      assertThat(nanos).isGreaterThan(before);
      before = nanos;
    }
    for (int i = 0; i < 30; i++) {
      long nanos = nanos("alive", NOW + HOUR + i);
      assertThat(nanos).isGreaterThan(before);
      before = nanos;
    }
  }

  @Test
  void timestampIsKeptBesideIt() {
    ConsumerRecord<Object, Object> record = record(NOW - HOUR, Long.toString(NOW));
    record.headers().add("netnswatch.own.timestamp", new byte[0]);

    order.extract(record, -1);

    assertThat(MergeOrder.takeOwnTimestamp(record.headers())).isEqualTo(NOW - HOUR);
    assertThat(record.headers().toArray()).hasSize(1);
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
    long nanos = new MergeOrder().extract(record(NOW + HOUR), TimeUnit.MILLISECONDS.toNanos(NOW));
    assertThat(nanos).isEqualTo(TimeUnit.MILLISECONDS.toNanos(NOW + 1_200) + HOUR - 1_200);
  }

  @Test
  void sendTimeComesBeforeEventTime() {
    assertThat(order.extract(record(NOW - HOUR, Long.toString(NOW)), -1))
        .isEqualTo(TimeUnit.MILLISECONDS.toNanos(NOW));
    assertThat(order.extract(record(NOW - HOUR, "no time"), -1))
        .isEqualTo(TimeUnit.MILLISECONDS.toNanos(NOW - HOUR));
  }

  private static ConsumerRecord<Object, Object> record(long timestamp, String sentAt) {
    ConsumerRecord<Object, Object> record = record(timestamp);
    record.headers().add("sent_at", sentAt.getBytes(UTF_8));
    return record;
  }

  private long extract(long timestamp) {
    return extract("node", timestamp);
  }

  private long extract(String host, long timestamp) {
    return TimeUnit.NANOSECONDS.toMillis(nanos(host, timestamp));
  }

  private long nanos(String host, long timestamp) {
    long time = order.extract(record(host, timestamp), partitionTime);
    partitionTime = Math.max(partitionTime, time);
    return time;
  }

  private static ConsumerRecord<Object, Object> record(long timestamp) {
    return record("node", timestamp);
  }

  private static ConsumerRecord<Object, Object> record(String host, long timestamp) {
    return new ConsumerRecord<>(
        "proc",
        0,
        0,
        timestamp,
        TimestampType.CREATE_TIME,
        0,
        0,
        host.getBytes(UTF_8),
        null,
        new RecordHeaders(),
        Optional.empty());
  }
}
