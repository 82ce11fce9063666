package io.netnswatch.schema;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SendTimeTest {

  @Test
  void timesOfARunAlwaysIncreaseAlsoWhenTheClockIsSetBack() {
    AtomicLong now = new AtomicLong(1_795_363_000_000L);
    SendTime times = new SendTime(() -> Instant.ofEpochMilli(now.get()));

    assertThat(SendTime.read(times.next())).hasValue(1_795_363_000_000L);
    assertThat(SendTime.read(times.next())).hasValue(1_795_363_000_001L);
    now.addAndGet(-5_000);
    assertThat(SendTime.read(times.next())).hasValue(1_795_363_000_002L);
    now.addAndGet(10_000);
    assertThat(SendTime.read(times.next())).hasValue(1_795_363_005_000L);
  }

  @Test
  void whatIsNoTimeIsNone() {
    assertThat(SendTime.read(null)).isEmpty();
    for (String hostile : new String[] {"", "-1", "12a", "1 ", "9999999999999999", "\u0661"}) {
      assertThat(SendTime.read(hostile.getBytes(UTF_8))).as(hostile).isEmpty();
    }
  }
}
