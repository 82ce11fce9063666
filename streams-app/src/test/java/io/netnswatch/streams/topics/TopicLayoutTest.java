package io.netnswatch.streams.topics;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.streams.topics.TopicLayout.Fault;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopicLayoutTest {

  private static final List<String> TELEMETRY = List.of("proc", "perf", "netns");
  private static final List<String> OUTPUTS = List.of("incidents");
  private static final List<String> CHANGELOGS = List.of("hosts-changelog", "windows-changelog");

  private final Map<String, Integer> partitions =
      new HashMap<>(
          Map.of(
              "proc",
              4,
              "perf",
              4,
              "netns",
              4,
              "incidents",
              1,
              "hosts-changelog",
              4,
              "windows-changelog",
              4));

  private TopicLayout layout() {
    return new TopicLayout(partitions, TELEMETRY, OUTPUTS, CHANGELOGS);
  }

  @Test
  void topicsThatFitTogetherAreInOrder() {
    assertThat(layout().fault()).isEqualTo(Fault.NONE);
    assertThat(layout().words()).isEmpty();
    assertThat(layout().toWiden()).isEmpty();
  }

  @Test
  void stateThatHasNotBeenKeptYetIsInOrder() {
    partitions.keySet().removeAll(CHANGELOGS);

    assertThat(layout().fault()).isEqualTo(Fault.NONE);
    assertThat(layout().toWiden()).isEmpty();
  }

  @Test
  void topicsThatAreMissingAreNamed() {
    partitions.remove("perf");
    partitions.remove("incidents");

    assertThat(layout().fault()).isEqualTo(Fault.MISSING);
    assertThat(layout().words()).startsWith("a topic is missing: [perf, incidents]. Create it");
    assertThat(layout().toWiden()).isEmpty();
  }

  @Test
  void partitionsThatOneTopicWasGivenAreNoState() {
    partitions.put("proc", 6);

    assertThat(layout().fault()).isEqualTo(Fault.UNEQUAL);
    assertThat(layout().words()).endsWith("{netns=4, perf=4, proc=6}");
    assertThat(layout().toWiden()).as("nothing is widened before they are equal").isEmpty();
  }

  @Test
  void partitionsThatAllWereGivenAreTheStatesToo() {
    TELEMETRY.forEach(topic -> partitions.put(topic, 6));
    partitions.put("windows-changelog", 6);

    assertThat(layout().fault()).isEqualTo(Fault.NONE);
    assertThat(layout().toWiden()).containsExactly(Map.entry("hosts-changelog", 6));
  }

  @Test
  void topicsThatCameBackWithFewerPartitionsThanTheStateAreNotRead() {
    TELEMETRY.forEach(topic -> partitions.put(topic, 1));

    assertThat(layout().fault()).isEqualTo(Fault.FEWER_THAN_STATE);
    assertThat(layout().words())
        .startsWith(
            "the telemetry topics have 1 partitions, fewer than the state: {hosts-changelog=4");
  }
}
