package io.netnswatch.streams.intake;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class QuarantineTest {

  private final Quarantine quarantine = new Quarantine();

  @Test
  void recordIsNotTriedAThirdTime() {
    quarantine.failed("t", 1, 7, "too large");
    assertThat(quarantine.objection(new TopicPartition("t", 1), 7)).isEmpty();

    quarantine.failed("t", 1, 7, "too large");

    assertThat(quarantine.objection(new TopicPartition("t", 1), 7)).isEqualTo("too large");
    assertThat(quarantine.objection(new TopicPartition("t", 1), 8)).isEmpty();
  }
}
